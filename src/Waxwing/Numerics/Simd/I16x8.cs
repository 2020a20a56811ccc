using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i16x8: eight integers of 16 bits, section 4.3.6.

internal readonly struct I16x8Splat : IUnary<int, V> { [MethodImpl(AggressiveInlining)] public static V Apply(int value) => Vector128.Create((ushort)value).AsByte(); }
internal readonly struct I16x8ExtractLaneS : IExtract<int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value, int lane) => value.AsInt16().GetElement(lane); }
internal readonly struct I16x8ExtractLaneU : IExtract<int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value, int lane) => value.AsUInt16().GetElement(lane); }
internal readonly struct I16x8ReplaceLane : IReplace<int>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value, int scalar, int lane) =>
        Lanes.Replace(value.AsUInt16(), (ushort)scalar, lane).AsByte();
}

internal readonly struct I16x8Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8LtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8LtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8GtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8GtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8LeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8LeU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8GeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThanOrEqual(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8GeU : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.GreaterThanOrEqual(left.AsUInt16(), right.AsUInt16()).AsByte();
}

internal readonly struct I16x8AllTrue : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => Vector128.EqualsAny(value.AsUInt16(), Vector128<ushort>.Zero) ? 0 : 1; }
internal readonly struct I16x8Bitmask : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => (int)value.AsUInt16().ExtractMostSignificantBits(); }

internal readonly struct I16x8Shl : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt16() << (count & 15)).AsByte(); }
internal readonly struct I16x8ShrS : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsInt16() >> (count & 15)).AsByte(); }
internal readonly struct I16x8ShrU : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsUInt16() >>> (count & 15)).AsByte(); }

internal readonly struct I16x8Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Abs(value.AsInt16()).AsByte(); }
internal readonly struct I16x8Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => (-value.AsUInt16()).AsByte(); }
internal readonly struct I16x8Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt16() + right.AsUInt16()).AsByte(); }
internal readonly struct I16x8Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt16() - right.AsUInt16()).AsByte(); }
internal readonly struct I16x8Mul : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsUInt16() * right.AsUInt16()).AsByte(); }
internal readonly struct I16x8AddSatS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.AddSaturate(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8AddSatU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.AddSaturate(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8SubSatS : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.SubtractSaturate(left.AsInt16(), right.AsInt16()).AsByte();
}
internal readonly struct I16x8SubSatU : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.SubtractSaturate(left.AsUInt16(), right.AsUInt16()).AsByte();
}
internal readonly struct I16x8MinS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8MinU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left.AsUInt16(), right.AsUInt16()).AsByte(); }
internal readonly struct I16x8MaxS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left.AsInt16(), right.AsInt16()).AsByte(); }
internal readonly struct I16x8MaxU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left.AsUInt16(), right.AsUInt16()).AsByte(); }

internal readonly struct I16x8AvgrU : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.Average(left.AsUInt16(), right.AsUInt16()).AsByte();
        if (AdvSimd.IsSupported)
            return AdvSimd.FusedAddRoundedHalving(left.AsUInt16(), right.AsUInt16()).AsByte();
        // (a + b + 1) / 2 without a carry out of the lane.
        return ((left | right).AsUInt16() - ((left ^ right).AsUInt16() >>> 1)).AsByte();
    }
}

internal readonly struct I16x8NarrowI32x4S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.NarrowWithSaturation(left.AsInt32(), right.AsInt32()).AsByte();
}

// The operands are signed although the result is unsigned: negative lanes become 0.
internal readonly struct I16x8NarrowI32x4U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse41.IsSupported)
            return Sse41.PackUnsignedSaturate(left.AsInt32(), right.AsInt32()).AsByte();
        if (AdvSimd.IsSupported)
        {
            var lower = AdvSimd.ExtractNarrowingSaturateUnsignedLower(left.AsInt32());
            return AdvSimd.ExtractNarrowingSaturateUnsignedUpper(lower, right.AsInt32()).AsByte();
        }
        var zero = Vector128<int>.Zero;
        var limit = Vector128.Create((int)ushort.MaxValue);
        var low = Vector128.Min(Vector128.Max(left.AsInt32(), zero), limit);
        var high = Vector128.Min(Vector128.Max(right.AsInt32(), zero), limit);
        return Vector128.Narrow(low, high).AsByte();
    }
}
