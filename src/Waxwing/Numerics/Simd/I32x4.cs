using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i32x4: four integers of 32 bits, section 4.3.6.

internal readonly struct I32x4Splat : IUnary<int, V> { [MethodImpl(AggressiveInlining)] public static V Apply(int value) => Vector128.Create(value).AsByte(); }
internal readonly struct I32x4ExtractLane : IExtract<int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value, int lane) => value.AsInt32().GetElement(lane); }
internal readonly struct I32x4ReplaceLane : IReplace<int>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V value, int scalar, int lane) => Lanes.Replace(value.AsInt32(), scalar, lane).AsByte();
}

internal readonly struct I32x4Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4LtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4LtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4GtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4GtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4LeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4LeU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4GeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThanOrEqual(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4GeU : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.GreaterThanOrEqual(left.AsUInt32(), right.AsUInt32()).AsByte();
}

internal readonly struct I32x4AllTrue : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => Vector128.EqualsAny(value.AsUInt32(), Vector128<uint>.Zero) ? 0 : 1; }
internal readonly struct I32x4Bitmask : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => (int)value.AsUInt32().ExtractMostSignificantBits(); }

internal readonly struct I32x4Shl : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt32() << (count & 31)).AsByte(); }
internal readonly struct I32x4ShrS : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsInt32() >> (count & 31)).AsByte(); }
internal readonly struct I32x4ShrU : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt32() >>> (count & 31)).AsByte(); }

internal readonly struct I32x4Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Abs(value.AsInt32()).AsByte(); }
internal readonly struct I32x4Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => (-value.AsUInt32()).AsByte(); }
internal readonly struct I32x4Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt32() + right.AsUInt32()).AsByte(); }
internal readonly struct I32x4Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt32() - right.AsUInt32()).AsByte(); }
internal readonly struct I32x4Mul : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt32() * right.AsUInt32()).AsByte(); }
internal readonly struct I32x4MinS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4MinU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left.AsUInt32(), right.AsUInt32()).AsByte(); }
internal readonly struct I32x4MaxS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left.AsInt32(), right.AsInt32()).AsByte(); }
internal readonly struct I32x4MaxU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left.AsUInt32(), right.AsUInt32()).AsByte(); }

internal readonly struct I32x4ExtendLowI16x8S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsInt16()).AsByte(); }
internal readonly struct I32x4ExtendLowI16x8U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsUInt16()).AsByte(); }
internal readonly struct I32x4ExtendHighI16x8S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value.AsInt16()).AsByte(); }
internal readonly struct I32x4ExtendHighI16x8U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value.AsUInt16()).AsByte(); }

internal readonly struct I32x4ExtmulLowI16x8S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenLower(left.AsInt16()) * Vector128.WidenLower(right.AsInt16())).AsByte();
}
internal readonly struct I32x4ExtmulLowI16x8U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenLower(left.AsUInt16()) * Vector128.WidenLower(right.AsUInt16())).AsByte();
}
internal readonly struct I32x4ExtmulHighI16x8S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenUpper(left.AsInt16()) * Vector128.WidenUpper(right.AsInt16())).AsByte();
}
internal readonly struct I32x4ExtmulHighI16x8U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        (Vector128.WidenUpper(left.AsUInt16()) * Vector128.WidenUpper(right.AsUInt16())).AsByte();
}

internal readonly struct I32x4ExtaddPairwiseI16x8S : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(value.AsInt16(), Vector128<short>.One).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.AddPairwiseWidening(value.AsInt16()).AsByte();
        var lanes = value.AsInt32();
        return ((lanes << 16 >> 16) + (lanes >> 16)).AsByte();
    }
}

internal readonly struct I32x4ExtaddPairwiseI16x8U : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (AdvSimd.IsSupported)
            return AdvSimd.AddPairwiseWidening(value.AsUInt16()).AsByte();
        var lanes = value.AsUInt32();
        return ((lanes & Vector128.Create(0xFFFFu)) + (lanes >>> 16)).AsByte();
    }
}

// The sum wraps: (-32768 * -32768) * 2 is -2147483648, as pmaddwd gives it.
internal readonly struct I32x4DotI16x8S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16()).AsByte();
        Vector128<int> a = left.AsInt32(), b = right.AsInt32();
        return ((a << 16 >> 16) * (b << 16 >> 16) + (a >> 16) * (b >> 16)).AsByte();
    }
}
