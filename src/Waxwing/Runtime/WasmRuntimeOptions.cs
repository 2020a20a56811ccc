using Waxwing.Runtime;

namespace Waxwing;

/// <summary>Settings of a runtime. Immutable; change with <c>with</c>.</summary>
public sealed record WasmRuntimeOptions
{
    /// <summary>The default settings.</summary>
    public static WasmRuntimeOptions Default { get; } = new();

    /// <summary>What executes guest code. Default: interpreted at first, compiled when called often.</summary>
    public WasmEngineKind Engine { get; init; } = WasmEngineKind.Tiered;

    /// <summary>When <see cref="WasmEngineKind.Tiered"/> compiles what it interprets. For tests, which cannot wait.</summary>
    internal TierThresholds Tiers { get; init; } = TierThresholds.Default;

    /// <summary>The proposals that modules may use; instantiating a module that uses another fails. Default: WebAssembly 3.0.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.Default;

    /// <summary>Bounds on memories, tables, objects and stacks at run time.</summary>
    public WasmLimits Limits { get; init; } = WasmLimits.Default;

    /// <summary>Where linear memories live. Default: chosen for the platform.</summary>
    public WasmMemoryPolicy MemoryPolicy { get; init; } = WasmMemoryPolicy.Automatic;

    /// <summary>
    /// Whether each 32-bit memory reserves 8 GiB of address space (not of memory), so that compiled code can leave bounds checks to the hardware. Turn it off for tens of thousands
    /// of instances in one process, or where address space is limited: a memory then reserves its largest size. Default true. Hardware checks need Linux on x64 or arm64 and a signal handler (SIGSEGV) in front of
    /// the .NET runtime's, installed when compiled code first has such a memory; the <see cref="AppContext"/> switch <c>Waxwing.GuardPages</c>, set to false before the first memory, forbids them for the process.
    /// Without them compiled code compares addresses itself.
    /// </summary>
    public bool GuardRegions { get; init; } = true;

    /// <summary>
    /// Units of fuel that each instance starts with, about one for each instruction, and one for each 64 bytes that a bulk instruction moves or allocates; null (the default) for unmetered code, which is faster. A guest that uses up its fuel
    /// traps with <see cref="TrapCode.OutOfFuel"/>; <see cref="WasmInstance.Fuel"/> reads and refills it.
    /// </summary>
    public long? Fuel { get; init; }

    /// <summary>
    /// Units of fuel after which a guest called through <c>InvokeAsync</c> gives up its thread and goes on later, perhaps on another, so that many guests share few threads fairly;
    /// 0 (the default) for never. Needs <see cref="Fuel"/>.
    /// </summary>
    public long FuelSlice { get; init; }

    /// <summary>Who is told of calls that guests make to what they import; null (the default) for nobody, which costs nothing.</summary>
    public WasmHostTrace? HostTrace { get; init; }
}

/// <summary>Where linear memories live.</summary>
public enum WasmMemoryPolicy
{
    /// <summary><see cref="Reserved"/> where the platform allows it, else <see cref="Portable"/>; decided for each memory.</summary>
    Automatic,
    /// <summary>Address space for the largest size is reserved up front and committed by growth; the base never moves. Fails where the reservation does.</summary>
    Reserved,
    /// <summary>Ordinary native memory: growth of an unshared memory copies it (an earlier span then shows the old copy); a shared one gets its maximum at once.</summary>
    Portable,
}
