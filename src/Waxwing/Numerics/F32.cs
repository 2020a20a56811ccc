using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// f32: section 4.3.3 (floating-point operations). A NaN that comes out of arithmetic is quiet; abs, neg and copysign are bitwise and
// let signalling NaNs through, as CLR negation and MathF.Abs/CopySign do (they compile to xor/and/or).

internal readonly struct F32Eq : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left == right; }
internal readonly struct F32Ne : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left != right; }
internal readonly struct F32Lt : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left < right; }
internal readonly struct F32Gt : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left > right; }
internal readonly struct F32Le : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left <= right; }
internal readonly struct F32Ge : IBinary<float, bool> { [MethodImpl(AggressiveInlining)] public static bool Apply(float left, float right) => left >= right; }

internal readonly struct F32Abs : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Abs(value); }
internal readonly struct F32Neg : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => -value; }
internal readonly struct F32Ceil : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Ceiling(value); }
internal readonly struct F32Floor : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Floor(value); }
internal readonly struct F32Trunc : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Truncate(value); }
internal readonly struct F32Nearest : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Round(value); }
internal readonly struct F32Sqrt : IUnary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float value) => MathF.Sqrt(value); }

internal readonly struct F32Add : IBinary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float left, float right) => left + right; }
internal readonly struct F32Sub : IBinary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float left, float right) => left - right; }
internal readonly struct F32Mul : IBinary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float left, float right) => left * right; }
internal readonly struct F32Div : IBinary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float left, float right) => left / right; }
internal readonly struct F32Copysign : IBinary<float, float> { [MethodImpl(AggressiveInlining)] public static float Apply(float left, float right) => MathF.CopySign(left, right); }

// minss and maxss give their second operand for NaNs and for zeros of different sign. Both orders together hold what the specification wants:
// the union of the sign bits for min, the intersection for max. Their union is a NaN if either operand is; then the sum quiets it.
internal readonly struct F32Min : IBinary<float, float>
{
    [MethodImpl(AggressiveInlining)]
    public static float Apply(float left, float right)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> a = Vector128.CreateScalarUnsafe(left), b = Vector128.CreateScalarUnsafe(right);
            var ordered = (Sse.MinScalar(a, b) | Sse.MinScalar(b, a)).ToScalar();
            return float.IsNaN(ordered) ? left + right : ordered;
        }
        var result = MathF.Min(left, right);
        return float.IsNaN(result) ? left + right : result;
    }
}

internal readonly struct F32Max : IBinary<float, float>
{
    [MethodImpl(AggressiveInlining)]
    public static float Apply(float left, float right)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> a = Vector128.CreateScalarUnsafe(left), b = Vector128.CreateScalarUnsafe(right);
            Vector128<float> one = Sse.MaxScalar(a, b), other = Sse.MaxScalar(b, a);
            return float.IsNaN((one | other).ToScalar()) ? left + right : (one & other).ToScalar();
        }
        var result = MathF.Max(left, right);
        return float.IsNaN(result) ? left + right : result;
    }
}
