using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What the compiler has of a module: its division into units, stubs, and code of the variants that were wanted so far. Thread-safe.</summary>
internal sealed class CompiledModule : ModuleCode
{
    private readonly CompiledCode?[] codes = new CompiledCode?[8];

    public CompiledModule(WasmModule module, bool metered)
    {
        (Module, IsMetered) = (module, metered);
        Units = new(module.Context);
        Stubs = new(module);
    }

    public WasmModule Module { get; }

    /// <summary>Whether the code consumes fuel.</summary>
    public bool IsMetered { get; }

    public CodeUnits Units { get; }

    public Stubs Stubs { get; }

    public override InstanceCode Bind(WasmInstance instance) => new CompiledInstance(this, instance);

    public CompiledCode Code(bool guarded, bool polled)
    {
        var variant = (guarded ? CodeVariant.Guarded : 0) | (polled ? CodeVariant.Polled : 0) | (IsMetered ? CodeVariant.Metered : 0);
        ref var place = ref codes[(int)variant];
        return Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, new(this, variant), null) ?? place!;
    }
}
