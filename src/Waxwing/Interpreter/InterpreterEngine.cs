using Waxwing.Runtime;

namespace Waxwing.Interpreter;

/// <summary>The engine that runs everywhere.</summary>
internal sealed class InterpreterEngine : Engine
{
    public static InterpreterEngine Instance { get; } = new();

    public override WasmEngineKind Kind => WasmEngineKind.Interpreter;

    public override ModuleCode Load(WasmModule module, bool metered) => throw new NotImplementedException();
}
