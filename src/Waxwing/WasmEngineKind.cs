namespace Waxwing;

/// <summary>What executes guest code.</summary>
public enum WasmEngineKind
{
    /// <summary>The best engine there is on this platform.</summary>
    Tiered,
    /// <summary>Compiled code.</summary>
    Compiler,
    /// <summary>The interpreter, which runs everywhere.</summary>
    Interpreter,
}
