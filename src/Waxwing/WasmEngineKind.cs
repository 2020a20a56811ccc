namespace Waxwing;

/// <summary>What executes guest code.</summary>
public enum WasmEngineKind
{
    /// <summary>The best engine there is: <see cref="Compiler"/> where code can be generated at run time, <see cref="Interpreter"/> where it cannot (programs compiled ahead of time).</summary>
    Tiered,
    /// <summary>
    /// Functions become CIL when they are first called, and the .NET runtime's own compiler makes machine code of that: as fast as native engines. Functions called through <c>InvokeAsync</c> are
    /// interpreted, since only the interpreter can give up its thread while the guest waits. Needs a runtime that can generate code.
    /// </summary>
    Compiler,
    /// <summary>The interpreter, which runs everywhere.</summary>
    Interpreter,
}
