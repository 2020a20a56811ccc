using System.Diagnostics;
using Waxwing.AssemblyScript;
using Waxwing.Emscripten;
using Waxwing.Wasi;

namespace Waxwing.Cli.Running;

/// <summary>One execution of <c>waxwing run</c>: loads, links, runs, and turns the outcome into an exit code.</summary>
internal sealed class GuestRun(RunRequest request, TextWriter output, TextWriter error)
{
    private readonly RunStatistics statistics = new();
    private readonly WasmHostTrace? trace = GuestEnvironment.Trace(request, error);

    public int Execute()
    {
        using var runtime = CreateRuntime();
        var wasi = GuestEnvironment.Wasi(request, error);
        using var process = runtime.AddWasi(wasi);
        using var threads = runtime.AddWasiThreads(request.MaximumThreads);
        using var emscripten = new Lazily<EmscriptenHost>(() => new(runtime, GuestEnvironment.Emscripten(request, wasi)));
        using var stop = request.Timeout is { } timeout ? new CancellationTokenSource(timeout) : new CancellationTokenSource();
        try
        {
            var guest = Link(runtime, threads, emscripten, stop.Token);
            var watch = Stopwatch.StartNew();
            try
            {
                return request.Invoke is { } name ? Invoke(guest, name, stop.Token) : RunProgram(guest, stop.Token);
            }
            finally
            {
                output.Flush();
                statistics.Run = watch.Elapsed;
                statistics.MemoryBytes = runtime.MemoryBytes;
                if (request.Fuel is { } fuel)
                    statistics.FuelUsed = fuel - guest.Instance.Fuel;
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
        catch (Exception thrown) when (thrown is WasmThrownException or EmscriptenException or AssemblyScriptAbortException)
        {
            error.WriteLine($"waxwing: trap: {thrown.Message}");
            return ExitCode.Trap;
        }
        finally
        {
            if (trace is { UnmatchedWords: { Count: > 0 } words })
                error.WriteLine($"waxwing: --trace-host: nothing that was imported fits {string.Join(", ", words.Select(word => $"`{WasmCallFormat.Escape(word)}`"))}");
            if (request.Statistics)
                statistics.Write(error);
        }
    }

    private WasmRuntime CreateRuntime()
    {
        var limits = request.MaximumMemory is { } bytes ? WasmLimits.Default with { MemoryBytes = bytes, TotalMemoryBytes = bytes } : WasmLimits.Default;
        try
        {
            return new(new() { Engine = request.Engine, Features = request.Features, Limits = limits, Fuel = request.Fuel, HostTrace = trace });
        }
        catch (PlatformNotSupportedException problem)
        {
            throw new UsageException(problem.Message);
        }
    }

    private Guest Link(WasmRuntime runtime, WasiThreads threads, Lazily<EmscriptenHost> emscripten, CancellationToken stop)
    {
        foreach (var (name, file) in request.Preloads)
            Instantiate(runtime, file, Load(file), module => runtime.Instantiate(module, name, cancellation: stop));
        var main = Load(request.File);
        switch (Guest.KindOf(main, request.Host))
        {
            case HostKind.Emscripten:
                Instantiate(runtime, request.File, main, module => emscripten.Value.Instantiate(module, stop));
                return new EmscriptenGuest(emscripten.Value);
            case HostKind.AssemblyScript:
                AddAssemblyScript(runtime, main);
                break;
        }
        return new PlainGuest(Instantiate(runtime, request.File, main, module => runtime.Instantiate(module, cancellation: stop)), threads);
    }

    /// <summary>What was preloaded under a name is not replaced.</summary>
    private void AddAssemblyScript(WasmRuntime runtime, WasmModule module)
    {
        var supplied = new WasmImports();
        supplied.AddAssemblyScript(GuestEnvironment.AssemblyScript(output, error));
        foreach (var import in module.Imports)
        {
            if (runtime.GetDefinition(import.Module, import.Name) is null && supplied.GetDefinition(import.Module, import.Name) is WasmFunction function)
                runtime.Define(import.Module, import.Name, function);
            else if (supplied.GetDefinition(import.Module, import.Name) is WasmGlobal constant)
                runtime.Define(import.Module, import.Name, constant);
        }
    }

    private WasmModule Load(string file)
    {
        var watch = Stopwatch.StartNew();
        var module = ModuleFile.Load(file, request.ModuleOptions);
        statistics.Load += watch.Elapsed;
        return module;
    }

    private WasmInstance Instantiate(WasmRuntime runtime, string file, WasmModule module, Func<WasmModule, WasmInstance> instantiate)
    {
        if (request.ProvideMemory || IsThreadedProgram(module))
            runtime.ProvideMemories(module);
        var watch = Stopwatch.StartNew();
        try
        {
            return instantiate(module);
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

    private int RunProgram(Guest guest, CancellationToken stop)
    {
        if (guest.IsProgram)
            return guest.Run(stop);
        // A module with a start function has done its work by now.
        if (guest.Instance.Module.Context.Module.Start >= 0)
            return ExitCode.Success;
        error.WriteLine($"waxwing: {request.File} is not a program: it exports no `_start`. {Callable(guest.Instance)}");
        return ExitCode.Failure;
    }

    private int Invoke(Guest guest, string name, CancellationToken stop)
    {
        if (!guest.Instance.TryGetFunction(name, out var function))
        {
            error.WriteLine($"waxwing: {request.File} exports no function `{name}`. {Callable(guest.Instance)}");
            return ExitCode.Usage;
        }
        foreach (var result in guest.Invoke(name, ValueText.ParseAll(request.Arguments, function), stop))
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
