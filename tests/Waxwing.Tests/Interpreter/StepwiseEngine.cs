using Waxwing.Interpreter;
using Waxwing.Runtime;

namespace Waxwing.Tests.Interpreter;

/// <summary>The interpreter as it runs where handlers' calls are not jumps.</summary>
internal sealed class StepwiseEngine : Engine
{
    public static readonly StepwiseEngine Instance = new();

    public override WasmEngineKind Kind => WasmEngineKind.Interpreter;

    public override ModuleCode Load(WasmModule module, bool metered) => new InterpreterModule(module, metered, stepwise: true);

    public static WasmRuntime NewRuntime(long? fuel = null) => new(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter, Features = WasmFeatures.All, Fuel = fuel }, Instance);
}
