using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>
/// A module with its index spaces laid out (imports first): what the validator, the engines and the linker look things up in.
/// Made by <see cref="ModuleValidator"/> once everything but the function bodies is known to be valid. Immutable afterwards, thread-safe.
/// </summary>
internal sealed class ModuleContext(Module module, WasmFeatures features, WasmLimits limits)
{
    public Module Module { get; } = module;
    public WasmFeatures Features { get; } = features;
    public WasmLimits Limits { get; } = limits;

    /// <summary>Type index of every function.</summary>
    public int[] FunctionTypes { get; init; } = [];
    public TableSyntax[] Tables { get; init; } = [];
    public MemorySyntax[] Memories { get; init; } = [];
    public GlobalSyntax[] Globals { get; init; } = [];

    /// <summary>Type index of every tag.</summary>
    public int[] Tags { get; init; } = [];

    public int ImportedFunctions { get; init; }
    public int ImportedTables { get; init; }
    public int ImportedMemories { get; init; }
    public int ImportedGlobals { get; init; }
    public int ImportedTags { get; init; }

    /// <summary>Functions that `ref.func` may name in a body: those that occur outside of bodies (exports, element segments, initialisers).</summary>
    public HashSet<int> DeclaredFunctions { get; init; } = [];

    public SubType FunctionType(int function) => Module.Types[FunctionTypes[function]];

    /// <summary>A module-local value type as a process-wide one. Only after the types were canonicalised.</summary>
    public ValueType Resolve(ValType type) => Types.TypeRegistry.Resolve(Module, type);
}
