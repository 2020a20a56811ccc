namespace Waxwing.Syntax;

internal enum CompositeKind : byte { Func, Struct, Array }

/// <summary>A struct or array field. Packed storage (i8, i16) appears only here.</summary>
internal readonly record struct FieldType(ValType Storage, bool Mutable)
{
    /// <summary>The type on the operand stack: i32 for packed storage.</summary>
    public ValType Unpacked => Storage.IsPacked ? ValType.I32 : Storage;
}

/// <summary>
/// One entry of the type section as written (module-local indices): a composite type with its finality and at most one declared supertype.
/// </summary>
internal sealed class SubType
{
    public required CompositeKind Kind { get; init; }
    public bool Final { get; init; } = true;

    /// <summary>The declared supertype's index, or -1.</summary>
    public int Supertype { get; init; } = -1;

    /// <summary>Function parameters and results.</summary>
    public ValType[] Parameters { get; init; } = [];
    public ValType[] Results { get; init; } = [];

    /// <summary>Struct fields; an array has exactly one.</summary>
    public FieldType[] Fields { get; init; } = [];

    /// <summary>The canonical, process-wide type; set by the type registry once the rec group is known to be valid.</summary>
    public DefinedType? Canonical { get; set; }
}

/// <summary>A recursion group: <paramref name="Count"/> entries of the type section from <paramref name="First"/>; a lone type is a group of one.</summary>
internal readonly record struct RecursionGroup(int First, int Count);
