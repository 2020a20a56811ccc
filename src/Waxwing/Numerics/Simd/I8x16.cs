using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// i8x16: sixteen integers of 8 bits. Section 4.3.6 of the specification; a lane is what the scalar operation of its width gives.

internal readonly struct I8x16Splat : IUnary<int, V> { [MethodImpl(AggressiveInlining)] public static V Apply(int value) => Vector128.Create((byte)value); }
internal readonly struct I8x16ExtractLaneS : IExtract<int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value, int lane) => value.AsSByte().GetElement(lane); }
internal readonly struct I8x16ExtractLaneU : IExtract<int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value, int lane) => value.GetElement(lane); }
internal readonly struct I8x16ReplaceLane : IReplace<int> { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int scalar, int lane) => Lanes.Replace(value, (byte)scalar, lane); }

internal readonly struct I8x16Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left, right); }
internal readonly struct I8x16Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left, right); }
internal readonly struct I8x16LtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16LtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left, right); }
internal readonly struct I8x16GtS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16GtU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left, right); }
internal readonly struct I8x16LeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16LeU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left, right); }
internal readonly struct I8x16GeS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThanOrEqual(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16GeU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThanOrEqual(left, right); }

internal readonly struct I8x16AllTrue : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => Vector128.EqualsAny(value, Vector128<byte>.Zero) ? 0 : 1; }
internal readonly struct I8x16Bitmask : IUnary<V, int> { [MethodImpl(AggressiveInlining)] public static int Apply(V value) => (int)value.ExtractMostSignificantBits(); }

internal readonly struct I8x16Shl : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => value << (count & 7); }
internal readonly struct I8x16ShrS : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => (value.AsSByte() >> (count & 7)).AsByte(); }
internal readonly struct I8x16ShrU : IShift { [MethodImpl(AggressiveInlining)] public static V Apply(V value, int count) => value >>> (count & 7); }

internal readonly struct I8x16Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Abs(value.AsSByte()).AsByte(); }
internal readonly struct I8x16Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => -value; }
internal readonly struct I8x16Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => left + right; }
internal readonly struct I8x16Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => left - right; }
internal readonly struct I8x16AddSatS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.AddSaturate(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16AddSatU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.AddSaturate(left, right); }
internal readonly struct I8x16SubSatS : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.SubtractSaturate(left.AsSByte(), right.AsSByte()).AsByte();
}
internal readonly struct I8x16SubSatU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.SubtractSaturate(left, right); }
internal readonly struct I8x16MinS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16MinU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Min(left, right); }
internal readonly struct I8x16MaxS : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left.AsSByte(), right.AsSByte()).AsByte(); }
internal readonly struct I8x16MaxU : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Max(left, right); }

internal readonly struct I8x16AvgrU : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.Average(left, right);
        if (AdvSimd.IsSupported)
            return AdvSimd.FusedAddRoundedHalving(left, right);
        // (a + b + 1) / 2 without a carry out of the lane.
        return (left | right) - ((left ^ right) >>> 1);
    }
}

internal readonly struct I8x16NarrowI16x8S : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.NarrowWithSaturation(left.AsInt16(), right.AsInt16()).AsByte();
}

// The operands are signed although the result is unsigned: negative lanes become 0.
internal readonly struct I8x16NarrowI16x8U : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Sse2.IsSupported)
            return Sse2.PackUnsignedSaturate(left.AsInt16(), right.AsInt16());
        if (AdvSimd.IsSupported)
        {
            var lower = AdvSimd.ExtractNarrowingSaturateUnsignedLower(left.AsInt16());
            return AdvSimd.ExtractNarrowingSaturateUnsignedUpper(lower, right.AsInt16());
        }
        var zero = Vector128<short>.Zero;
        var limit = Vector128.Create((short)byte.MaxValue);
        var low = Vector128.Min(Vector128.Max(left.AsInt16(), zero), limit);
        var high = Vector128.Min(Vector128.Max(right.AsInt16(), zero), limit);
        return Vector128.Narrow(low, high).AsByte();
    }
}

internal readonly struct I8x16Popcnt : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (AdvSimd.IsSupported)
            return AdvSimd.PopCount(value);
        var nibble = Vector128.Create((byte)0x0F);
        if (Ssse3.IsSupported)
        {
            var counts = Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
            return Ssse3.Shuffle(counts, value & nibble) + Ssse3.Shuffle(counts, (value.AsUInt16() >>> 4).AsByte() & nibble);
        }
        var pairs = value - ((value >>> 1) & Vector128.Create((byte)0x55));
        var quads = (pairs & Vector128.Create((byte)0x33)) + ((pairs >>> 2) & Vector128.Create((byte)0x33));
        return (quads + (quads >>> 4)) & nibble;
    }
}

// A lane index of 16 or more gives 0. pshufb looks only at bit 7 for that: adding 0x70 with saturation sets it.
internal readonly struct I8x16Swizzle : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        if (Ssse3.IsSupported)
            return Ssse3.Shuffle(left, Vector128.AddSaturate(right, Vector128.Create((byte)0x70)));
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.VectorTableLookup(left, right);
        return Vector128.Shuffle(left, right);
    }
}

/// <summary>The third operand holds the sixteen lane indices of the immediate, which validation keeps below 32.</summary>
internal readonly struct I8x16Shuffle : ITernary<V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V first, V second, V lanes)
    {
        if (Avx512Vbmi.VL.IsSupported)
            return Avx512Vbmi.VL.PermuteVar16x8x2(first, lanes, second);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.VectorTableLookup((first, second), lanes);
        var lanesOfSecond = lanes - Vector128.Create((byte)16);
        if (Ssse3.IsSupported)
            return Ssse3.Shuffle(first, lanes + Vector128.Create((byte)0x70)) | Ssse3.Shuffle(second, lanesOfSecond);
        return Vector128.Shuffle(first, lanes) | Vector128.Shuffle(second, lanesOfSecond);
    }
}
