using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// Relaxed vector instructions, section 4.3.7. Where the specification leaves a choice, always the deterministic profile's:
// results are the same on every machine. So multiply-add is not fused, dot products are signed, lane selection is bitwise.

internal readonly struct I8x16RelaxedSwizzle : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => I8x16Swizzle.Apply(left, right); }
internal readonly struct I32x4RelaxedTruncF32x4S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => I32x4TruncSatF32x4S.Apply(value); }
internal readonly struct I32x4RelaxedTruncF32x4U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => I32x4TruncSatF32x4U.Apply(value); }
internal readonly struct I32x4RelaxedTruncF64x2SZero : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => I32x4TruncSatF64x2SZero.Apply(value); }
internal readonly struct I32x4RelaxedTruncF64x2UZero : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => I32x4TruncSatF64x2UZero.Apply(value); }
internal readonly struct F32x4RelaxedMin : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => F32x4Min.Apply(left, right); }
internal readonly struct F32x4RelaxedMax : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => F32x4Max.Apply(left, right); }
internal readonly struct F64x2RelaxedMin : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => F64x2Min.Apply(left, right); }
internal readonly struct F64x2RelaxedMax : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => F64x2Max.Apply(left, right); }
internal readonly struct I8x16RelaxedLaneselect : ITernary<V> { [MethodImpl(AggressiveInlining)] public static V Apply(V first, V second, V mask) => V128Bitselect.Apply(first, second, mask); }
internal readonly struct I16x8RelaxedLaneselect : ITernary<V> { [MethodImpl(AggressiveInlining)] public static V Apply(V first, V second, V mask) => V128Bitselect.Apply(first, second, mask); }
internal readonly struct I32x4RelaxedLaneselect : ITernary<V> { [MethodImpl(AggressiveInlining)] public static V Apply(V first, V second, V mask) => V128Bitselect.Apply(first, second, mask); }
internal readonly struct I64x2RelaxedLaneselect : ITernary<V> { [MethodImpl(AggressiveInlining)] public static V Apply(V first, V second, V mask) => V128Bitselect.Apply(first, second, mask); }
internal readonly struct I16x8RelaxedQ15mulrS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => I16x8Q15mulrSatS.Apply(left, right); }

internal readonly struct F32x4RelaxedMadd : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V third) =>
        (first.AsSingle() * second.AsSingle() + third.AsSingle()).AsByte();
}
internal readonly struct F32x4RelaxedNmadd : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V third) =>
        F32x4RelaxedMadd.Apply(F32x4Neg.Apply(first), second, third);
}
internal readonly struct F64x2RelaxedMadd : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V third) =>
        (first.AsDouble() * second.AsDouble() + third.AsDouble()).AsByte();
}
internal readonly struct F64x2RelaxedNmadd : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V third) =>
        F64x2RelaxedMadd.Apply(F64x2Neg.Apply(first), second, third);
}

internal readonly struct I16x8RelaxedDotI8x16I7x16S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<short> a = left.AsInt16(), b = right.AsInt16();
        return Vector128.AddSaturate((a << 8 >> 8) * (b << 8 >> 8), (a >> 8) * (b >> 8)).AsByte();
    }
}

internal readonly struct I32x4RelaxedDotI8x16I7x16AddS : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V third)
    {
        var pairs = I16x8RelaxedDotI8x16I7x16S.Apply(first, second);
        return I32x4Add.Apply(I32x4ExtaddPairwiseI16x8S.Apply(pairs), third);
    }
}
