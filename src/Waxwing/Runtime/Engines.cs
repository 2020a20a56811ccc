using System.Runtime.CompilerServices;
using Waxwing.Compiler;
using Waxwing.Interpreter;

namespace Waxwing.Runtime;

/// <summary>Which engine a setting means on this platform.</summary>
internal static class Engines
{
    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist here.</exception>
    public static Engine Resolve(WasmEngineKind kind) => kind switch
    {
        WasmEngineKind.Interpreter => InterpreterEngine.Instance,
        WasmEngineKind.Tiered => RuntimeFeature.IsDynamicCodeSupported ? CompilerEngine.Instance : InterpreterEngine.Instance,
        WasmEngineKind.Compiler when RuntimeFeature.IsDynamicCodeSupported => CompilerEngine.Instance,
        WasmEngineKind.Compiler => throw new PlatformNotSupportedException("This program cannot generate code at run time (it was compiled ahead of time); use WasmEngineKind.Tiered or WasmEngineKind.Interpreter."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
