namespace Waxwing.Compiler;

/// <summary>What code is compiled for. A module may have code of several variants, made when first wanted.</summary>
[Flags]
internal enum CodeVariant
{
    None = 0,

    /// <summary>Accesses of 32-bit memories are not checked: what lies behind them faults (see <see cref="WasmMemory.IsGuarded"/>).</summary>
    Guarded = 1,

    /// <summary>Loops and calls look whether the guest was cancelled.</summary>
    Polled = 2,

    /// <summary>Blocks consume fuel.</summary>
    Metered = 4,
}
