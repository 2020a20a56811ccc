using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>The engine that is as fast as native ones: functions become CIL, and RyuJIT makes machine code of that. Needs a runtime that can generate code.</summary>
internal sealed class CompilerEngine : Engine
{
    public static readonly CompilerEngine Instance = new(null);

    private readonly TierThresholds? tiers;

    /// <param name="tiers">When to compile what is interpreted at first; null to compile everything that is called.</param>
    internal CompilerEngine(TierThresholds? tiers) => this.tiers = tiers;

    public override WasmEngineKind Kind => tiers is null ? WasmEngineKind.Compiler : WasmEngineKind.Tiered;

    public override ModuleCode Load(WasmModule module, bool metered) => new CompiledModule(module, metered, tiers);
}
