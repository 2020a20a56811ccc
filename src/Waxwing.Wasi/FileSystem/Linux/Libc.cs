using System.Net.Sockets;
using System.Runtime.InteropServices;
using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>
/// The few calls to the C library that .NET has no equivalent for: everything relative to a directory descriptor. Used on 64-bit Linux only. Functions with a variable argument list
/// are declared with the arguments used: on the supported architectures such integer arguments are passed like declared ones.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Name = "libc";

    /// <summary>For sockets: do not wait; no signal when the other end is closed.</summary>
    public const int MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;

    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NOCTTY = 0x100, O_TRUNC = 0x200, O_APPEND = 0x400, O_NONBLOCK = 0x800,
        O_DSYNC = 0x1000, O_CLOEXEC = 0x80000, O_SYNC = 0x101000, O_PATH = 0x200000;

    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000;
    public const int F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
    public const short POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;
    public const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;
    public const uint FIONREAD = 0x541B;
    public const long UTIME_OMIT = 0x3FFFFFFE;

    [StructLayout(LayoutKind.Sequential)]
    public struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial LinuxHandle open(string path, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial LinuxHandle openat(LinuxHandle directory, string path, int flags, uint mode);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int close(nint descriptor);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint read(LinuxHandle file, byte* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint readv(LinuxHandle file, GuestBuffer* buffers, int count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint write(LinuxHandle file, byte* buffer, nuint count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint writev(LinuxHandle file, GuestBuffer* buffers, int count);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint pread(LinuxHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint preadv(LinuxHandle file, GuestBuffer* buffers, int count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint pwrite(LinuxHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint pwritev(LinuxHandle file, GuestBuffer* buffers, int count, long offset);

    [LibraryImport(Name, SetLastError = true)]
    public static partial long lseek(LinuxHandle file, long offset, int whence);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ftruncate(LinuxHandle file, long size);

    /// <summary>Returns the error number.</summary>
    [LibraryImport(Name)]
    public static partial int posix_fallocate(LinuxHandle file, long offset, long length);

    /// <summary>Returns the error number.</summary>
    [LibraryImport(Name)]
    public static partial int posix_fadvise(LinuxHandle file, long offset, long length, int advice);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fsync(LinuxHandle file);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fdatasync(LinuxHandle file);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int fcntl(LinuxHandle file, int command, nint argument);

    [LibraryImport(Name, SetLastError = true, EntryPoint = "fcntl")]
    public static partial LinuxHandle fcntl_dup(nint descriptor, int command, nint argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint recv(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial nint send(SafeSocketHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ioctl(LinuxHandle file, nuint request, int* argument);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int futimens(LinuxHandle file, Timespec* times);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int utimensat(LinuxHandle directory, string path, Timespec* times, int flags);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdirat(LinuxHandle directory, string path, uint mode);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlinkat(LinuxHandle directory, string path, int flags);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int renameat(LinuxHandle oldDirectory, string oldPath, LinuxHandle newDirectory, string newPath);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int linkat(LinuxHandle oldDirectory, string oldPath, LinuxHandle newDirectory, string newPath, int flags);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int symlinkat(string target, LinuxHandle directory, string path);

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint readlinkat(LinuxHandle directory, string path, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true)]
    public static partial int ppoll(PollFd* descriptors, nuint count, Timespec* timeout, nint signalMask);

    [LibraryImport(Name, SetLastError = true)]
    public static partial LinuxHandle eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    private static partial int clock_gettime(int clock, Timespec* time);

    /// <summary>Processor time of the calling thread in nanoseconds.</summary>
    public static ulong ThreadCpuTime()
    {
        const int threadCpuTime = 3;
        Timespec time;
        return clock_gettime(threadCpuTime, &time) == 0 ? (ulong)time.Seconds * 1_000_000_000 + (ulong)time.Nanoseconds : 0;
    }

    // The C library's own types and wrappers for these differ between versions and architectures; the kernel's do not.

    [LibraryImport(Name, SetLastError = true, EntryPoint = "syscall")]
    private static partial nint syscall_getdents64(nint number, LinuxHandle directory, byte* buffer, nuint size);

    [LibraryImport(Name, SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint syscall_statx(nint number, LinuxHandle directory, string path, nint flags, nint mask, Statx* result);

    [LibraryImport(Name, SetLastError = true, EntryPoint = "syscall")]
    private static partial LinuxHandle syscall_openat2(nint number, LinuxHandle directory, byte* path, OpenHow* how, nuint size);

    public static nint getdents64(LinuxHandle directory, byte* buffer, nuint size) =>
        syscall_getdents64(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61, directory, buffer, size);

    public static nint statx(LinuxHandle directory, string path, int flags, Statx* result)
    {
        const int basicStats = 0x7FF;
        return syscall_statx(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 332 : 291, directory, path, flags, basicStats, result);
    }

    public static LinuxHandle openat2(LinuxHandle directory, byte* path, OpenHow* how) => syscall_openat2(437, directory, path, how, (nuint)sizeof(OpenHow));

    /// <summary>The kernel's <c>struct open_how</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public const ulong ResolveNoMagicLinks = 2, ResolveBeneath = 8;

        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>The kernel's <c>struct statx</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct Statx
    {
        [FieldOffset(16)] public uint LinkCount;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(64)] public StatxTime AccessTime;
        [FieldOffset(96)] public StatxTime ChangeTime;
        [FieldOffset(112)] public StatxTime ModificationTime;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int reserved;

        /// <summary>Since 1970; times before are 1970, times after the year 2554 are the last representable one.</summary>
        public readonly ulong SinceEpoch
        {
            get
            {
                var value = (Int128)Seconds * 1_000_000_000 + Nanoseconds;
                return value < 0 ? 0 : value > ulong.MaxValue ? ulong.MaxValue : (ulong)value;
            }
        }
    }

    public static WasiErrno LastError => LinuxErrno.ToWasi(Marshal.GetLastPInvokeError());

    public static WasiErrno ToErrno(int result) => result >= 0 ? WasiErrno.Success : LastError;
}

/// <summary>A descriptor of the operating system; closed once nobody uses it any more.</summary>
internal sealed class LinuxHandle : SafeHandle
{
    public LinuxHandle() : base(-1, ownsHandle: true) { }

    // Functions return an int: of a failure only the low half of the register is -1.
    public override bool IsInvalid => (int)handle < 0;

    protected override bool ReleaseHandle() => Libc.close(handle) == 0;
}
