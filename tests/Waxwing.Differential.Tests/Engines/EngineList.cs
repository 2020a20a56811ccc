using Waxwing.Runtime;
using Waxwing.Tests;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>Everything that is compared. The first row is the interpreter, which the others are held against; Wasmtime is last, where its package works.</summary>
internal static class EngineList
{
    public static IReadOnlyList<EngineRow> All { get; } = Find();

    /// <summary>Those that can run a module of these proposals.</summary>
    public static EngineRow[] For(WasmFeatures features) => [.. All.Where(row => (features & ~row.Features) == 0)];

    private static EngineRow[] Find()
    {
        WaxwingRow[] own =
        [
            new("interpreter", new() { Engine = WasmEngineKind.Interpreter }),
            new("compiler, guard pages", new() { Engine = WasmEngineKind.Compiler }),
            new("compiler, explicit checks", new() { Engine = WasmEngineKind.Compiler, GuardRegions = false, MemoryPolicy = WasmMemoryPolicy.Portable }),
            new("compiler, tries in one region", new() { Engine = WasmEngineKind.Compiler }, CompiledForms.Shared),
            new("compiler, cut", new() { Engine = WasmEngineKind.Compiler, GuardRegions = false, MemoryPolicy = WasmMemoryPolicy.Portable }, CompiledForms.SharedCut),
            new("tiers", new() { Engine = WasmEngineKind.Tiered, Tiers = new(Calls: 2, Turns: 1, Locals: 2_000) }),
            new("tiers, cut", new() { Engine = WasmEngineKind.Tiered, Tiers = new(Calls: 2, Turns: 1, Locals: 2_000) }, CompiledForms.SharedCut),
        ];
        EngineRow[] rows = [.. own.Where(row => row.Exists)];
        return WasmtimeRow.Exists ? [.. rows, new WasmtimeRow()] : rows;
    }
}
