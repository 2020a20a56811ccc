using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// How many sets of code may be loaded at once. Each takes about ten mappings of the system, which has 65,530 for a process by default, and the .NET runtime dies if it cannot get one. Beyond the
/// budget modules are interpreted. Thread-safe.
/// </summary>
internal static class CodeBudget
{
    private const int MappingsEach = 10;

    /// <summary>A quarter of the mappings at most is for code; the reservations of memories have another.</summary>
    private static readonly int Most = SystemLimits.Mappings / 4 / MappingsEach;

    private static int used;

    public static bool TryAcquire()
    {
        if (Interlocked.Increment(ref used) <= Most)
            return true;
        // Modules that were dropped may not have been collected: code is only given back by the garbage collector.
        if (CollectionTrigger.MayCollect())
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            if (Volatile.Read(ref used) <= Most)
                return true;
        }
        Interlocked.Decrement(ref used);
        return false;
    }

    public static void Release() => Interlocked.Decrement(ref used);
}
