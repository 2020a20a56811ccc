using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// f64: section 4.3.3 (floating-point operations). A NaN that comes out of arithmetic is quiet; abs, neg and copysign are bitwise and
// let signalling NaNs through, as CLR negation and Math.Abs/CopySign do (they compile to xor/and/or).

internal readonly struct F64Eq : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left == right; }
internal readonly struct F64Ne : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left != right; }
internal readonly struct F64Lt : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left < right; }
internal readonly struct F64Gt : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left > right; }
internal readonly struct F64Le : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left <= right; }
internal readonly struct F64Ge : IBinary<double, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(double left, double right) => left >= right; }

internal readonly struct F64Abs : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Abs(value); }
internal readonly struct F64Neg : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => -value; }
internal readonly struct F64Ceil : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Ceiling(value); }
internal readonly struct F64Floor : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Floor(value); }
internal readonly struct F64Trunc : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Truncate(value); }
internal readonly struct F64Nearest : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Round(value); }
internal readonly struct F64Sqrt : IUnary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double value) => Math.Sqrt(value); }

internal readonly struct F64Add : IBinary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double left, double right) => left + right; }
internal readonly struct F64Sub : IBinary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double left, double right) => left - right; }
internal readonly struct F64Mul : IBinary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double left, double right) => left * right; }
internal readonly struct F64Div : IBinary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double left, double right) => left / right; }
internal readonly struct F64Copysign : IBinary<double, double> { [MethodImpl(AggressiveInlining)] public static double Apply(double left, double right) => Math.CopySign(left, right); }

// minss and maxss give their second operand for NaNs and for zeros of different sign. Both orders together hold what the specification wants:
// the union of the sign bits for min, the intersection for max. Their union is a NaN if either operand is; then the sum quiets it.
internal readonly struct F64Min : IBinary<double, double>
{
    [MethodImpl(AggressiveInlining)]
    public static double Apply(double left, double right)
    {
        if (Sse2.IsSupported)
        {
            Vector128<double> a = Vector128.CreateScalarUnsafe(left), b = Vector128.CreateScalarUnsafe(right);
            var ordered = (Sse2.MinScalar(a, b) | Sse2.MinScalar(b, a)).ToScalar();
            return double.IsNaN(ordered) ? left + right : ordered;
        }
        var result = Math.Min(left, right);
        return double.IsNaN(result) ? left + right : result;
    }
}

internal readonly struct F64Max : IBinary<double, double>
{
    [MethodImpl(AggressiveInlining)]
    public static double Apply(double left, double right)
    {
        if (Sse2.IsSupported)
        {
            Vector128<double> a = Vector128.CreateScalarUnsafe(left), b = Vector128.CreateScalarUnsafe(right);
            Vector128<double> one = Sse2.MaxScalar(a, b), other = Sse2.MaxScalar(b, a);
            return double.IsNaN((one | other).ToScalar()) ? left + right : (one & other).ToScalar();
        }
        var result = Math.Max(left, right);
        return double.IsNaN(result) ? left + right : result;
    }
}
