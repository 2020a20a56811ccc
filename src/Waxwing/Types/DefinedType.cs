using Waxwing.Syntax;

namespace Waxwing;

/// <summary>
/// A function, struct or array type with process-wide identity: two types that the specification calls equivalent (iso-recursive, by recursion
/// group) are one object, so a type check is a reference comparison and a subtype check one look-up in the display of supertypes.
/// Made by <see cref="Waxwing.Types.TypeRegistry"/>, which holds it weakly. Immutable and thread-safe.
/// </summary>
public sealed class DefinedType
{
    internal DefinedType(CompositeKind kind, bool final, DefinedType? supertype)
    {
        Kind = kind;
        IsFinal = final;
        Supertype = supertype;
        Depth = supertype is null ? 0 : supertype.Depth + 1;
    }

    internal CompositeKind Kind { get; }

    /// <summary>Whether this is a function type.</summary>
    public bool IsFunction => Kind == CompositeKind.Func;
    /// <summary>Whether this is a struct type.</summary>
    public bool IsStruct => Kind == CompositeKind.Struct;
    /// <summary>Whether this is an array type.</summary>
    public bool IsArray => Kind == CompositeKind.Array;
    /// <summary>Whether no type may declare this one as its supertype.</summary>
    public bool IsFinal { get; }
    /// <summary>The declared supertype, or null.</summary>
    public DefinedType? Supertype { get; }

    /// <summary>Parameter types of a function type; empty otherwise.</summary>
    public IReadOnlyList<ValueType> Parameters => ParameterTypes;
    /// <summary>Result types of a function type; empty otherwise.</summary>
    public IReadOnlyList<ValueType> Results => ResultTypes;
    /// <summary>Fields of a struct type, or the single element type of an array type.</summary>
    public IReadOnlyList<StorageType> Fields => FieldTypes;

    // Set once by the registry: a recursion group's members refer to one another, so they exist before they are filled.
    internal ValueType[] ParameterTypes { get; set; } = [];
    internal ValueType[] ResultTypes { get; set; } = [];
    internal StorageType[] FieldTypes { get; set; } = [];

    /// <summary>Declared supertypes above this type; at most 63.</summary>
    internal int Depth { get; }

    /// <summary>
    /// Supertypes from the root to this type itself; at most 64 entries. Made when first asked for: a type section of a million types in chains would
    /// otherwise cost half a gigabyte.
    /// </summary>
    internal DefinedType[] Display => display ??= MakeDisplay();

    private DefinedType[]? display;

    /// <summary>Sets this type apart from every other ever made in this process; smaller in supertypes and in types of earlier groups.</summary>
    internal long Id { get; init; }

    /// <summary>The recursion group, which keeps all its members alive.</summary>
    internal Types.TypeGroup? Group { get; init; }

    /// <summary>Slots that the parameters, and the results, take in the slot layout.</summary>
    internal int ParameterSlots { get; set; }
    internal int ResultSlots { get; set; }

    /// <summary>Whether a parameter or result is a reference, so that calls must carry the reference span.</summary>
    internal bool HasReferences
    {
        get
        {
            // Benign race: every thread computes the same.
            if (hasReferences == 0)
                hasReferences = (byte)(Array.Exists(ParameterTypes, type => type.IsReference) || Array.Exists(ResultTypes, type => type.IsReference) ? 2 : 1);
            return hasReferences == 2;
        }
    }

    private byte hasReferences;

    /// <summary>Object layout of a struct or array type; set once by the registry (see Runtime/ObjectLayout).</summary>
    internal object? Layout { get; set; }

    internal HeapKind TopKind => IsFunction ? HeapKind.Func : HeapKind.Any;

    /// <summary>Whether this is <paramref name="other"/> or declared, directly or not, a subtype of it. Cost: O(1).</summary>
    public bool IsSubtypeOf(DefinedType other)
    {
        var depth = other.Depth;
        return ReferenceEquals(this, other) || (depth < Depth && (ReferenceEquals(Supertype, other) || ReferenceEquals(Display[depth], other)));
    }

    private DefinedType[] MakeDisplay()
    {
        var types = new DefinedType[Depth + 1];
        for (var type = this; type is not null; type = type.Supertype)
            types[type.Depth] = type;
        return types;
    }

    /// <summary>The type in the text format, such as <c>(func (param i32) (result i32))</c>.</summary>
    public override string ToString() => Types.TypeWriter.Write(this);
}

/// <summary>The type of a field or array element: a value type, or packed to 8 or 16 bits.</summary>
/// <param name="Type">The unpacked value type (i32 for packed storage).</param>
/// <param name="PackedBits">8 or 16 for packed storage, else 0.</param>
/// <param name="IsMutable">Whether the field can be set.</param>
public readonly record struct StorageType(ValueType Type, int PackedBits, bool IsMutable);
