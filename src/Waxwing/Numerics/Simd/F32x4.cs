using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// f32x4: lanes of 32-bit floating point, sections 4.3.3 and 4.3.6. Arithmetic gives quiet NaNs; abs and neg are bitwise.

internal readonly struct F32x4Splat : IUnary<float, V> { [MethodImpl(AggressiveInlining)] public static V Apply(float value) => Vector128.Create(value).AsByte(); }
internal readonly struct F32x4ExtractLane : IExtract<float> { [MethodImpl(AggressiveInlining)] public static float Apply(V value, int lane) => value.AsSingle().GetElement(lane); }
internal readonly struct F32x4ReplaceLane : IReplace<float>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value, float scalar, int lane) =>
        Lanes.Replace(value.AsInt32(), BitConverter.SingleToInt32Bits(scalar), lane).AsByte();
}

internal readonly struct F32x4Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left.AsSingle(), right.AsSingle()).AsByte(); }
internal readonly struct F32x4Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left.AsSingle(), right.AsSingle()).AsByte(); }
internal readonly struct F32x4Lt : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsSingle(), right.AsSingle()).AsByte(); }
internal readonly struct F32x4Gt : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsSingle(), right.AsSingle()).AsByte(); }
internal readonly struct F32x4Le : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsSingle(), right.AsSingle()).AsByte(); }
internal readonly struct F32x4Ge : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.GreaterThanOrEqual(left.AsSingle(), right.AsSingle()).AsByte();
}

internal readonly struct F32x4Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => value & Vector128.Create(0x7FFF_FFFFu).AsByte(); }
internal readonly struct F32x4Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => value ^ Vector128.Create(0x8000_0000u).AsByte(); }
internal readonly struct F32x4Sqrt : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Sqrt(value.AsSingle()).AsByte(); }
internal readonly struct F32x4Ceil : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Ceiling(value.AsSingle()).AsByte(); }
internal readonly struct F32x4Floor : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Floor(value.AsSingle()).AsByte(); }
internal readonly struct F32x4Trunc : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Truncate(value.AsSingle()).AsByte(); }
internal readonly struct F32x4Nearest : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Round(value.AsSingle()).AsByte(); }

internal readonly struct F32x4Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsSingle() + right.AsSingle()).AsByte(); }
internal readonly struct F32x4Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsSingle() - right.AsSingle()).AsByte(); }
internal readonly struct F32x4Mul : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsSingle() * right.AsSingle()).AsByte(); }
internal readonly struct F32x4Div : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsSingle() / right.AsSingle()).AsByte(); }

// minps and maxps give their second operand for NaNs and for zeros of different sign, so both orders together hold what the specification
// wants: the union of the sign bits for min, the intersection for max, and a NaN (which the sum quiets) if either operand is one.
internal readonly struct F32x4Min : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<float> a = left.AsSingle(), b = right.AsSingle();
        if (Sse.IsSupported)
        {
            var ordered = Sse.Min(a, b) | Sse.Min(b, a);
            return Vector128.ConditionalSelect(Sse.CompareUnordered(a, b), a + b, ordered).AsByte();
        }
        var result = Vector128.Min(a, b);
        return Vector128.ConditionalSelect(Vector128.Equals(result, result), result, a + b).AsByte();
    }
}

internal readonly struct F32x4Max : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<float> a = left.AsSingle(), b = right.AsSingle();
        if (Sse.IsSupported)
        {
            var ordered = Sse.Max(a, b) & Sse.Max(b, a);
            return Vector128.ConditionalSelect(Sse.CompareUnordered(a, b), a + b, ordered).AsByte();
        }
        var result = Vector128.Max(a, b);
        return Vector128.ConditionalSelect(Vector128.Equals(result, result), result, a + b).AsByte();
    }
}

// right < left ? right : left, and left < right ? right : left, which is what minps and maxps do with the operands exchanged.
internal readonly struct F32x4Pmin : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<float> a = left.AsSingle(), b = right.AsSingle();
        return (Sse.IsSupported ? Sse.Min(b, a) : Vector128.ConditionalSelect(Vector128.LessThan(b, a), b, a)).AsByte();
    }
}

internal readonly struct F32x4Pmax : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<float> a = left.AsSingle(), b = right.AsSingle();
        return (Sse.IsSupported ? Sse.Max(b, a) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), b, a)).AsByte();
    }
}
