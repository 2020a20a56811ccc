namespace Waxwing;

/// <summary>The abstract heap types, and <see cref="Defined"/> for a type that a module defines.</summary>
public enum HeapKind : byte
{
    /// <summary>Any function.</summary>
    Func,
    /// <summary>No function: the type of the null function reference.</summary>
    NoFunc,
    /// <summary>Any host object.</summary>
    Extern,
    /// <summary>No host object.</summary>
    NoExtern,
    /// <summary>Anything internal.</summary>
    Any,
    /// <summary>Anything that can be compared by ref.eq.</summary>
    Eq,
    /// <summary>An unboxed 31-bit integer.</summary>
    I31,
    /// <summary>Any struct.</summary>
    Struct,
    /// <summary>Any array.</summary>
    Array,
    /// <summary>Nothing internal: the type of the null internal reference.</summary>
    None,
    /// <summary>Any exception.</summary>
    Exn,
    /// <summary>No exception.</summary>
    NoExn,
    /// <summary>A function, struct or array type defined by a module or the host.</summary>
    Defined,
}

/// <summary>What a reference refers to: an abstract kind or a defined type. Immutable, comparable across modules.</summary>
public readonly record struct HeapType
{
    private HeapType(HeapKind kind, DefinedType? definition) => (Kind, Definition) = (kind, definition);

    /// <summary>Any function.</summary>
    public static readonly HeapType Func = new(HeapKind.Func, null);
    /// <summary>No function.</summary>
    public static readonly HeapType NoFunc = new(HeapKind.NoFunc, null);
    /// <summary>Any host object.</summary>
    public static readonly HeapType Extern = new(HeapKind.Extern, null);
    /// <summary>No host object.</summary>
    public static readonly HeapType NoExtern = new(HeapKind.NoExtern, null);
    /// <summary>Anything internal.</summary>
    public static readonly HeapType Any = new(HeapKind.Any, null);
    /// <summary>Anything comparable.</summary>
    public static readonly HeapType Eq = new(HeapKind.Eq, null);
    /// <summary>31-bit integers.</summary>
    public static readonly HeapType I31 = new(HeapKind.I31, null);
    /// <summary>Any struct.</summary>
    public static readonly HeapType Struct = new(HeapKind.Struct, null);
    /// <summary>Any array.</summary>
    public static readonly HeapType Array = new(HeapKind.Array, null);
    /// <summary>Nothing internal.</summary>
    public static readonly HeapType None = new(HeapKind.None, null);
    /// <summary>Any exception.</summary>
    public static readonly HeapType Exn = new(HeapKind.Exn, null);
    /// <summary>No exception.</summary>
    public static readonly HeapType NoExn = new(HeapKind.NoExn, null);

    /// <summary>The abstract kind, or <see cref="HeapKind.Defined"/>.</summary>
    public HeapKind Kind { get; }

    /// <summary>The defined type; null for an abstract kind.</summary>
    public DefinedType? Definition { get; }

    /// <summary>The heap type of a defined type.</summary>
    public static HeapType Of(DefinedType definition) => new(HeapKind.Defined, definition);

    /// <summary>Whether this is a subtype of <paramref name="other"/>. Cost: O(1).</summary>
    public bool Matches(HeapType other)
    {
        if (Kind == HeapKind.Defined && other.Kind == HeapKind.Defined)
            return Definition!.IsSubtypeOf(other.Definition!);
        return other.Kind switch
        {
            HeapKind.Defined => Kind == Bottom(other.Definition!.TopKind),
            HeapKind.Func => TopKind == HeapKind.Func,
            HeapKind.Extern => TopKind == HeapKind.Extern,
            HeapKind.Exn => TopKind == HeapKind.Exn,
            HeapKind.Any => TopKind == HeapKind.Any,
            HeapKind.Eq => Kind is HeapKind.Eq or HeapKind.I31 or HeapKind.Struct or HeapKind.Array or HeapKind.None || (Kind == HeapKind.Defined && !Definition!.IsFunction),
            HeapKind.Struct => Kind is HeapKind.Struct or HeapKind.None || (Kind == HeapKind.Defined && Definition!.IsStruct),
            HeapKind.Array => Kind is HeapKind.Array or HeapKind.None || (Kind == HeapKind.Defined && Definition!.IsArray),
            HeapKind.I31 => Kind is HeapKind.I31 or HeapKind.None,
            _ => Kind == other.Kind,
        };
    }

    /// <summary>The top of the hierarchy this type belongs to: Func, Extern, Exn or Any.</summary>
    internal HeapKind TopKind => Kind switch
    {
        HeapKind.Func or HeapKind.NoFunc => HeapKind.Func,
        HeapKind.Extern or HeapKind.NoExtern => HeapKind.Extern,
        HeapKind.Exn or HeapKind.NoExn => HeapKind.Exn,
        HeapKind.Defined => Definition!.TopKind,
        _ => HeapKind.Any,
    };

    private static HeapKind Bottom(HeapKind top) => top switch
    {
        HeapKind.Func => HeapKind.NoFunc,
        HeapKind.Extern => HeapKind.NoExtern,
        HeapKind.Exn => HeapKind.NoExn,
        _ => HeapKind.None,
    };

    internal string NullableShorthand => Kind switch
    {
        HeapKind.None => "nullref",
        HeapKind.NoFunc => "nullfuncref",
        HeapKind.NoExtern => "nullexternref",
        HeapKind.NoExn => "nullexnref",
        _ => $"{this}ref",
    };

    /// <summary>The heap type in the text format.</summary>
    public override string ToString() => Kind == HeapKind.Defined ? Definition!.ToString() : Kind.ToString().ToLowerInvariant();
}
