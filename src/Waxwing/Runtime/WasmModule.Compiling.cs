using Waxwing.Runtime;

namespace Waxwing;

public sealed partial class WasmModule
{
    /// <summary>
    /// Makes code of every function now, on several threads, instead of each when it is first called: a megabyte of WebAssembly takes about a second of processor time with the compiler, a fraction of that
    /// with the interpreter. The code is kept with the module and shared by all instances in runtimes with these settings; what is compiled already costs nothing. Functions that lazy validation would find invalid
    /// are passed over: calling them reports it. Thread-safe.
    /// </summary>
    /// <param name="options">Which code, and on how many threads; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work between functions; what was compiled stays.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist on this platform.</exception>
    public void Compile(WasmCompileOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= WasmCompileOptions.Default;
        var code = GetCode(Engines.Resolve(options.Runtime), options.Runtime.Fuel is not null);
        new ParallelCompilation(code.Parts(options), Context.Module.Code.Count, options, cancellationToken).Run();
    }

    /// <summary>Like <see cref="Compile"/>, while the caller does something else.</summary>
    /// <param name="options">Which code, and on how many threads; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work between functions; what was compiled stays.</param>
    /// <returns>Completes when all is compiled; fails as <see cref="Compile"/> does.</returns>
    public Task CompileAsync(WasmCompileOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Factory.StartNew(() => Compile(options, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
