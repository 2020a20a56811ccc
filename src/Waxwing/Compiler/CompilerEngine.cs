using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>The engine that is as fast as native ones: functions become CIL, and RyuJIT makes machine code of that. Needs a runtime that can generate code.</summary>
internal sealed class CompilerEngine : Engine
{
    public static readonly CompilerEngine Instance = new();

    private CompilerEngine() { }

    public override WasmEngineKind Kind => WasmEngineKind.Compiler;

    public override ModuleCode Load(WasmModule module, bool metered) => new CompiledModule(module, metered);
}
