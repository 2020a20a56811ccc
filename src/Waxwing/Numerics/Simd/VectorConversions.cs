using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// Conversions between vectors, section 4.3.6. Float to integer saturates and takes NaN to 0.

internal readonly struct F32x4ConvertI32x4S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.ConvertToSingle(value.AsInt32()).AsByte(); }
internal readonly struct F32x4ConvertI32x4U : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.ConvertToSingle(value.AsUInt32()).AsByte(); }

internal readonly struct F64x2ConvertLowI32x4S : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Sse2.IsSupported)
            return Sse2.ConvertToVector128Double(value.AsInt32()).AsByte();
        return Vector128.ConvertToDouble(Vector128.WidenLower(value.AsInt32())).AsByte();
    }
}

internal readonly struct F64x2ConvertLowI32x4U : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Sse2.IsSupported)
        {
            // 0x43300000 above a 32-bit number n makes the double 2^52 + n, exactly.
            var shifted = Sse2.UnpackLow(value.AsUInt32(), Vector128.Create(0x43300000u)).AsDouble();
            return (shifted - Vector128.Create(4503599627370496d)).AsByte();
        }
        return Vector128.ConvertToDouble(Vector128.WidenLower(value.AsUInt32())).AsByte();
    }
}

internal readonly struct F32x4DemoteF64x2Zero : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (Sse2.IsSupported)
            return Sse2.ConvertToVector128Single(value.AsDouble()).AsByte();
        return Vector128.Narrow(value.AsDouble(), Vector128<double>.Zero).AsByte();
    }
}

internal readonly struct F64x2PromoteLowF32x4 : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.WidenLower(value.AsSingle()).AsByte(); }

internal readonly struct I32x4TruncSatF32x4S : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.ConvertToInt32(value.AsSingle()).AsByte(); }

internal readonly struct I32x4TruncSatF32x4U : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (!Sse41.IsSupported || Avx512F.VL.IsSupported)
            return Vector128.ConvertToUInt32(value.AsSingle()).AsByte();
        // cvttps2dq is signed and gives 0x80000000 for what it cannot represent. So convert x and, for x >= 2^31, add what is above 2^31,
        // saturated to 0x7FFFFFFF by complementing 0x80000000; maxps takes NaN and negative numbers to 0.
        var clamped = Sse.Max(value.AsSingle(), Vector128<float>.Zero);
        var above = clamped - Vector128.Create(2147483648f);
        var excess = Sse2.ConvertToVector128Int32WithTruncation(above);
        excess ^= Vector128.GreaterThanOrEqual(above, Vector128.Create(2147483648f)).AsInt32();
        return (Sse2.ConvertToVector128Int32WithTruncation(clamped) + Vector128.Max(excess, Vector128<int>.Zero)).AsByte();
    }
}

internal readonly struct I32x4TruncSatF64x2SZero : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (!Sse2.IsSupported)
            return Vector128.NarrowWithSaturation(Vector128.ConvertToInt64(value.AsDouble()), Vector128<long>.Zero).AsByte();
        // minpd gives its second operand for NaN: the limit, masked to 0 there. Too small a number becomes 0x80000000 = int.MinValue by itself.
        var number = value.AsDouble();
        var limit = Vector128.Create((double)int.MaxValue) & Vector128.Equals(number, number);
        return Sse2.ConvertToVector128Int32WithTruncation(Sse2.Min(number, limit)).AsByte();
    }
}

internal readonly struct I32x4TruncSatF64x2UZero : IUnary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value)
    {
        if (!Sse41.IsSupported)
            return Vector128.NarrowWithSaturation(Vector128.ConvertToUInt64(value.AsDouble()), Vector128<ulong>.Zero).AsByte();
        // maxpd takes NaN to 0; adding 2^52 to a whole number below 2^32 leaves it in the low half of the lane.
        var clamped = Sse2.Min(Sse2.Max(value.AsDouble(), Vector128<double>.Zero), Vector128.Create((double)uint.MaxValue));
        var halves = (Sse41.RoundToZero(clamped) + Vector128.Create(4503599627370496d)).AsSingle();
        return Sse.Shuffle(halves, Vector128<float>.Zero, 0b10_00_10_00).AsByte();
    }
}
