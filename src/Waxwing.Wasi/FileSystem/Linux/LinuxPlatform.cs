using System.Runtime.InteropServices;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>What this host can do.</summary>
internal static unsafe class LinuxPlatform
{
    /// <summary>Whether the calls of <see cref="Libc"/> are there, with the layouts declared.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() &&
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 && Probe();

    /// <summary>Whether the kernel (since 5.6) can resolve a path beneath a directory by itself; a sandbox around this process may forbid it.</summary>
    public static bool HasOpenBeneath { get; } = IsSupported && ProbeOpenBeneath();

    private static bool Probe()
    {
        using var root = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        Libc.Statx stat;
        return !root.IsInvalid && Libc.statx(root, "", Libc.AT_EMPTY_PATH, &stat) == 0;
    }

    private static bool ProbeOpenBeneath()
    {
        using var root = Libc.open("/", Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        var how = new Libc.OpenHow
        {
            Flags = (ulong)(uint)(Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC),
            Resolve = Libc.OpenHow.ResolveBeneath | Libc.OpenHow.ResolveNoMagicLinks,
        };
        fixed (byte* path = "."u8)
        {
            using var opened = Libc.openat2(root, path, &how);
            return !opened.IsInvalid;
        }
    }
}
