using Waxwing.Interpreter;

namespace Waxwing.Runtime;

/// <summary>Which engine a setting means on this platform.</summary>
internal static class Engines
{
    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist here.</exception>
    public static Engine Resolve(WasmEngineKind kind) => kind switch
    {
        WasmEngineKind.Tiered or WasmEngineKind.Interpreter => InterpreterEngine.Instance,
        WasmEngineKind.Compiler => throw new PlatformNotSupportedException("This version has no compiler; use WasmEngineKind.Tiered or WasmEngineKind.Interpreter."),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
