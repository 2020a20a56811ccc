using System.Collections.Concurrent;
using Waxwing.Interpreter;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What the compiler has of a module: its division into units, stubs, and code of the variants that were wanted so far. Thread-safe.</summary>
internal sealed class CompiledModule : ModuleCode
{
    private readonly CompiledCode?[] codes = new CompiledCode?[8];
    private volatile TierThresholds? tiers;
    private InterpreterModule? interpreter;

    /// <summary>Code of the time before <see cref="StopTiering"/>: functions' records hold addresses in it.</summary>
    private readonly List<CompiledCode> retired = [];

    public CompiledModule(WasmModule module, bool metered, TierThresholds? tiers = null)
    {
        (Module, IsMetered) = (module, metered);
        // Fuel is counted block by block, which an engine in the middle of a call knows and another does not.
        this.tiers = metered ? null : tiers;
        Units = new(module.Context);
        Stubs = new(module);
    }

    public WasmModule Module { get; }

    /// <summary>Whether the code consumes fuel.</summary>
    public bool IsMetered { get; }

    /// <summary>Whether functions are interpreted until they prove to be called often. Not any more once all were compiled ahead of time.</summary>
    public bool IsTiered => tiers is not null;

    /// <summary>What runs functions that are not compiled.</summary>
    public InterpreterModule Interpreter => interpreter ?? MakeInterpreter();

    public CodeUnits Units { get; }

    public Stubs Stubs { get; }

    /// <summary>What becomes of large functions. Tests change it before anything is compiled, to divide small ones.</summary>
    public GiantThresholds Giants { get; set; } = GiantThresholds.Default;

    /// <summary>Functions, of those emitted so far, that are left to the interpreter, and why. For diagnosis.</summary>
    public ConcurrentDictionary<int, string> Interpreted { get; } = [];

    private InterpreterModule MakeInterpreter()
    {
        var made = tiers is { } thresholds ? new InterpreterModule(Module, IsMetered, thresholds) : (InterpreterModule)Module.GetCode(InterpreterEngine.Instance, IsMetered);
        return Interlocked.CompareExchange(ref interpreter, made, null) ?? made;
    }

    public override InstanceCode Bind(WasmInstance instance) => new CompiledInstance(this, instance);

    public override CodeParts Parts(WasmCompileOptions options)
    {
        StopTiering();
        var code = Code(WillBeGuarded(options.Runtime), options.Cancellable);
        return new(Units.Count, unit => Units.Functions(unit) is var (first, end) ? end - first : 0, code.Prepare);
    }

    /// <summary>From now on everything is compiled, in units. Instances that run keep what they have.</summary>
    private void StopTiering()
    {
        if (tiers is null)
            return;
        lock (retired)
        {
            tiers = null;
            for (var i = 0; i < codes.Length; i++)
            {
                if (Interlocked.Exchange(ref codes[i], null) is { } code)
                    retired.Add(code);
            }
        }
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
