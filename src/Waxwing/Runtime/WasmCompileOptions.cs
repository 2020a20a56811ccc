namespace Waxwing;

/// <summary>What <see cref="WasmModule.Compile"/> makes ready. Immutable; change with <c>with</c>.</summary>
public sealed record WasmCompileOptions
{
    /// <summary>The default options.</summary>
    public static WasmCompileOptions Default { get; } = new();

    /// <summary>
    /// Settings of the runtimes that the module will be instantiated in. The code depends on the engine, on whether there is fuel, and on how memories are reserved
    /// (<see cref="WasmRuntimeOptions.GuardRegions"/>, <see cref="WasmRuntimeOptions.MemoryPolicy"/>). Default: <see cref="WasmRuntimeOptions.Default"/>.
    /// </summary>
    public WasmRuntimeOptions Runtime { get; init; } = WasmRuntimeOptions.Default;

    /// <summary>
    /// Whether guests will be called with a <see cref="CancellationToken"/> that can be cancelled: compiled code for such calls looks at it in loops and at function entries, and is code of its own. Default false.
    /// </summary>
    public bool Cancellable { get; init; }

    /// <summary>Threads that compile. Default 0: one for each processor.</summary>
    public int MaximumParallelism { get; init; }

    /// <summary>Told how far it is, from the compiling threads, at most once for some dozens of functions; null (the default) for no reports.</summary>
    public IProgress<WasmCompileProgress>? Progress { get; init; }
}

/// <summary>How far the compilation of a module is.</summary>
/// <param name="Compiled">Functions that are ready.</param>
/// <param name="Total">Functions that the module defines.</param>
public readonly record struct WasmCompileProgress(int Compiled, int Total);
