using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i16x8 from and by i8x16: extension, extended products and sums, and the fixed-point product.

internal readonly struct I16x8ExtendLowI8x16S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsSByte()).AsByte(); }
internal readonly struct I16x8ExtendLowI8x16U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value).AsByte(); }
internal readonly struct I16x8ExtendHighI8x16S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value.AsSByte()).AsByte(); }
internal readonly struct I16x8ExtendHighI8x16U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value).AsByte(); }

internal readonly struct I16x8ExtmulLowI8x16S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenLower(left.AsSByte()) * Vector128.WidenLower(right.AsSByte())).AsByte();
}
internal readonly struct I16x8ExtmulLowI8x16U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (Vector128.WidenLower(left) * Vector128.WidenLower(right)).AsByte();
}
internal readonly struct I16x8ExtmulHighI8x16S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenUpper(left.AsSByte()) * Vector128.WidenUpper(right.AsSByte())).AsByte();
}
internal readonly struct I16x8ExtmulHighI8x16U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (Vector128.WidenUpper(left) * Vector128.WidenUpper(right)).AsByte();
}

internal readonly struct I16x8ExtaddPairwiseI8x16S : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(V.One, value.AsSByte()).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.AddPairwiseWidening(value.AsSByte()).AsByte();
        var lanes = value.AsInt16();
        return ((lanes << 8 >> 8) + (lanes >> 8)).AsByte();
    }
}

internal readonly struct I16x8ExtaddPairwiseI8x16U : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(value, Vector128<sbyte>.One).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.AddPairwiseWidening(value).AsByte();
        var lanes = value.AsUInt16();
        return ((lanes & Vector128.Create((ushort)0xFF)) + (lanes >>> 8)).AsByte();
    }
}

// (a * b + 0x4000) >> 15, saturated. -1 * -1 is the only product that overflows: pmulhrsw leaves -32768, and no other result is -32768.
internal readonly struct I16x8Q15mulrSatS : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Ssse3.IsSupported)
        {
            var product = Ssse3.MultiplyHighRoundScale(left.AsInt16(), right.AsInt16());
            return (product ^ Vector128.Equals(product, Vector128.Create(short.MinValue))).AsByte();
        }
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyRoundedDoublingSaturateHigh(left.AsInt16(), right.AsInt16()).AsByte();
        var half = Vector128.Create(0x4000);
        var low = (Vector128.WidenLower(left.AsInt16()) * Vector128.WidenLower(right.AsInt16()) + half) >> 15;
        var high = (Vector128.WidenUpper(left.AsInt16()) * Vector128.WidenUpper(right.AsInt16()) + half) >> 15;
        return Vector128.NarrowWithSaturation(low, high).AsByte();
    }
}
