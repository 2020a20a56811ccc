using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i64x2: two integers of 64 bits, section 4.3.6.

internal readonly struct I64x2Splat : IUnary<long, V> { [MethodImpl(AggressiveInlining)] public static V Apply(long value) => Vector128.Create(value).AsByte(); }
internal readonly struct I64x2ExtractLane : IExtract<long> { [MethodImpl(AggressiveInlining)] public static long Apply(V value, int lane) => value.AsInt64().GetElement(lane); }
internal readonly struct I64x2ReplaceLane : IReplace<long>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V value, long scalar, int lane) => Lanes.Replace(value.AsInt64(), scalar, lane).AsByte();
}

internal readonly struct I64x2Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left.AsUInt64(), right.AsUInt64()).AsByte(); }
internal readonly struct I64x2Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left.AsUInt64(), right.AsUInt64()).AsByte(); }
internal readonly struct I64x2LtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsInt64(), right.AsInt64()).AsByte(); }
internal readonly struct I64x2GtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsInt64(), right.AsInt64()).AsByte(); }
internal readonly struct I64x2LeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsInt64(), right.AsInt64()).AsByte(); }
internal readonly struct I64x2GeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThanOrEqual(left.AsInt64(), right.AsInt64()).AsByte(); }

internal readonly struct I64x2AllTrue : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => Vector128.EqualsAny(value.AsUInt64(), Vector128<ulong>.Zero) ? 0 : 1; }
internal readonly struct I64x2Bitmask : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => (int)value.AsUInt64().ExtractMostSignificantBits(); }

internal readonly struct I64x2Shl : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt64() << (count & 63)).AsByte(); }
internal readonly struct I64x2ShrS : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsInt64() >> (count & 63)).AsByte(); }
internal readonly struct I64x2ShrU : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt64() >>> (count & 63)).AsByte(); }

internal readonly struct I64x2Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Abs(value.AsInt64()).AsByte(); }
internal readonly struct I64x2Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => (-value.AsUInt64()).AsByte(); }
internal readonly struct I64x2Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt64() + right.AsUInt64()).AsByte(); }
internal readonly struct I64x2Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt64() - right.AsUInt64()).AsByte(); }
internal readonly struct I64x2Mul : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt64() * right.AsUInt64()).AsByte(); }

internal readonly struct I64x2ExtendLowI32x4S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsInt32()).AsByte(); }
internal readonly struct I64x2ExtendLowI32x4U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsUInt32()).AsByte(); }
internal readonly struct I64x2ExtendHighI32x4S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value.AsInt32()).AsByte(); }
internal readonly struct I64x2ExtendHighI32x4U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenUpper(value.AsUInt32()).AsByte(); }

// pmuldq and pmuludq multiply the even lanes of 32 bits, so these move the wanted lanes there; a 64-bit product would be slower.
internal readonly struct I64x2ExtmulLowI32x4S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse41.IsSupported)
            return Sse41.Multiply(Sse2.Shuffle(left.AsInt32(), 0b01_01_00_00), Sse2.Shuffle(right.AsInt32(), 0b01_01_00_00)).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyWideningLower(left.AsInt32().GetLower(), right.AsInt32().GetLower()).AsByte();
        return (Vector128.WidenLower(left.AsInt32()) * Vector128.WidenLower(right.AsInt32())).AsByte();
    }
}

internal readonly struct I64x2ExtmulLowI32x4U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.Multiply(Sse2.Shuffle(left.AsUInt32(), 0b01_01_00_00), Sse2.Shuffle(right.AsUInt32(), 0b01_01_00_00)).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyWideningLower(left.AsUInt32().GetLower(), right.AsUInt32().GetLower()).AsByte();
        return (Vector128.WidenLower(left.AsUInt32()) * Vector128.WidenLower(right.AsUInt32())).AsByte();
    }
}

internal readonly struct I64x2ExtmulHighI32x4S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse41.IsSupported)
            return Sse41.Multiply(Sse2.Shuffle(left.AsInt32(), 0b11_11_10_10), Sse2.Shuffle(right.AsInt32(), 0b11_11_10_10)).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyWideningUpper(left.AsInt32(), right.AsInt32()).AsByte();
        return (Vector128.WidenUpper(left.AsInt32()) * Vector128.WidenUpper(right.AsInt32())).AsByte();
    }
}

internal readonly struct I64x2ExtmulHighI32x4U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.Multiply(Sse2.Shuffle(left.AsUInt32(), 0b11_11_10_10), Sse2.Shuffle(right.AsUInt32(), 0b11_11_10_10)).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.MultiplyWideningUpper(left.AsUInt32(), right.AsUInt32()).AsByte();
        return (Vector128.WidenUpper(left.AsUInt32()) * Vector128.WidenUpper(right.AsUInt32())).AsByte();
    }
}
