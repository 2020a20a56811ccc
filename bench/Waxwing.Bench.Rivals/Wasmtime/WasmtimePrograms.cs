namespace Waxwing.Bench.Rivals;

/// <summary>The programs of <c>bench/programs</c> in Wasmtime.</summary>
public static class WasmtimePrograms
{
    /// <summary>Compiles and instantiates a program.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">The module.</param>
    /// <returns>What runs it once, and what gives it back.</returns>
    public static (Func<string> Run, IDisposable Runtime) Start(string name, string path)
    {
        var runtime = new WasmRuntime();
        return (Programs.Programs.Start(name, runtime, WasmModule.Load(path)), runtime);
    }

    /// <summary>Measures calls, growth, traps and instances, each when it is asked for.</summary>
    /// <param name="processorTime">Whether to measure processor time.</param>
    public static IEnumerable<(string What, double Nanoseconds)> MeasureCalls(bool processorTime)
    {
        Clock.IsProcessorTime = processorTime;
        return Programs.Calls.Measure(() => new WasmRuntime());
    }
}
