using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>The operating system's address space: reserve, commit, empty, release. Every member reports refusal instead of throwing.</summary>
internal static unsafe partial class VirtualMemory
{
    /// <summary>Whether this platform is known and has the address space for reservations.</summary>
    public static readonly bool IsSupported = sizeof(nint) == 8 && Probe();

    /// <summary>Bytes of an operating system page.</summary>
    public static readonly nuint PageSize = (nuint)Environment.SystemPageSize;

    public static nuint RoundUp(ulong bytes) => (nuint)((bytes + PageSize - 1) & ~((ulong)PageSize - 1));

    /// <summary>Reserves address space that faults when touched; null if refused.</summary>
    public static byte* Reserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            return Windows.VirtualAlloc(null, bytes, Windows.Reserve, Windows.NoAccess);
        var address = Unix.Map(null, bytes, Unix.ProtectionNone, Unix.ReserveFlags, -1, 0);
        return (nint)address == -1 ? null : address;
    }

    /// <summary>Makes reserved pages readable and writable; they are zero if they were never touched or emptied since.</summary>
    public static bool Commit(byte* address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        return OperatingSystem.IsWindows()
            ? Windows.VirtualAlloc(address, bytes, Windows.Commit, Windows.ReadWrite) != null
            : Unix.Protect(address, bytes, Unix.ProtectionReadWrite) == 0;
    }

    /// <summary>Gives the content of committed pages back to the system. Afterwards they are reserved only, and zero when committed again.</summary>
    public static bool Empty(byte* address, nuint bytes)
    {
        if (bytes == 0)
            return true;
        if (OperatingSystem.IsWindows())
            return Windows.VirtualFree(address, bytes, Windows.Decommit) != 0;
        // Mapping anew drops the pages on every Unix; what madvise guarantees differs between them.
        return Unix.Map(address, bytes, Unix.ProtectionNone, Unix.ReserveFlags | Unix.Fixed, -1, 0) == address;
    }

    /// <summary>Makes committed pages executable and no longer writable. Unix only.</summary>
    public static bool Seal(byte* address, nuint bytes) => Unix.Protect(address, bytes, Unix.ProtectionReadExecute) == 0;

    /// <summary>Gives reserved address space back, with all that is committed in it.</summary>
    public static void Release(byte* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            Windows.VirtualFree(address, 0, Windows.ReleaseAll);
        else
            Unix.Unmap(address, bytes);
    }

    private static bool Probe()
    {
        try
        {
            var bytes = (nuint)Environment.SystemPageSize;
            var address = Reserve(bytes);
            if (address == null)
                return false;
            var works = Commit(address, bytes);
            if (works)
                works = *address == 0;
            Release(address, bytes);
            return works;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException or PlatformNotSupportedException)
        {
            return false;
        }
    }

    private static partial class Unix
    {
        public const int ProtectionNone = 0, ProtectionReadWrite = 3, ProtectionReadExecute = 5, Fixed = 0x10;

        // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, numbered differently by Apple and by Linux.
        public static readonly int ReserveFlags = OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? 0x2 | 0x20 | 0x4000
            : OperatingSystem.IsFreeBSD() ? 0x2 | 0x1000
            : 0x2 | 0x1000 | 0x40;

        [LibraryImport("libc", EntryPoint = "mmap")]
        public static partial byte* Map(byte* address, nuint length, int protection, int flags, int file, long offset);

        [LibraryImport("libc", EntryPoint = "mprotect")]
        public static partial int Protect(byte* address, nuint length, int protection);

        [LibraryImport("libc", EntryPoint = "munmap")]
        public static partial int Unmap(byte* address, nuint length);
    }

    private static partial class Windows
    {
        public const uint Commit = 0x1000, Reserve = 0x2000, Decommit = 0x4000, ReleaseAll = 0x8000, NoAccess = 0x01, ReadWrite = 0x04;

        [LibraryImport("kernel32", EntryPoint = "VirtualAlloc")]
        public static partial byte* VirtualAlloc(byte* address, nuint size, uint kind, uint protection);

        [LibraryImport("kernel32", EntryPoint = "VirtualFree")]
        public static partial int VirtualFree(byte* address, nuint size, uint kind);
    }
}
