using System.Runtime.CompilerServices;
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

// Math.Min and Max order -0 below +0 and propagate NaNs, but a signalling one unchanged: the sum quiets it.
internal readonly struct F64Min : IBinary<double, double>
{
    [MethodImpl(AggressiveInlining)]
    public static double Apply(double left, double right)
    {
        var result = Math.Min(left, right);
        return double.IsNaN(result) ? left + right : result;
    }
}

internal readonly struct F64Max : IBinary<double, double>
{
    [MethodImpl(AggressiveInlining)]
    public static double Apply(double left, double right)
    {
        var result = Math.Max(left, right);
        return double.IsNaN(result) ? left + right : result;
    }
}
