using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// How much code may be loaded at once. A set of it takes about ten mappings of the system and two more for each unit (measured: 1.4), of which a process has 65,530 by default, and the
/// .NET runtime dies if it cannot get one. Beyond the budget modules are interpreted. Thread-safe.
/// </summary>
internal static class CodeBudget
{
    private const int MappingsOfSet = 10;
    private const int MappingsOfUnit = 2;

    /// <summary>A quarter of the mappings at most is for code; the reservations of memories have another.</summary>
    private static readonly int Most = SystemLimits.Mappings / 4;

    private static int used;

    /// <summary>Makes room for a set of code, all of whose units may come to be loaded.</summary>
    public static bool TryAcquire(int units)
    {
        if (Interlocked.Add(ref used, MappingsOf(units)) <= Most)
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
        Release(units);
        return false;
    }

    /// <summary>Makes room for one more unit of a set.</summary>
    public static bool TryAcquireUnit()
    {
        if (Interlocked.Add(ref used, MappingsOfUnit) <= Most)
            return true;
        Interlocked.Add(ref used, -MappingsOfUnit);
        return false;
    }

    /// <param name="units">Units of the set.</param>
    /// <param name="further">Units added to it.</param>
    public static void Release(int units, int further = 0) => Interlocked.Add(ref used, -MappingsOf(units + further));

    private static int MappingsOf(int units) => MappingsOfSet + MappingsOfUnit * units;
}
