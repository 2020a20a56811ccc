using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>
/// The bits of a <see cref="ValType"/> as the walk keeps them: comparisons with compile-time constants are what its speed rests on.
/// </summary>
internal static class ValueCode
{
    public const int Bottom = 0, I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, V128 = 0x7B, I8 = 0x78, I16 = 0x77;
    public const int NullableReference = 0x63, Reference = 0x64;

    /// <summary>The heap type below all others: only in the reference type that unreachable code produces.</summary>
    public const int BottomHeap = -0x40;

    public const int NoExn = -0x0C, NoFunc = -0x0D, NoExtern = -0x0E, None = -0x0F, Func = -0x10, Extern = -0x11, Any = -0x12, Eq = -0x13, I31Heap = -0x14,
        Struct = -0x15, Array = -0x16, Exn = -0x17;

    /// <summary>What `ref.as_non_null` makes of the polymorphic stack: some reference, but no number.</summary>
    public const int BottomReference = (BottomHeap << 8) | Reference;

    public const int NonNullExn = (Exn << 8) | Reference, NullableExn = (Exn << 8) | NullableReference;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(ValType type) => Unsafe.BitCast<ValType, int>(type);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValType Type(int code) => Unsafe.BitCast<int, ValType>(code);

    public static ReadOnlySpan<int> Of(ReadOnlySpan<ValType> types) => MemoryMarshal.Cast<ValType, int>(types);

    public static int Ref(int heap, bool nullable) => (heap << 8) | (nullable ? NullableReference : Reference);

    public static bool IsReference(int code) => (code & 0xFF) is Reference or NullableReference;

    public static bool IsNullable(int code) => (code & 0xFF) == NullableReference;

    public static int Heap(int code) => code >> 8;

    /// <summary>Whether a value of this type (bottom included) is a number or a vector, as an untyped `select` needs.</summary>
    public static bool IsNumericOrVector(int code) => code is Bottom or >= V128 and <= I32;
}
