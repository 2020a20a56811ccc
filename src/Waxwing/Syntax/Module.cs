namespace Waxwing.Syntax;

/// <summary>
/// A module as the specification's abstract syntax has it, apart from code: expressions stay encoded, as ranges of <see cref="Bytes"/>.
/// Produced by the decoder (where <see cref="Bytes"/> is the whole binary) and by the text parser (where it is a scratch buffer of bodies);
/// consumed by the encoder, the printer, the validator and the runtime. Index spaces list imports first; the lists here hold the module's own definitions.
/// Written by one thread, then never changed.
/// </summary>
internal sealed class Module
{
    public ReadOnlyMemory<byte> Bytes { get; set; }

    /// <summary>
    /// For a module from text: the same error with line and column instead of an offset. Offsets of code are offsets in <see cref="Bytes"/>; those of
    /// definitions, which have no bytes, are complements of positions in the text. Null for a binary module.
    /// </summary>
    public Func<WasmValidationException, WasmValidationException>? Locate { get; set; }

    public List<SubType> Types { get; } = [];
    public List<RecursionGroup> RecursionGroups { get; } = [];
    public List<Import> Imports { get; } = [];

    /// <summary>Type index of each function defined here.</summary>
    public List<int> Functions { get; } = [];
    public List<TableDefinition> Tables { get; } = [];
    public List<MemorySyntax> Memories { get; } = [];

    /// <summary>Type index of each tag defined here.</summary>
    public List<int> Tags { get; } = [];
    public List<GlobalDefinition> Globals { get; } = [];
    public List<Export> Exports { get; } = [];

    /// <summary>The start function's index, or -1.</summary>
    public int Start { get; set; } = -1;

    /// <summary>Offset of the start section's index, for errors.</summary>
    public int StartOffset { get; set; }
    public List<ElementSegment> Elements { get; } = [];

    /// <summary>The data count section's value, or -1 without one.</summary>
    public int DataCount { get; set; } = -1;
    public List<DataSegment> Data { get; } = [];

    /// <summary>One body for each of <see cref="Functions"/>.</summary>
    public List<FunctionBody> Code { get; } = [];
    public List<CustomSection> CustomSections { get; } = [];

    /// <summary>The names of the custom section "name", parsed when first asked for.</summary>
    public Binary.NameSection Names => field ??= Binary.NameSection.Of(this);

    public ReadOnlySpan<byte> Slice(CodeRange range) => Bytes.Span.Slice(range.Offset, range.Length);
}

/// <summary>A range of <see cref="Module.Bytes"/>. An expression's range includes its final <c>end</c>.</summary>
internal readonly record struct CodeRange(int Offset, int Length)
{
    public int End => Offset + Length;
}

internal enum ExternKind : byte { Function, Table, Memory, Global, Tag }

/// <summary>An import; which of the descriptor properties means something depends on <see cref="Kind"/>.</summary>
internal sealed class Import
{
    public required string Module { get; init; }
    public required string Name { get; init; }
    public required ExternKind Kind { get; init; }

    /// <summary>Of a function or tag.</summary>
    public int TypeIndex { get; init; }

    public TableSyntax Table { get; init; } = null!;
    public MemorySyntax Memory { get; init; } = null!;
    public GlobalSyntax Global { get; init; } = null!;

    /// <summary>Byte offset in the binary, for errors.</summary>
    public int Offset { get; init; }
}

/// <summary>A table with its optional initialiser (length 0 for none: every entry is null).</summary>
internal sealed record TableDefinition(TableSyntax Type, CodeRange Initializer, int Offset = 0);

internal sealed record GlobalDefinition(GlobalSyntax Type, CodeRange Initializer);

internal sealed record Export(string Name, ExternKind Kind, int Index, int Offset = 0);

internal enum SegmentMode : byte { Passive, Active, Declarative }

/// <summary>An element segment: either plain function indices or expressions.</summary>
internal sealed class ElementSegment
{
    public required SegmentMode Mode { get; init; }
    public required ValType Type { get; init; }
    public int Table { get; init; }

    /// <summary>Where the segment goes, for an active one.</summary>
    public CodeRange TableOffset { get; init; }

    /// <summary>The form `func $f $g ...`; null when <see cref="Expressions"/> is used.</summary>
    public int[]? FunctionIndices { get; init; }
    public CodeRange[]? Expressions { get; init; }

    /// <summary>Byte offset in the binary, for errors.</summary>
    public int Offset { get; init; }

    public int Count => FunctionIndices?.Length ?? Expressions!.Length;
}

/// <summary>A data segment; <see cref="Content"/> is a range of <see cref="Module.Bytes"/>. A struct: modules with 100,000 segments exist.</summary>
internal readonly record struct DataSegment(SegmentMode Mode, int Memory, CodeRange MemoryOffset, CodeRange Content, int Offset = 0);

/// <summary>A function body: <see cref="Range"/> spans the local declarations and the expression with its final <c>end</c>.</summary>
internal readonly record struct FunctionBody(CodeRange Range);

/// <summary>A custom section, kept as is. <see cref="After"/> is the id of the last known section before it (0 = first), so that encoding keeps its place.</summary>
internal sealed record CustomSection(string Name, ReadOnlyMemory<byte> Content, byte After, int Offset = 0);
