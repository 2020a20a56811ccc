namespace Waxwing;

/// <summary>What executes guest code.</summary>
public enum WasmEngineKind
{
    /// <summary>
    /// Both: functions are interpreted at first, so that programs start at once, and those that turn out to be called often, or to be in a loop for long, are compiled, in the middle of the loop if need be. What runs
    /// long is as fast as with <see cref="Compiler"/>. Metered code is compiled from its first call on, and so is a module after <see cref="WasmModule.Compile"/>. Where code cannot be generated at run time (programs compiled
    /// ahead of time) everything is interpreted.
    /// </summary>
    Tiered,
    /// <summary>
    /// Functions become CIL when they are first called, and the .NET runtime's own compiler makes machine code of that: as fast as native engines. Functions called through <c>InvokeAsync</c> are
    /// interpreted, since only the interpreter can give up its thread while the guest waits. Needs a runtime that can generate code.
    /// </summary>
    Compiler,
    /// <summary>The interpreter, which runs everywhere.</summary>
    Interpreter,
}
