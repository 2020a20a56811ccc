namespace Waxwing;

/// <summary>The type of a memory: sizes in pages (64 KiB unless <see cref="PageSizeLog2"/> says otherwise).</summary>
/// <param name="Minimum">Initial size in pages.</param>
/// <param name="Maximum">Largest size in pages, or null for no limit but the address space. Required for a shared memory.</param>
/// <param name="Shared">Whether several threads may use the memory at once.</param>
/// <param name="Is64">Whether addresses are 64-bit.</param>
/// <param name="PageSizeLog2">Base-2 logarithm of the page size in bytes: 16, or 0 with custom page sizes.</param>
public readonly record struct MemoryType(long Minimum, long? Maximum = null, bool Shared = false, bool Is64 = false, int PageSizeLog2 = 16)
{
    /// <summary>The form errors use: <c>1024..65536 pages shared</c>.</summary>
    public override string ToString() =>
        $"{Minimum}..{(Maximum is { } maximum ? maximum.ToString(System.Globalization.CultureInfo.InvariantCulture) : "")} pages"
        + $"{(PageSizeLog2 == 16 ? "" : $" of {1L << PageSizeLog2} bytes")}{(Is64 ? " i64" : "")}{(Shared ? " shared" : "")}";
}

/// <summary>The type of a table: sizes in entries.</summary>
/// <param name="Element">The reference type of the entries.</param>
/// <param name="Minimum">Initial number of entries.</param>
/// <param name="Maximum">Largest number of entries, or null.</param>
/// <param name="Is64">Whether indices are 64-bit.</param>
public readonly record struct TableType(ValueType Element, long Minimum, long? Maximum = null, bool Is64 = false)
{
    /// <summary>The form errors use: <c>10..20 funcref</c>.</summary>
    public override string ToString() => $"{Minimum}..{Maximum} {Element}{(Is64 ? " i64" : "")}";
}

/// <summary>The type of a global.</summary>
/// <param name="Type">The type of its value.</param>
/// <param name="IsMutable">Whether it can be set.</param>
public readonly record struct GlobalType(ValueType Type, bool IsMutable)
{
    /// <summary>The type in the text format: <c>i32</c> or <c>(mut i32)</c>.</summary>
    public override string ToString() => IsMutable ? $"(mut {Type})" : $"{Type}";
}

/// <summary>The sorts of things that modules import and export.</summary>
public enum ExternalKind : byte
{
    /// <summary>A function.</summary>
    Function,
    /// <summary>A table of references.</summary>
    Table,
    /// <summary>A linear memory.</summary>
    Memory,
    /// <summary>A global variable.</summary>
    Global,
    /// <summary>An exception tag.</summary>
    Tag,
}

/// <summary>The type of an import or export: exactly one of the properties that carry a type is not null. Specification: 2.3 Types, external types.</summary>
public readonly record struct ExternalType
{
    private ExternalType(ExternalKind kind, DefinedType? type) => (Kind, Definition) = (kind, type);

    private DefinedType? Definition { get; init; }

    /// <summary>What sort of thing this is the type of.</summary>
    public ExternalKind Kind { get; }
    /// <summary>The type of a function, or null.</summary>
    public DefinedType? Function => Kind == ExternalKind.Function ? Definition : null;
    /// <summary>The type of a tag (a function type with the exception's values as parameters), or null.</summary>
    public DefinedType? Tag => Kind == ExternalKind.Tag ? Definition : null;
    /// <summary>The type of a table, or null.</summary>
    public TableType? Table { get; private init; }
    /// <summary>The type of a memory, or null.</summary>
    public MemoryType? Memory { get; private init; }
    /// <summary>The type of a global, or null.</summary>
    public GlobalType? Global { get; private init; }

    /// <summary>The type of a function.</summary>
    public static ExternalType OfFunction(DefinedType type) => new(ExternalKind.Function, type);
    /// <summary>The type of a tag.</summary>
    public static ExternalType OfTag(DefinedType type) => new(ExternalKind.Tag, type);
    /// <summary>The type of a table.</summary>
    public static ExternalType OfTable(TableType type) => new(ExternalKind.Table, null) { Table = type };
    /// <summary>The type of a memory.</summary>
    public static ExternalType OfMemory(MemoryType type) => new(ExternalKind.Memory, null) { Memory = type };
    /// <summary>The type of a global.</summary>
    public static ExternalType OfGlobal(GlobalType type) => new(ExternalKind.Global, null) { Global = type };

    /// <summary>Kind and type as errors show them, such as <c>memory 1024..65536 pages shared</c>.</summary>
    public override string ToString() => Kind switch
    {
        ExternalKind.Function => $"{Definition}",
        ExternalKind.Table => $"table {Table}",
        ExternalKind.Memory => $"memory {Memory}",
        ExternalKind.Global => $"global {Global}",
        _ => $"tag {Definition}",
    };
}

/// <summary>An import of a module.</summary>
/// <param name="Module">The name of the module or namespace imported from.</param>
/// <param name="Name">The name within it.</param>
/// <param name="Type">What is asked for.</param>
public readonly record struct ImportType(string Module, string Name, ExternalType Type)
{
    /// <summary>What sort of thing is imported.</summary>
    public ExternalKind Kind => Type.Kind;

    /// <summary>For example <c>import "env" "memory": memory 1..2 pages</c>.</summary>
    public override string ToString() => $"import \"{Module}\" \"{Name}\": {Type}";
}

/// <summary>An export of a module.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">What is exported.</param>
public readonly record struct ExportType(string Name, ExternalType Type)
{
    /// <summary>What sort of thing is exported.</summary>
    public ExternalKind Kind => Type.Kind;

    /// <summary>For example <c>export "add": (func (param i32 i32) (result i32))</c>.</summary>
    public override string ToString() => $"export \"{Name}\": {Type}";
}
