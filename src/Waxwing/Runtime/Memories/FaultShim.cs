using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// Makes faults in guarded memories catchable. The .NET runtime's handler of SIGSEGV turns a fault of managed code into a NullReferenceException if the address reported is below 64 KiB, and ends
/// the process otherwise. This puts a few instructions of machine code in front of it: when the address lies in one of the <see cref="GuardedRanges"/> they report 0 instead; in every
/// case they jump to the handler that was there before, with the stack and arguments as they came. So whatever is not a fault of managed code in a guarded range
/// ends as it would without this, and nothing but the reported address of those that are differs.
///
/// The code is position-independent, keeps to registers that a called function may change, touches no stack, calls nothing and writes one word of the signal's own record: safe in a signal handler.
/// Linux on x64 and arm64; elsewhere, or if the handler there is not one that can be told an address, nothing is installed and accesses need explicit checks.
/// </summary>
internal static unsafe partial class FaultShim
{
    /// <summary>
    /// Whether faults in guarded ranges are <see cref="NullReferenceException"/>s. Installs the handler when it is first asked; the answer never changes. It stays installed as long as the process runs. Thread-safe.
    /// </summary>
    public static bool IsAvailable { get; } = GuardedRanges.Nowhere != null && TryInstall();

    /// <summary>
    /// Whether a store that spans the last accessible byte may write its first bytes before it faults. The x64 architecture excludes it. The arm64 architecture does not, for stores that are not
    /// aligned: there code must load as many bytes from the address before it stores, so that the load faults instead.
    /// </summary>
    public static bool StoresMayTear => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    private static ReadOnlySpan<byte> Code => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? X64 : Arm64;

    /// <summary>Bytes of the code and the three words behind it.</summary>
    internal static nuint Size => (nuint)Code.Length + (3 * sizeof(ulong));

    /// <summary>The shim as executable code, never given back; null if the system refuses.</summary>
    /// <param name="previous">Where it jumps to.</param>
    internal static byte* Emit(nint previous)
    {
        var size = VirtualMemory.RoundUp(Size);
        var page = VirtualMemory.Reserve(size);
        if (page == null)
            return null;
        if (VirtualMemory.Commit(page, size))
        {
            // SAFETY: the page is ours, and larger than code and words.
            Code.CopyTo(new(page, Code.Length));
            var words = (ulong*)(page + Code.Length);
            words[0] = (ulong)previous;
            words[1] = (ulong)GuardedRanges.Table;
            words[2] = GuardedRanges.Length;
            // Never writable and executable at once. Where instruction caches are not coherent (arm64), the kernel cleans a page's lines when it first becomes executable.
            if (VirtualMemory.Seal(page, size))
                return page;
        }
        VirtualMemory.Release(page, size);
        return null;
    }

    private static bool TryInstall()
    {
        if (!SignalAction.TryGet(SignalAction.SegmentationFault, out var expected))
            return false;
        while (expected.TakesAddress)
        {
            var shim = Emit(expected.Handler);
            if (shim == null)
                return false;
            var ours = expected;
            ours.Handler = (nint)shim;
            if (!SignalAction.TrySet(SignalAction.SegmentationFault, ours, out var replaced))
                return false;
            if (replaced.Handler == expected.Handler)
                return true;
            // Native code installed another handler since we looked. Put it back and look again; the shim stays mapped, because a fault may be in it.
            if (!SignalAction.TrySet(SignalAction.SegmentationFault, replaced, out _))
                return false;
            expected = replaced;
        }
        return false;
    }
}
