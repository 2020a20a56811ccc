namespace Waxwing.Syntax;

/// <summary>
/// A heap type inside one module: an abstract type as the specification's negative s33 code, or an index into the module's type section.
/// Across modules the public <see cref="Waxwing.HeapType"/> is compared instead.
/// </summary>
internal readonly record struct HeapTypeCode(int Code)
{
    public static readonly HeapTypeCode NoExn = new(-0x0C), NoFunc = new(-0x0D), NoExtern = new(-0x0E), None = new(-0x0F), Func = new(-0x10), Extern = new(-0x11),
        Any = new(-0x12), Eq = new(-0x13), I31 = new(-0x14), Struct = new(-0x15), Array = new(-0x16), Exn = new(-0x17);

    /// <summary>Whether this names a type of the module's type section; <see cref="Code"/> is then its index.</summary>
    public bool IsIndex => Code >= 0;

    /// <summary>Whether <paramref name="code"/> is the s33 encoding of an abstract heap type.</summary>
    public static bool IsAbstract(long code) => code is >= -0x17 and <= -0x0C;
}

/// <summary>
/// A value or storage type inside one module, in four bytes: the low byte is the specification's binary code, the upper 24 bits the heap type of a
/// reference. <c>default</c> is the bottom type that unreachable code produces during validation.
/// </summary>
internal readonly record struct ValType
{
    private const int NullableReference = 0x63, Reference = 0x64;

    private readonly int bits;

    private ValType(int bits) => this.bits = bits;

    public static readonly ValType I32 = new(0x7F), I64 = new(0x7E), F32 = new(0x7D), F64 = new(0x7C), V128 = new(0x7B), I8 = new(0x78), I16 = new(0x77);
    public static readonly ValType Bottom = default;
    public static readonly ValType FuncRef = Ref(HeapTypeCode.Func, true), ExternRef = Ref(HeapTypeCode.Extern, true), AnyRef = Ref(HeapTypeCode.Any, true),
        EqRef = Ref(HeapTypeCode.Eq, true), I31Ref = Ref(HeapTypeCode.I31, true), StructRef = Ref(HeapTypeCode.Struct, true), ArrayRef = Ref(HeapTypeCode.Array, true),
        ExnRef = Ref(HeapTypeCode.Exn, true);

    /// <summary>The largest type index that fits; the limit on types per module lies below it.</summary>
    public const int MaximumIndex = (1 << 23) - 1;

    public static ValType Ref(HeapTypeCode heap, bool nullable) => new(heap.Code << 8 | (nullable ? NullableReference : Reference));

    /// <summary>The binary code's first byte: 0x7F for i32, 0x63 and 0x64 for nullable and non-nullable references.</summary>
    public byte Kind => (byte)bits;

    public bool IsBottom => bits == 0;
    public bool IsReference => (bits & 0xFF) is Reference or NullableReference;
    public bool IsNullable => (bits & 0xFF) == NullableReference;
    public bool IsPacked => this == I8 || this == I16;
    public bool IsNumeric => (bits & 0xFF) is >= 0x7C and <= 0x7F;
    public bool IsVector => this == V128;

    /// <summary>Whether a local of this type has a default value.</summary>
    public bool IsDefaultable => (bits & 0xFF) != Reference;

    /// <summary>The heap type; meaningful for references only.</summary>
    public HeapTypeCode Heap => new(bits >> 8);

    /// <summary>Eight-byte slots that a value takes in the slot layout (two for v128).</summary>
    public int Slots => this == V128 ? 2 : 1;

    public ValType AsNonNull() => Ref(Heap, false);
    public ValType AsNullable() => Ref(Heap, true);
}
