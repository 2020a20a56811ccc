using System.Diagnostics;
using System.Text.Json;
using Waxwing.Bench.Load;
using Waxwing.Compiler;
using Waxwing.Runtime;

namespace Waxwing.Bench.Compile;

/// <summary>What the compilation of one module took, in a process of its own. Times in milliseconds, sizes in bytes.</summary>
internal sealed record CompilationFigures
{
    public required string Module { get; init; }
    public long Bytes { get; init; }
    public long CodeBytes { get; init; }
    public int Functions { get; init; }
    public double FirstLoad { get; init; }
    public double FirstCall { get; init; }
    public double WarmFirstCall { get; init; }
    public double WarmFirstCallProcessor { get; init; }
    public string? Called { get; init; }
    public double EmitFirst { get; init; }
    public double Emit { get; init; }
    public long IlBytes { get; init; }
    public int Threads { get; init; }
    public double Compile { get; init; }
    public double CompileProcessor { get; init; }
    public long ManagedBefore { get; init; }
    public long ManagedAfter { get; init; }
    public long ResidentBefore { get; init; }
    public long ResidentAfter { get; init; }
    public long PeakResident { get; init; }

    /// <summary>Filled in by the parent process, which reads what the JIT reported.</summary>
    public JitSummary? Jit { get; init; }
    public string? Failure { get; init; }
}

/// <summary>How a module is compiled.</summary>
/// <param name="Threads">Threads that compile.</param>
/// <param name="Checks">With explicit bounds checks, not guard pages.</param>
/// <param name="EmitOnly">Without RyuJIT's part.</param>
/// <param name="IsKept">As code that stays as long as the process.</param>
internal readonly record struct CompilationChoices(int Threads, bool Checks, bool EmitOnly, bool IsKept);

/// <summary>Measures the compilation of one module: the first call of a fresh process, emission apart, then everything.</summary>
internal static class ModuleCompilation
{
    public static CompilationFigures Measure(string path, string name, CompilationChoices how)
    {
        var guards = !how.Checks;
        var options = new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler, Features = WasmFeatures.All, GuardRegions = guards };
        // Whoever does not compile ahead of time has the tiers.
        var lazily = new WasmRuntimeOptions { Features = WasmFeatures.All, GuardRegions = guards };
        var (firstLoad, firstCall, called) = FirstCall(path, lazily);
        var before = Environment.CpuUsage.TotalTime;
        var (_, warm, _) = FirstCall(path, lazily);
        var warmProcessor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;

        var module = WasmModule.Load(File.ReadAllBytes(path), new WasmModuleOptions { IsCollectible = !how.IsKept });
        var code = module.Context.Module.Code;
        var figures = new CompilationFigures
        {
            Module = name,
            Bytes = new FileInfo(path).Length,
            CodeBytes = code.Sum(body => (long)body.Range.Length),
            Functions = code.Count,
            FirstLoad = firstLoad,
            FirstCall = firstCall,
            WarmFirstCall = warm,
            WarmFirstCallProcessor = warmProcessor,
            Called = called,
            Threads = how.Threads,
        };
        // The first time this library's own code is compiled as it goes; after a while it is as fast as it gets.
        var (emitFirst, ilBytes) = Emit(module, guards);
        var repetitions = new List<double>();
        for (var total = emitFirst; repetitions.Count < 2 || (repetitions.Count < 20 && total < 2000); total += repetitions[^1])
            repetitions.Add(Emit(module, guards).Milliseconds);
        var emit = Statistics.Median(repetitions.TakeLast((repetitions.Count + 1) / 2));
        figures = figures with { EmitFirst = emitFirst, Emit = emit, IlBytes = ilBytes };
        if (how.EmitOnly)
            return figures;

        using var self = Process.GetCurrentProcess();
        var (managed, resident) = Settled(self);
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var times = ThreadTimes.IsSupported ? new ThreadTimes() : null;
        module.Compile(new WasmCompileOptions { Runtime = options, MaximumParallelism = how.Threads, Progress = times });
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var spent = times?.Milliseconds ?? (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
        var (managedAfter, residentAfter) = Settled(self);
        GC.KeepAlive(module);
        return figures with
        {
            Compile = elapsed,
            CompileProcessor = spent,
            ManagedBefore = managed,
            ManagedAfter = managedAfter,
            ResidentBefore = resident,
            ResidentAfter = residentAfter,
            PeakResident = self.PeakWorkingSet64,
        };
    }

    public static string ToJson(CompilationFigures figures) => JsonSerializer.Serialize(figures, JsonSerializerOptions.Web);

    /// <summary>Milliseconds from the file's name to a loaded module, and to the end of the first call, functions validated and compiled as they are reached.</summary>
    private static (double Load, double Call, string Called) FirstCall(string path, WasmRuntimeOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        using var runtime = new WasmRuntime(options);
        var module = WasmModule.Load(File.ReadAllBytes(path), new WasmModuleOptions { LazyValidation = true });
        var load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var called = FirstExport.Call(runtime, module, null);
        return (load, Stopwatch.GetElapsedTime(start).TotalMilliseconds, called);
    }

    private static (double Milliseconds, long Bytes) Emit(WasmModule module, bool guards)
    {
        // Of no module yet: nothing is there to be found.
        var compiled = new CompiledModule(module, metered: false);
        var code = compiled.Code(guards && FaultShim.IsAvailable, polled: false);
        // Processor time of the process, or the machine's other work would count. Small errors: the JIT's background thread, promoting this library's code.
        var start = Environment.CpuUsage.TotalTime;
        var bytes = 0L;
        for (var unit = 0; unit < compiled.Units.Count; unit++)
            bytes += code.Emit(unit).Length;
        return ((Environment.CpuUsage.TotalTime - start).TotalMilliseconds, bytes);
    }

    private static (long Managed, long Resident) Settled(Process self)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        self.Refresh();
        return (GC.GetTotalMemory(forceFullCollection: true), self.WorkingSet64);
    }
}
