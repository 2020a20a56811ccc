namespace Waxwing;

/// <summary>
/// Bounds on what an untrusted module may cost, checked while decoding, validating and instantiating. The defaults are those on which the
/// browsers agreed, or larger where real modules need it. Immutable; change with <c>with</c>.
/// </summary>
public sealed record WasmLimits
{
    /// <summary>The default limits.</summary>
    public static WasmLimits Default { get; } = new();

    /// <summary>Bytes of a module. Default 1 GiB.</summary>
    public int ModuleSize { get; init; } = 1 << 30;
    /// <summary>Entries of the type section. Default 1,000,000.</summary>
    public int Types { get; init; } = 1_000_000;
    /// <summary>Functions. Default 1,000,000.</summary>
    public int Functions { get; init; } = 1_000_000;
    /// <summary>Imports. Default 1,000,000.</summary>
    public int Imports { get; init; } = 1_000_000;
    /// <summary>Exports. Default 1,000,000.</summary>
    public int Exports { get; init; } = 1_000_000;
    /// <summary>Globals. Default 1,000,000.</summary>
    public int Globals { get; init; } = 1_000_000;
    /// <summary>Tags. Default 1,000,000.</summary>
    public int Tags { get; init; } = 1_000_000;
    /// <summary>Element segments, and data segments. Default 200,000 each.</summary>
    public int Segments { get; init; } = 200_000;
    /// <summary>Bytes of a name. Default 100,000.</summary>
    public int NameLength { get; init; } = 100_000;
    /// <summary>Bytes of a function body. Default 7,654,321.</summary>
    public int FunctionBodySize { get; init; } = 7_654_321;
    /// <summary>Locals of a function, parameters included. Default 50,000.</summary>
    public int Locals { get; init; } = 50_000;
    /// <summary>Parameters, and results, of a function type. Default 1,000 each.</summary>
    public int Parameters { get; init; } = 1_000;
    /// <summary>Memories, and tables, of a module. Default 100 each.</summary>
    public int MemoriesAndTables { get; init; } = 100;
    /// <summary>Entries of a table at run time. Default 10,000,000.</summary>
    public int TableEntries { get; init; } = 10_000_000;
    /// <summary>Entries of all tables of one runtime together, where only tables of 1,024 and more count. Default 50,000,000 (400 MB).</summary>
    public long TotalTableEntries { get; init; } = 50_000_000;
    /// <summary>Fields of a struct type. Default 10,000.</summary>
    public int StructFields { get; init; } = 10_000;
    /// <summary>Depth of a chain of declared supertypes. Default 63.</summary>
    public int SubtypeDepth { get; init; } = 63;
    /// <summary>Catch clauses of a try_table. Default 10,000.</summary>
    public int CatchClauses { get; init; } = 10_000;
    /// <summary>Bytes of one linear memory at run time. Default 16 GiB (a 32-bit memory ends at 4 GiB anyway).</summary>
    public long MemoryBytes { get; init; } = 16L << 30;
    /// <summary>Bytes of all linear memories of one runtime together. Default unlimited.</summary>
    public long TotalMemoryBytes { get; init; } = long.MaxValue;
    /// <summary>Bytes of one GC array. Default 1 GiB.</summary>
    public long ArrayBytes { get; init; } = 1L << 30;
    /// <summary>Bytes of guest call stack (frames and operands) per running guest. Default 8 MiB.</summary>
    public int StackBytes { get; init; } = 8 << 20;
}
