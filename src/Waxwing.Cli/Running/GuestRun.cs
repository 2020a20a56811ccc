using System.Diagnostics;
using Waxwing.Wasi;

namespace Waxwing.Cli.Running;

/// <summary>One execution of <c>waxwing run</c>: loads, links, runs, and turns the outcome into an exit code.</summary>
internal sealed class GuestRun(RunRequest request, TextWriter output, TextWriter error)
{
    private readonly RunStatistics statistics = new();

    private WasmModuleOptions ModuleOptions => WasmModuleOptions.Default with { Features = request.Features };

    public int Execute()
    {
        using var runtime = CreateRuntime();
        using var process = GuestEnvironment.AddWasi(runtime, request, error);
        using var threads = runtime.AddWasiThreads(request.MaximumThreads);
        using var stop = request.Timeout is { } timeout ? new CancellationTokenSource(timeout) : new CancellationTokenSource();
        try
        {
            var instance = Link(runtime, stop.Token);
            var watch = Stopwatch.StartNew();
            try
            {
                return request.Invoke is { } name ? Invoke(instance, name, threads, stop.Token) : RunProgram(instance, threads, stop.Token);
            }
            finally
            {
                output.Flush();
                statistics.Run = watch.Elapsed;
                statistics.MemoryBytes = runtime.MemoryBytes;
                if (request.Fuel is { } fuel)
                    statistics.FuelUsed = fuel - instance.Fuel;
            }
        }
        catch (WasmExitException exit)
        {
            return exit.ExitCode;
        }
        catch (WasmTrapException trap) when (trap.Code == TrapCode.Interrupted && stop.IsCancellationRequested)
        {
            error.WriteLine($"waxwing: stopped: the guest ran longer than {request.Timeout!.Value.TotalSeconds:0.###} s (--timeout)");
            return ExitCode.Timeout;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            error.WriteLine($"waxwing: stopped: the guest waited longer than {request.Timeout!.Value.TotalSeconds:0.###} s (--timeout)");
            return ExitCode.Timeout;
        }
        catch (WasmTrapException trap)
        {
            error.WriteLine($"waxwing: trap: {trap.Message}");
            return ExitCode.Trap;
        }
        catch (WasmThrownException thrown)
        {
            error.WriteLine($"waxwing: trap: {thrown.Message}");
            return ExitCode.Trap;
        }
        finally
        {
            if (request.Statistics)
                statistics.Write(error);
        }
    }

    private WasmRuntime CreateRuntime()
    {
        var limits = request.MaximumMemory is { } bytes ? WasmLimits.Default with { MemoryBytes = bytes, TotalMemoryBytes = bytes } : WasmLimits.Default;
        try
        {
            return new(new() { Engine = request.Engine, Features = request.Features, Limits = limits, Fuel = request.Fuel });
        }
        catch (PlatformNotSupportedException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    private WasmInstance Link(WasmRuntime runtime, CancellationToken stop)
    {
        foreach (var (name, file) in request.Preloads)
            Instantiate(runtime, file, name, stop);
        return Instantiate(runtime, request.File, null, stop);
    }

    private WasmInstance Instantiate(WasmRuntime runtime, string file, string? name, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        var module = ModuleFile.Load(file, ModuleOptions);
        statistics.Load += watch.Elapsed;
        watch.Restart();
        if (request.ProvideMemory || IsThreadedProgram(module))
            runtime.ProvideMemories(module);
        try
        {
            return runtime.Instantiate(module, name, cancellation: stop);
        }
        catch (WasmLinkException problem)
        {
            throw new LoadException(file, problem.Message + LinkHint.For(problem));
        }
        finally
        {
            statistics.Instantiate += watch.Elapsed;
        }
    }

    /// <summary>Whether it is a program that imports its memory in order to have threads: each is another instance with that memory, which is the host's to make.</summary>
    private static bool IsThreadedProgram(WasmModule module) =>
        module.Imports.Any(import => import is { Module: "wasi", Name: "thread-spawn" })
        || (module.Imports.Any(import => import.Type.Memory is { Shared: true }) && module.Exports.Any(export => export.Name == "_start"));

    private int RunProgram(WasmInstance instance, WasiThreads threads, CancellationToken stop)
    {
        if (instance.TryGetFunction("_start", out _) || instance.TryGetFunction("_initialize", out _))
            return threads.Run(instance, stop);
        // A module with a start function has done its work by now.
        if (instance.Module.Context.Module.Start >= 0)
            return ExitCode.Success;
        error.WriteLine($"waxwing: {request.File} is not a program: it exports no `_start`. {Callable(instance)}");
        return ExitCode.Failure;
    }

    private int Invoke(WasmInstance instance, string name, WasiThreads threads, CancellationToken stop)
    {
        if (!instance.TryGetFunction(name, out var function))
        {
            error.WriteLine($"waxwing: {request.File} exports no function `{name}`. {Callable(instance)}");
            return ExitCode.Usage;
        }
        var arguments = ValueText.ParseAll(request.Arguments, function);
        if (name != "_initialize" && instance.TryGetFunction("_initialize", out var initialize))
            threads.Invoke(initialize, stop);
        foreach (var result in threads.Invoke(function, stop, arguments))
            output.WriteLine(result);
        return ExitCode.Success;
    }

    private static string Callable(WasmInstance instance)
    {
        var functions = instance.Exports.Where(export => export.Type.Function is not null).ToList();
        return functions.Count == 0
            ? "It exports no function at all."
            : "Call one of its functions with --invoke NAME:" + string.Concat(functions.Take(20).Select(export => $"\n  {export.Name} {export.Type.Function}"))
                + (functions.Count > 20 ? $"\n  ... and {functions.Count - 20} more" : "");
    }
}
