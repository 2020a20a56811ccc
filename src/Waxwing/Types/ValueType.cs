namespace Waxwing;

/// <summary>The sorts of WebAssembly values.</summary>
public enum ValueKind : byte
{
    /// <summary>A 32-bit integer, signed or unsigned by instruction.</summary>
    I32,
    /// <summary>A 64-bit integer.</summary>
    I64,
    /// <summary>An IEEE 754 binary32 number.</summary>
    F32,
    /// <summary>An IEEE 754 binary64 number.</summary>
    F64,
    /// <summary>128 bits, read as lanes by SIMD instructions.</summary>
    V128,
    /// <summary>A reference, null or not, to an object of the heap type.</summary>
    Reference,
}

/// <summary>
/// A WebAssembly value type, comparable across modules. Two reference types are equal when nullability and heap type are.
/// Specification: 2.3 Types, value types.
/// </summary>
public readonly record struct ValueType
{
    private ValueType(ValueKind kind, HeapType heap, bool nullable) => (Kind, Heap, IsNullable) = (kind, heap, nullable);

    /// <summary>The 32-bit integer type.</summary>
    public static readonly ValueType I32 = new(ValueKind.I32, default, false);
    /// <summary>The 64-bit integer type.</summary>
    public static readonly ValueType I64 = new(ValueKind.I64, default, false);
    /// <summary>The 32-bit floating-point type.</summary>
    public static readonly ValueType F32 = new(ValueKind.F32, default, false);
    /// <summary>The 64-bit floating-point type.</summary>
    public static readonly ValueType F64 = new(ValueKind.F64, default, false);
    /// <summary>The 128-bit vector type.</summary>
    public static readonly ValueType V128 = new(ValueKind.V128, default, false);
    /// <summary>A nullable reference to any function.</summary>
    public static readonly ValueType FuncRef = Ref(HeapType.Func);
    /// <summary>A nullable reference to any host object.</summary>
    public static readonly ValueType ExternRef = Ref(HeapType.Extern);
    /// <summary>A nullable reference to any guest object or internalised host object.</summary>
    public static readonly ValueType AnyRef = Ref(HeapType.Any);
    /// <summary>A nullable reference to an exception.</summary>
    public static readonly ValueType ExnRef = Ref(HeapType.Exn);

    /// <summary>The sort of value.</summary>
    public ValueKind Kind { get; }

    /// <summary>The heap type of a reference; meaningless for other kinds.</summary>
    public HeapType Heap { get; }

    /// <summary>Whether null is among a reference type's values.</summary>
    public bool IsNullable { get; }

    /// <summary>Whether this is a reference type.</summary>
    public bool IsReference => Kind == ValueKind.Reference;

    /// <summary>Eight-byte slots that a value takes in the slot layout (two for v128).</summary>
    internal int Slots => Kind == ValueKind.V128 ? 2 : 1;

    /// <summary>A reference type.</summary>
    /// <param name="heap">What is referred to.</param>
    /// <param name="nullable">Whether null is allowed.</param>
    public static ValueType Ref(HeapType heap, bool nullable = true) => new(ValueKind.Reference, heap, nullable);

    /// <summary>Whether every value of this type is also one of <paramref name="other"/>. Cost: O(1). Specification: 3.3 Matching.</summary>
    public bool Matches(ValueType other) =>
        Kind == other.Kind && (Kind != ValueKind.Reference || ((other.IsNullable || !IsNullable) && Heap.Matches(other.Heap)));

    /// <summary>The type in the text format, such as <c>i32</c>, <c>funcref</c> or <c>(ref null 0)</c>.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Reference when IsNullable && Heap.Definition is null => Heap.NullableShorthand,
        ValueKind.Reference => IsNullable ? $"(ref null {Heap})" : $"(ref {Heap})",
        _ => Kind.ToString().ToLowerInvariant(),
    };
}
