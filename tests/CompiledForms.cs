using Waxwing.Compiler;

namespace Waxwing.Tests;

/// <summary>The ways in which the compiler emits functions that are large or have many tries, forced upon all functions.</summary>
internal static class CompiledForms
{
    private static readonly MethodSize Nothing = new(0, 0, 0, 0, 0);

    /// <summary>All tries of a function in one region.</summary>
    public static readonly GiantThresholds Shared = GiantThresholds.Default with { Tries = 0, TryDepth = 0 };

    /// <summary>The same in a method that is inlined into a small one.</summary>
    public static readonly GiantThresholds SharedInlined = Shared with { Whole = Nothing };

    /// <summary>The same cut into parts of a few instructions.</summary>
    public static readonly GiantThresholds SharedCut = new(Nothing, 0, 0, 0, 20, 5, Tries: 0, TryDepth: 0);

    public static readonly IReadOnlyDictionary<string, GiantThresholds> All = new Dictionary<string, GiantThresholds>
    {
        ["as always"] = GiantThresholds.Default,
        ["shared"] = Shared,
        ["shared, inlined"] = SharedInlined,
        ["shared, cut"] = SharedCut,
    };

    /// <summary>Has a module compiled in a form. Before anything of it is compiled.</summary>
    public static void Force(WasmModule module, WasmRuntime runtime, GiantThresholds form, bool metered = false)
    {
        if (module.GetCode(runtime.Engine, metered) is CompiledModule compiled)
            compiled.Giants = form;
    }
}
