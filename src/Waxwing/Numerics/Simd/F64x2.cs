using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// f64x2: lanes of 64-bit floating point, sections 4.3.3 and 4.3.6. Arithmetic gives quiet NaNs; abs and neg are bitwise.

internal readonly struct F64x2Splat : IUnary<double, V> { [MethodImpl(AggressiveInlining)] public static V Apply(double value) => Vector128.Create(value).AsByte(); }
internal readonly struct F64x2ExtractLane : IExtract<double> { [MethodImpl(AggressiveInlining)] public static double Apply(V value, int lane) => value.AsDouble().GetElement(lane); }
internal readonly struct F64x2ReplaceLane : IReplace<double>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V value, double scalar, int lane) =>
        Lanes.Replace(value.AsInt64(), BitConverter.DoubleToInt64Bits(scalar), lane).AsByte();
}

internal readonly struct F64x2Eq : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.Equals(left.AsDouble(), right.AsDouble()).AsByte(); }
internal readonly struct F64x2Ne : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => ~Vector128.Equals(left.AsDouble(), right.AsDouble()).AsByte(); }
internal readonly struct F64x2Lt : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThan(left.AsDouble(), right.AsDouble()).AsByte(); }
internal readonly struct F64x2Gt : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.GreaterThan(left.AsDouble(), right.AsDouble()).AsByte(); }
internal readonly struct F64x2Le : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => Vector128.LessThanOrEqual(left.AsDouble(), right.AsDouble()).AsByte(); }
internal readonly struct F64x2Ge : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right) =>
        Vector128.GreaterThanOrEqual(left.AsDouble(), right.AsDouble()).AsByte();
}

internal readonly struct F64x2Abs : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => value & Vector128.Create(0x7FFF_FFFF_FFFF_FFFFul).AsByte(); }
internal readonly struct F64x2Neg : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => value ^ Vector128.Create(0x8000_0000_0000_0000ul).AsByte(); }
internal readonly struct F64x2Sqrt : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Sqrt(value.AsDouble()).AsByte(); }
internal readonly struct F64x2Ceil : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Ceiling(value.AsDouble()).AsByte(); }
internal readonly struct F64x2Floor : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Floor(value.AsDouble()).AsByte(); }
internal readonly struct F64x2Trunc : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Truncate(value.AsDouble()).AsByte(); }
internal readonly struct F64x2Nearest : IUnary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V value) => Vector128.Round(value.AsDouble()).AsByte(); }

internal readonly struct F64x2Add : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsDouble() + right.AsDouble()).AsByte(); }
internal readonly struct F64x2Sub : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsDouble() - right.AsDouble()).AsByte(); }
internal readonly struct F64x2Mul : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsDouble() * right.AsDouble()).AsByte(); }
internal readonly struct F64x2Div : IBinary<V, V> { [MethodImpl(AggressiveInlining)] public static V Apply(V left, V right) => (left.AsDouble() / right.AsDouble()).AsByte(); }

// minps and maxps give their second operand for NaNs and for zeros of different sign, so both orders together hold what the specification
// wants: the union of the sign bits for min, the intersection for max, and a NaN (which the sum quiets) if either operand is one.
internal readonly struct F64x2Min : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<double> a = left.AsDouble(), b = right.AsDouble();
        if (Sse2.IsSupported)
        {
            var ordered = Sse2.Min(a, b) | Sse2.Min(b, a);
            return Vector128.ConditionalSelect(Sse2.CompareUnordered(a, b), a + b, ordered).AsByte();
        }
        var result = Vector128.Min(a, b);
        return Vector128.ConditionalSelect(Vector128.Equals(result, result), result, a + b).AsByte();
    }
}

internal readonly struct F64x2Max : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<double> a = left.AsDouble(), b = right.AsDouble();
        if (Sse2.IsSupported)
        {
            var ordered = Sse2.Max(a, b) & Sse2.Max(b, a);
            return Vector128.ConditionalSelect(Sse2.CompareUnordered(a, b), a + b, ordered).AsByte();
        }
        var result = Vector128.Max(a, b);
        return Vector128.ConditionalSelect(Vector128.Equals(result, result), result, a + b).AsByte();
    }
}

// right < left ? right : left, and left < right ? right : left, which is what minps and maxps do with the operands exchanged.
internal readonly struct F64x2Pmin : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<double> a = left.AsDouble(), b = right.AsDouble();
        return (Sse2.IsSupported ? Sse2.Min(b, a) : Vector128.ConditionalSelect(Vector128.LessThan(b, a), b, a)).AsByte();
    }
}

internal readonly struct F64x2Pmax : IBinary<V, V>
{
    [MethodImpl(AggressiveInlining)]
    public static V Apply(V left, V right)
    {
        Vector128<double> a = left.AsDouble(), b = right.AsDouble();
        return (Sse2.IsSupported ? Sse2.Max(b, a) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), b, a)).AsByte();
    }
}
