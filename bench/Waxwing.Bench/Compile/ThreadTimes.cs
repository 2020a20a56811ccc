using System.Collections.Concurrent;
using System.Globalization;

namespace Waxwing.Bench.Compile;

/// <summary>
/// Processor time of the compiling threads alone: meanwhile .NET promotes this library's own code on another thread, which is no part of what compilation costs. Progress is reported by the threads themselves.
/// </summary>
internal sealed class ThreadTimes : IProgress<WasmCompileProgress>
{
    private const string Schedule = "/proc/thread-self/schedstat";

    private readonly ConcurrentDictionary<int, double> times = [];

    public static bool IsSupported => File.Exists(Schedule);

    public double Milliseconds => times.Values.Sum();

    // Nanoseconds on a processor are the first number; a thread begins with none.
    public void Report(WasmCompileProgress value) =>
        times[Environment.CurrentManagedThreadId] = long.Parse(File.ReadAllText(Schedule).Split(' ')[0], CultureInfo.InvariantCulture) / 1e6;
}
