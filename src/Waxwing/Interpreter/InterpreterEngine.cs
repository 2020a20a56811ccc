using Waxwing.Runtime;

namespace Waxwing.Interpreter;

/// <summary>
/// The engine that runs everywhere: functions are translated, during validation, to slot code - a register-machine form with fused operands - and executed by
/// threaded handlers. It needs no code generation at run time.
/// </summary>
internal sealed class InterpreterEngine : Engine
{
    public static readonly InterpreterEngine Instance = new();

    private InterpreterEngine() { }

    public override WasmEngineKind Kind => WasmEngineKind.Interpreter;

    public override ModuleCode Load(WasmModule module, bool metered) => new InterpreterModule(module, metered);
}
