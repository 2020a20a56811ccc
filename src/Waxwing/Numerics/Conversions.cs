using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Numerics;

// Conversions between number types, section 4.3.4. The CLR's casts from floating point saturate and take NaN to 0 (guaranteed since .NET 9),
// which is trunc_sat. The trapping instructions check the range first and then convert without the saturation's fix-ups.
// Results of unsigned instructions are bit patterns.

internal readonly struct I32WrapI64 : IUnary<long, int> { [MethodImpl(AggressiveInlining)] public static int Apply(long value) => (int)value; }
internal readonly struct I64ExtendI32S : IUnary<int, long> { [MethodImpl(AggressiveInlining)] public static long Apply(int value) => value; }
internal readonly struct I64ExtendI32U : IUnary<int, long> { [MethodImpl(AggressiveInlining)] public static long Apply(int value) => (uint)value; }

internal readonly struct I32ReinterpretF32 : IUnary<float, int> { [MethodImpl(AggressiveInlining)] public static int Apply(float value) => BitConverter.SingleToInt32Bits(value); }
internal readonly struct I64ReinterpretF64 : IUnary<double, long> { [MethodImpl(AggressiveInlining)] public static long Apply(double value) => BitConverter.DoubleToInt64Bits(value); }
internal readonly struct F32ReinterpretI32 : IUnary<int, float> { [MethodImpl(AggressiveInlining)] public static float Apply(int value) => BitConverter.Int32BitsToSingle(value); }
internal readonly struct F64ReinterpretI64 : IUnary<long, double> { [MethodImpl(AggressiveInlining)] public static double Apply(long value) => BitConverter.Int64BitsToDouble(value); }

internal readonly struct F32DemoteF64 : IUnary<double, float>
{
    // Not a cast: the JIT would take that of a promotion for the promotion's operand, and so leave a signalling NaN as it is.
    [MethodImpl(AggressiveInlining)]
    public static float Apply(double value) => Sse2.IsSupported
        ? Sse2.ConvertScalarToVector128Single(Vector128<float>.Zero, Vector128.CreateScalarUnsafe(value)).ToScalar()
        : Vector128.Narrow(Vector128.CreateScalar(value), Vector128<double>.Zero).ToScalar();
}

internal readonly struct F64PromoteF32 : IUnary<float, double> { [MethodImpl(AggressiveInlining)] public static double Apply(float value) => value; }

internal readonly struct F32ConvertI32S : IUnary<int, float> { [MethodImpl(AggressiveInlining)] public static float Apply(int value) => value; }
internal readonly struct F32ConvertI32U : IUnary<int, float> { [MethodImpl(AggressiveInlining)] public static float Apply(int value) => (uint)value; }
internal readonly struct F32ConvertI64S : IUnary<long, float> { [MethodImpl(AggressiveInlining)] public static float Apply(long value) => value; }
internal readonly struct F32ConvertI64U : IUnary<long, float> { [MethodImpl(AggressiveInlining)] public static float Apply(long value) => (ulong)value; }
internal readonly struct F64ConvertI32S : IUnary<int, double> { [MethodImpl(AggressiveInlining)] public static double Apply(int value) => value; }
internal readonly struct F64ConvertI32U : IUnary<int, double> { [MethodImpl(AggressiveInlining)] public static double Apply(int value) => (uint)value; }
internal readonly struct F64ConvertI64S : IUnary<long, double> { [MethodImpl(AggressiveInlining)] public static double Apply(long value) => value; }
internal readonly struct F64ConvertI64U : IUnary<long, double> { [MethodImpl(AggressiveInlining)] public static double Apply(long value) => (ulong)value; }

internal readonly struct I32TruncSatF32S : IUnary<float, int> { [MethodImpl(AggressiveInlining)] public static int Apply(float value) => (int)value; }
internal readonly struct I32TruncSatF32U : IUnary<float, int> { [MethodImpl(AggressiveInlining)] public static int Apply(float value) => (int)(uint)value; }
internal readonly struct I32TruncSatF64S : IUnary<double, int> { [MethodImpl(AggressiveInlining)] public static int Apply(double value) => (int)value; }
internal readonly struct I32TruncSatF64U : IUnary<double, int> { [MethodImpl(AggressiveInlining)] public static int Apply(double value) => (int)(uint)value; }
internal readonly struct I64TruncSatF32S : IUnary<float, long> { [MethodImpl(AggressiveInlining)] public static long Apply(float value) => (long)value; }
internal readonly struct I64TruncSatF32U : IUnary<float, long> { [MethodImpl(AggressiveInlining)] public static long Apply(float value) => (long)(ulong)value; }
internal readonly struct I64TruncSatF64S : IUnary<double, long> { [MethodImpl(AggressiveInlining)] public static long Apply(double value) => (long)value; }
internal readonly struct I64TruncSatF64U : IUnary<double, long> { [MethodImpl(AggressiveInlining)] public static long Apply(double value) => (long)(ulong)value; }

internal readonly struct I32TruncF32S : ITrappingUnary<float, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(float value) => float.ConvertToIntegerNative<int>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(float value) => value >= -2147483648f && value < 2147483648f ? 0 : Truncation.Refuse(value);
}

internal readonly struct I32TruncF32U : ITrappingUnary<float, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(float value) => (int)float.ConvertToIntegerNative<uint>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(float value) => value > -1f && value < 4294967296f ? 0 : Truncation.Refuse(value);
}

internal readonly struct I32TruncF64S : ITrappingUnary<double, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(double value) => double.ConvertToIntegerNative<int>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(double value) => value > -2147483649d && value < 2147483648d ? 0 : Truncation.Refuse(value);
}

internal readonly struct I32TruncF64U : ITrappingUnary<double, int>
{
    [MethodImpl(AggressiveInlining)] public static int Apply(double value) => (int)double.ConvertToIntegerNative<uint>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(double value) => value > -1d && value < 4294967296d ? 0 : Truncation.Refuse(value);
}

internal readonly struct I64TruncF32S : ITrappingUnary<float, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(float value) => float.ConvertToIntegerNative<long>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(float value) => value >= -9223372036854775808f && value < 9223372036854775808f ? 0 : Truncation.Refuse(value);
}

internal readonly struct I64TruncF32U : ITrappingUnary<float, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(float value) => (long)float.ConvertToIntegerNative<ulong>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(float value) => value > -1f && value < 18446744073709551616f ? 0 : Truncation.Refuse(value);
}

internal readonly struct I64TruncF64S : ITrappingUnary<double, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(double value) => double.ConvertToIntegerNative<long>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(double value) => value >= -9223372036854775808d && value < 9223372036854775808d ? 0 : Truncation.Refuse(value);
}

internal readonly struct I64TruncF64U : ITrappingUnary<double, long>
{
    [MethodImpl(AggressiveInlining)] public static long Apply(double value) => (long)double.ConvertToIntegerNative<ulong>(value);

    [MethodImpl(AggressiveInlining)] public static TrapCode Check(double value) => value > -1d && value < 18446744073709551616d ? 0 : Truncation.Refuse(value);
}

internal static class Truncation
{
    /// <summary>The trap for a value that is in no integer range: NaN, or too large.</summary>
    public static TrapCode Refuse(double value) => double.IsNaN(value) ? TrapCode.InvalidConversionToInteger : TrapCode.IntegerOverflow;
}
