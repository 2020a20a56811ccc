using Waxwing.Emscripten.Files;
using Waxwing.Emscripten.Functions;
using Waxwing.Emscripten.Linking;
using Waxwing.Emscripten.Threads;
using Waxwing.Wasi;
using Waxwing.Wasi.Threads;

namespace Waxwing.Emscripten;

/// <summary>
/// The host of one program built by Emscripten, in place of the JavaScript that the toolchain writes beside a module: it reads what the module imports and supplies that. The memory and the
/// table are made as large as the module asks, threads are .NET threads, files are those of <see cref="WasiOptions"/>, side modules are linked. Thread-safe as far as the guest is.
/// </summary>
public sealed class EmscriptenHost : IDisposable
{
    private readonly List<WasmMemory> memories = [];
    private WasmInstance? main;
    private bool isDisposed;

    /// <summary>A host without a program yet.</summary>
    /// <param name="runtime">Where modules are instantiated. What it defines under "env" comes before what this host would supply.</param>
    /// <param name="options">What the guest gets; null is the hermetic default.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="IOException">A granted directory cannot be opened.</exception>
    public EmscriptenHost(WasmRuntime runtime, EmscriptenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        Options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfNegative(Options.MaximumThreads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Options.MaximumThreads, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.LogicalCores, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.ThreadStackBytes, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.StackBytes, 4096);
        if (!Options.WorkingDirectory.StartsWith('/'))
            throw new ArgumentException("The working directory must be absolute, as the guest names it.", nameof(options));
        Runtime = runtime;
        var process = new WasiProcess(Options.Wasi);
        System = new(process, Options.WorkingDirectory);
        Threads = new(Options.MaximumThreads);
        Pthreads = new(this);
        Linker = new(this);
        Supply = new(this);
    }

    /// <summary>The runtime in which modules are instantiated.</summary>
    public WasmRuntime Runtime { get; }

    /// <summary>Definitions of yours for the program's modules: they come before the runtime's and the host's own.</summary>
    public WasmImports Imports { get; } = new();

    /// <summary>The main module's instance.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public WasmInstance Instance => main ?? throw new InvalidOperationException("Instantiate a module first.");

    /// <summary>The main module's memory, whether it exports it or imports it.</summary>
    /// <exception cref="InvalidOperationException">There is no instance yet, or it has no memory.</exception>
    public WasmMemory Memory => Instance.Memory;

    /// <summary>Threads of the guest running now, without the main one.</summary>
    public int ThreadCount => Threads.Count;

    internal EmscriptenOptions Options { get; }

    internal SystemCalls System { get; }

    internal GuestThreads Threads { get; }

    internal PthreadHost Pthreads { get; }

    internal Linker Linker { get; }

    internal ImportSupply Supply { get; }

    /// <summary>Whether the main module is there, so that others are side modules.</summary>
    internal bool HasInstance => MainThread is not null;

    /// <summary>What the host keeps about the main thread.</summary>
    /// <remarks>Null before there is an instance.</remarks>
    internal GuestThread MainThread { get; private set; } = null!;

    /// <summary>Whether a module looks like Emscripten's output: by imports that only its JavaScript provides, or its section for dynamic linking. Cost: proportional to the imports.</summary>
    /// <param name="module">The module.</param>
    public static bool IsEmscripten(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.CustomSections.Any(section => section.Name is "dylink.0" or "dylink")
            || UnknownImports.IsMinified(module)
            || module.Imports.Any(import => import.Module == "env" && ImportSupply.IsCharacteristic(import))
            // A program that needs nothing but WASI, but does not start as WASI's do.
            || (module.Exports.Any(export => export.Name == "__wasm_call_ctors") && module.Exports.Any(export => export.Name is "stackSave" or "_emscripten_stack_restore"));
    }

    /// <summary>
    /// Instantiates the main module with everything it imports, and runs its constructors (not <c>main</c>). Once for each host.
    /// </summary>
    /// <param name="module">A module as Emscripten writes it; the names of its imports must not be minified, as they are from <c>-O3</c> on unless <c>-g2</c> or <c>--profiling-funcs</c> is given.</param>
    /// <param name="cancellation">Stops constructors that run too long.</param>
    /// <exception cref="WasmLinkException">Functions are imported that this host does not know: all of them are named. Or a memory or limit was refused.</exception>
    /// <exception cref="WasmTrapException">A constructor trapped.</exception>
    /// <exception cref="InvalidOperationException">There is an instance already.</exception>
    public WasmInstance Instantiate(WasmModule module, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (main is not null)
            throw new InvalidOperationException("The host has an instance already: each program needs a host of its own.");
        var dylink = Dylink.Find(module);
        if (dylink is not null)
            Linker.PlaceMain(module, dylink);
        var imports = Supply.For(module);
        var instance = Runtime.Instantiate(module, imports: imports, cancellation: cancellation);
        MainThread = new(this, instance, 0, GuestTable(instance, imports));
        Pthreads.Add(MainThread);
        main = instance;
        if (dylink is not null)
            Linker.FinishMain(dylink, cancellation);
        Guard(token =>
        {
            MainThread.CallIfExported(token, "emscripten_stack_init", []);
            MainThread.CallIfExported(token, "__wasm_call_ctors", []);
            // A library in the sense of WASI, from -sSTANDALONE_WASM, has its constructors there.
            if (!instance.TryGetFunction("__wasm_call_ctors", out _) && !instance.TryGetFunction("_start", out _))
                MainThread.CallIfExported(token, "_initialize", []);
            return 0;
        }, cancellation);
        return instance;
    }

