using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Waxwing.Compiler;
using Waxwing.Interpreter;

namespace Waxwing.Runtime;

/// <summary>Which engine a setting means on this platform.</summary>
internal static class Engines
{
    private static readonly ConcurrentDictionary<TierThresholds, CompilerEngine> Tiered = [];

    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist here.</exception>
    public static Engine Resolve(WasmRuntimeOptions options) => options.Engine switch
    {
        WasmEngineKind.Interpreter => InterpreterEngine.Instance,
        WasmEngineKind.Tiered => RuntimeFeature.IsDynamicCodeSupported ? Tiered.GetOrAdd(options.Tiers, static tiers => new(tiers)) : InterpreterEngine.Instance,
        WasmEngineKind.Compiler when RuntimeFeature.IsDynamicCodeSupported => CompilerEngine.Instance,
        WasmEngineKind.Compiler => throw new PlatformNotSupportedException("This program cannot generate code at run time (it was compiled ahead of time); use WasmEngineKind.Tiered or WasmEngineKind.Interpreter."),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };
}
