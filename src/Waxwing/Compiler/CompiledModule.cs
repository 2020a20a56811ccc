using System.Collections.Concurrent;
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

    /// <summary>What becomes of large functions. Tests change it before anything is compiled, to divide small ones.</summary>
    public GiantThresholds Giants { get; set; } = GiantThresholds.Default;

    /// <summary>Functions, of those emitted so far, that are left to the interpreter, and why. For diagnosis.</summary>
    public ConcurrentDictionary<int, string> Interpreted { get; } = [];

    public override InstanceCode Bind(WasmInstance instance) => new CompiledInstance(this, instance);

    public override CodeParts Parts(WasmCompileOptions options)
    {
        var code = Code(WillBeGuarded(options.Runtime), options.Cancellable);
        return new(Units.Count, unit => Units.Functions(unit) is var (first, end) ? end - first : 0, code.Prepare);
    }

    /// <summary>Whether all memories of an instance can leave bounds checks to the hardware, or have their own.</summary>
    public static bool IsGuarded(ReadOnlySpan<WasmMemory> memories)
    {
        foreach (var memory in memories)
        {
            if (!memory.IsGuarded && CanBeGuarded(memory.Declared))
                return false;
        }
        return true;
    }

    public CompiledCode Code(bool guarded, bool polled)
    {
        var variant = (guarded ? CodeVariant.Guarded : 0) | (polled ? CodeVariant.Polled : 0) | (IsMetered ? CodeVariant.Metered : 0);
        ref var place = ref codes[(int)variant];
        return Volatile.Read(ref place) ?? Interlocked.CompareExchange(ref place, new(this, variant), null) ?? place!;
    }

    /// <summary>What <see cref="IsGuarded"/> will say of an instance in a runtime with such settings, memories from elsewhere apart.</summary>
    private bool WillBeGuarded(WasmRuntimeOptions options) =>
        options is { GuardRegions: true, MemoryPolicy: not WasmMemoryPolicy.Portable } && VirtualMemory.IsSupported && FaultShim.IsAvailable
        || !Array.Exists(Module.Context.Memories, memory => CanBeGuarded(WasmModule.Describe(memory)));

    private static bool CanBeGuarded(MemoryType type) => !type.Is64 && type.PageSizeLog2 == 16;
}