    /// <summary>Loads a side module, as <c>dlopen</c> with RTLD_GLOBAL does: from then on it can use the others' functions and variables, and they its own.</summary>
    /// <param name="name">The name for later calls of <c>dlopen</c>; of a name that is loaded, the instance there is returned.</param>
    /// <param name="module">The module; it must have a section "dylink.0" or "dylink".</param>
    /// <param name="cancellation">Stops constructors that run too long.</param>
    /// <exception cref="WasmLinkException">Something that it imports is nowhere, or it is no side module.</exception>
    /// <exception cref="InvalidOperationException">There is no main module yet.</exception>
    public WasmInstance LoadLibrary(string name, WasmModule module, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(module);
        _ = Instance;
        return Guard(token => Linker.Load(name, module, token).Instance, cancellation);
    }

    /// <summary>
    /// Runs the program: <c>main</c> with the arguments of the options (or <c>_start</c>). Its end, by return, exit or a trap, on whatever thread, ends all its threads.
    /// To go on calling functions of the program after <c>main</c>, call that by <see cref="Invoke(string, ReadOnlySpan{WasmValue})"/> as one of them.
    /// </summary>
    /// <param name="cancellation">Stops the guest.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="WasmLinkException">The module has no <c>main</c>.</exception>
    /// <exception cref="WasmTrapException">The guest trapped, aborted or failed an assertion.</exception>
    /// <exception cref="EmscriptenException">A C++ exception left <c>main</c>.</exception>
    /// <exception cref="OperationCanceledException">The guest was stopped.</exception>
    public int Run(CancellationToken cancellation = default)
    {
        var instance = Instance;
        try
        {
            return instance.TryGetFunction("_start", out _)
                ? Threads.Run(instance.Run, cancellation)
                : Guard(ProgramEntry.Of(MainThread).Run, cancellation);
        }
        catch (WasmExitException exit)
        {
            return exit.ExitCode;
        }
        finally
        {
            Threads.End(null);
            Threads.Join();
        }
    }

    /// <summary>Calls an exported function on this thread, which counts as the guest's main one: not two calls at once.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="WasmLinkException">There is no function of that name.</exception>
    /// <exception cref="WasmTrapException">The guest trapped, on this thread or another of its own.</exception>
    /// <exception cref="WasmExitException">The guest exited.</exception>
    /// <exception cref="EmscriptenException">A C++ exception left the function.</exception>
    public WasmValue[] Invoke(string name, params ReadOnlySpan<WasmValue> arguments) => Invoke(name, CancellationToken.None, arguments);

    /// <summary>Calls an exported function on this thread, which counts as the guest's main one: not two calls at once.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results. Fails as <see cref="Invoke(string, ReadOnlySpan{WasmValue})"/> does.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public WasmValue[] Invoke(string name, CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments)
    {
        var function = Instance.GetFunction(name);
        var copy = arguments.ToArray();
        return Guard(token => function.Invoke(token, copy), cancellation);
    }

    /// <summary>Stops the guest's threads, waits for them, closes its files and disposes its instances.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        Threads.Dispose();
        Linker.Dispose();
        main?.Dispose();
        System.Process.Dispose();
        foreach (var memory in memories)
            memory.Dispose();
    }

    internal WasmMemory CreateMemory(MemoryType type)
    {
        var memory = Runtime.CreateMemory(type);
        memories.Add(memory);
        return memory;
    }

    /// <summary>Runs guest code; what its JavaScript would see as an exception becomes one of this library.</summary>
    private T Guard<T>(Func<CancellationToken, T> body, CancellationToken cancellation)
    {
        try
        {
            return Threads.Run(body, cancellation);
        }
        catch (CxxThrow thrown)
        {
            throw new EmscriptenException(MainThread.Exceptions.Describe(thrown.Pointer));
        }
        catch (LongJump)
        {
            throw new EmscriptenException("longjmp: the function that called setjmp has returned");
        }
        catch (UnwindToEventLoop)
        {
            // emscripten_exit_with_live_runtime and its like: the call is over, the guest is not.
            return default!;
        }
        finally
        {
            PthreadHost.Forget();
        }
    }

    private static WasmTable? GuestTable(WasmInstance instance, WasmImports imports) =>
        instance.GetExport("__indirect_function_table") as WasmTable ?? imports.GetDefinition("env", "__indirect_function_table") as WasmTable;
}
