using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// <c>struct sigaction</c> of 64-bit Linux: the C libraries glibc and musl have the same layout, on x64 and on arm64 (handler, a mask of 1,024 bits, flags, restorer: 152 bytes).
/// Not that of the kernel, which the libraries translate to, nor that of Android's library.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 152)]
internal unsafe partial struct SignalAction
{
    public const int SegmentationFault = 11;

    private const int TakesInfo = 0x4, ResetsItself = unchecked((int)0x80000000);

    /// <summary>The function's address, or 0 (default) or 1 (ignore).</summary>
    public nint Handler;

    /// <summary>The signals that are blocked while the handler runs.</summary>
    public fixed ulong Mask[16];

    /// <summary>The SA_ flags.</summary>
    public int Flags;

    /// <summary>Belongs to the C library.</summary>
    public nint Restorer;

    /// <summary>Whether this is a function that is told the address of the fault, and stays installed.</summary>
    public readonly bool TakesAddress => Handler is not (0 or 1) && (Flags & TakesInfo) != 0 && (Flags & ResetsItself) == 0;

    /// <summary>What is installed for a signal; false if the system does not say.</summary>
    public static bool TryGet(int signal, out SignalAction action)
    {
        fixed (SignalAction* result = &action)
            return Exchange(signal, null, result) == 0;
    }

    /// <summary>Installs an action and tells which it replaced.</summary>
    public static bool TrySet(int signal, in SignalAction action, out SignalAction replaced)
    {
        fixed (SignalAction* wanted = &action)
        fixed (SignalAction* result = &replaced)
            return Exchange(signal, wanted, result) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Exchange(int signal, SignalAction* action, SignalAction* replaced);
}
