using Waxwing.Wasi.Functions;
using Waxwing.Wasi.Tracing;

namespace Waxwing.Wasi;

/// <summary>Adds WASI to a runtime.</summary>
public static class WasiRuntimeExtensions
{
    /// <summary>
    /// Defines the functions of WASI preview 1 (as <c>wasi_snapshot_preview1</c> and <c>wasi_unstable</c>) for guests of a runtime, or for the instantiations that a <see cref="WasmImports"/> is used
    /// for. Guests called through <c>InvokeAsync</c> hold no thread while they sleep, poll, or wait for input, output or connections. The guests that import these definitions are one process: they share arguments, open files and standard streams. Add WASI for each guest that should be on its own.
    /// </summary>
    /// <param name="definitions">The runtime, or imports for single instantiations.</param>
    /// <param name="options">What the guests get; null is the hermetic default.</param>
    /// <returns>The process; dispose it to close what the guests left open.</returns>
    /// <exception cref="ArgumentException">The options contradict themselves or the rules given with them.</exception>
    /// <exception cref="DirectoryNotFoundException">A granted directory does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">A granted directory may not be read.</exception>
    /// <exception cref="IOException">A granted directory cannot be opened.</exception>
    public static WasiProcess AddWasi(this WasmDefinitions definitions, WasiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        var process = new WasiProcess(options ?? new());
        foreach (var function in WasiFunctions.All)
        {
            ReadOnlySpan<ValueType> results = function.HasResult ? [ValueType.I32] : [];
            Define(definitions, process, function, WasiFunctions.Preview1, results, isUnstable: false);
            Define(definitions, process, function, WasiFunctions.Unstable, results, isUnstable: true);
        }
        return process;
    }

    private static void Define(WasmDefinitions definitions, WasiProcess process, WasiFunction function, string module, ReadOnlySpan<ValueType> results, bool isUnstable)
    {
        WasmRawFunction call = (caller, arguments, values) => process.Call(function, caller, arguments, values, isUnstable);
        var made = function.Wait == WasiWait.None
            ? WasmFunction.FromRaw(function.ParameterTypes, results, call)
            : WasmFunction.FromRaw(function.ParameterTypes, results, call, (caller, arguments, values) => process.CallAsync(function, caller, arguments, values, isUnstable));
        definitions.Define(module, function.Name, made.WithFormat(new WasiCallFormat(process, function, isUnstable)));
    }
}
