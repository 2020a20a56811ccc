using System.Diagnostics;

namespace Waxwing.Bench;

/// <summary>What all timing reads: elapsed time, or processor time of the process, which other programs on the machine disturb less.</summary>
internal static class Clock
{
    public static bool IsProcessorTime { get; set; }

    /// <summary>Milliseconds since some moment.</summary>
    public static double Now => IsProcessorTime
        ? Environment.CpuUsage.TotalTime.TotalMilliseconds
        : Stopwatch.GetElapsedTime(0).TotalMilliseconds;
}
