using System.Globalization;
using System.Numerics;
using CsCheck;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class NumberLiteralTests
{
    [Theory]
    [InlineData("0", 32, 0UL)]
    [InlineData("4294967295", 32, 0xFFFF_FFFFUL)]
    [InlineData("-2147483648", 32, 0xFFFF_FFFF_8000_0000UL)]
    [InlineData("+2147483648", 32, 0x8000_0000UL)]
    [InlineData("-0x80_00_00_00", 32, 0xFFFF_FFFF_8000_0000UL)]
    [InlineData("18_446_744_073_709_551_615", 64, ulong.MaxValue)]
    [InlineData("-9223372036854775808", 64, 0x8000_0000_0000_0000UL)]
    [InlineData("0xFfFf_fFfF_FFFF_ffff", 64, ulong.MaxValue)]
    [InlineData("-128", 8, 0xFFFF_FFFF_FFFF_FF80UL)]
    [InlineData("000000000000000000000000000000000000000000001", 32, 1UL)]
    [InlineData("-0", 32, 0UL)]
    public void Integers_in_range_are_read(string text, int bits, ulong expected)
    {
        Assert.Equal(LiteralResult.Valid, NumberLiteral.Integer(Utf8(text), bits, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("4294967296", 32)]
    [InlineData("-2147483649", 32)]
    [InlineData("0x1_0000_0000", 32)]
    [InlineData("18446744073709551616", 64)]
    [InlineData("18446744073709551620", 64)]
    [InlineData("99999999999999999999999999999999", 64)]
    [InlineData("0x10000000000000000", 64)]
    [InlineData("-9223372036854775809", 64)]
    [InlineData("256", 8)]
    [InlineData("-129", 8)]
    public void Integers_out_of_range_are_told(string text, int bits) =>
        Assert.Equal(LiteralResult.OutOfRange, NumberLiteral.Integer(Utf8(text), bits, out _));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+-1")]
    [InlineData("0x")]
    [InlineData("0X1")]
    [InlineData("1__0")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("0x_1")]
    [InlineData("0_x1")]
    [InlineData("1a")]
    [InlineData("0xg")]
    [InlineData("1.0")]
    [InlineData("nan")]
    public void What_is_no_integer_is_malformed(string text) =>
        Assert.Equal(LiteralResult.Malformed, NumberLiteral.Integer(Utf8(text), 64, out _));

    [Theory]
    [InlineData(".5")]
    [InlineData("1.e")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1_.0")]
    [InlineData("1._0")]
    [InlineData("1e_1")]
    [InlineData("0x1.p")]
    [InlineData("0x.8")]
    [InlineData("0x1e+")]
    [InlineData("0x1p0x1")]
    [InlineData("infinity")]
    [InlineData("Inf")]
    [InlineData("nan:")]
    [InlineData("nan:1")]
    [InlineData("nan:0x")]
    [InlineData("nan:0x_1")]
    [InlineData("1,0")]
    [InlineData("1 ")]
    public void What_is_no_float_is_malformed(string text)
    {
        Assert.Equal(LiteralResult.Malformed, NumberLiteral.Float64(Utf8(text), out _));
        Assert.False(NumberLiteral.IsNumber(Utf8(text)));
    }

    [Theory]
    [InlineData("0", 0x0000_0000u)]
    [InlineData("-0", 0x8000_0000u)]
    [InlineData("1", 0x3F80_0000u)]
    [InlineData("1.", 0x3F80_0000u)]
    [InlineData("0x1.8p1", 0x4040_0000u)]
    [InlineData("1_0.2_5e-0_1", 0x3F83_3333u)]
    [InlineData("inf", 0x7F80_0000u)]
    [InlineData("-inf", 0xFF80_0000u)]
    [InlineData("nan", 0x7FC0_0000u)]
    [InlineData("-nan", 0xFFC0_0000u)]
    [InlineData("nan:0x1", 0x7F80_0001u)]
    [InlineData("-nan:0x7f_ffff", 0xFFFF_FFFFu)]
    // The largest number, the last that rounds to it, the smallest normal, the largest subnormal, the smallest, half of it (to even: zero), a little more.
    [InlineData("0x1.fffffep127", 0x7F7F_FFFFu)]
    [InlineData("0x1.fffffefffffffffffffffffffp127", 0x7F7F_FFFFu)]
    [InlineData("0x1p-126", 0x0080_0000u)]
    [InlineData("0x0.fffffep-126", 0x007F_FFFFu)]
    [InlineData("0x0.ffffffp-126", 0x0080_0000u)]
    [InlineData("0x1p-149", 0x0000_0001u)]
    [InlineData("0x1p-150", 0x0000_0000u)]
    [InlineData("0x1.0000000000000000000000000000001p-150", 0x0000_0001u)]
    [InlineData("0x1p-151", 0x0000_0000u)]
    [InlineData("0x3p-150", 0x0000_0002u)]
    // Ties go to even; one bit far behind breaks the tie.
    [InlineData("0x1.000001p0", 0x3F80_0000u)]
    [InlineData("0x1.000003p0", 0x3F80_0002u)]
    [InlineData("0x1.0000010000000000000000000000000000001p0", 0x3F80_0001u)]
    // Rounding over f64 first would give 0x3F800000 and 0x4B800000.
    [InlineData("1.00000005960464477540", 0x3F80_0001u)]
    [InlineData("16777217.0000000000000000000001", 0x4B80_0001u)]
    [InlineData("1e-46", 0x0000_0000u)]
    [InlineData("0e999999999999999999999", 0x0000_0000u)]
    [InlineData("0x0p999999999999999999999", 0x0000_0000u)]
    [InlineData("0x1p-999999999999999999999", 0x0000_0000u)]
    public void Floats_are_rounded_correctly(string text, uint expected)
    {
        Assert.Equal(LiteralResult.Valid, NumberLiteral.Float32(Utf8(text), out var bits));
        Assert.Equal($"{expected:x8}", $"{bits:x8}");
    }

    [Theory]
    [InlineData("0x1.ffffffp127")]
    [InlineData("0x1p128")]
    [InlineData("3.4028235678e38")]
    [InlineData("1e39")]
    [InlineData("1e999999999999999999999")]
    [InlineData("0x1p999999999999999999999")]
    [InlineData("nan:0x0")]
    [InlineData("nan:0x80_0000")]
    [InlineData("nan:0xfffffffffffffffffffff")]
    public void Floats_out_of_range_are_told(string text) =>
        Assert.Equal(LiteralResult.OutOfRange, NumberLiteral.Float32(Utf8(text), out _));

    [Fact]
    public void Digits_and_exponent_may_cancel_out_at_any_length()
    {
        foreach (var zeros in (int[])[10, 1_000, 20_000, 200_000])
        {
            Check($"0.{new string('0', zeros)}1e{zeros + 1}");
            Check($"1{new string('0', zeros)}e-{zeros}");
            Check($"0x0.{new string('0', zeros)}1p{(zeros * 4) + 4}");
            Check($"0x1{new string('0', zeros)}p-{zeros * 4}");
        }

        static void Check(string text)
        {
            Assert.Equal(LiteralResult.Valid, NumberLiteral.Float64(Utf8(text), out var bits));
            Assert.Equal(1.0, BitConverter.UInt64BitsToDouble(bits));
        }
    }

    [Fact]
    public void Hexadecimal_floats_agree_with_their_exact_decimal_expansion() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 18], Gen.Int[-1200, 1100]).Sample(
            (digits, length, exponent) =>
            {
                var hex = $"{digits:x16}{digits * 0x9E37_79B9_7F4A_7C15:x16}"[..length];
                var text = Utf8($"0x{hex[..1]}.{hex[1..]}p{exponent}");
                var mantissa = BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                var scale = exponent - (4 * (length - 1));
                // m * 2^-n = m * 5^n * 10^-n
                var exact = scale >= 0 ? $"{mantissa << scale}" : $"{mantissa * BigInteger.Pow(5, -scale)}e{scale}";
                var single = float.Parse(exact, CultureInfo.InvariantCulture);
                var number = double.Parse(exact, CultureInfo.InvariantCulture);
                var result32 = NumberLiteral.Float32(text, out var bits32);
                var result64 = NumberLiteral.Float64(text, out var bits64);
                return result32 == (float.IsInfinity(single) ? LiteralResult.OutOfRange : LiteralResult.Valid)
                    && (float.IsInfinity(single) || bits32 == BitConverter.SingleToUInt32Bits(single))
                    && result64 == (double.IsInfinity(number) ? LiteralResult.OutOfRange : LiteralResult.Valid)
                    && (double.IsInfinity(number) || bits64 == BitConverter.DoubleToUInt64Bits(number));
            }, iter: 20_000);

    [Fact]
    public void What_is_printed_reads_back_bit_for_bit() =>
        Gen.ULong.Sample(
            bits =>
            {
                NumberLiteral.Float64(Utf8(TextLiteral.Float64(bits)), out var bits64);
                NumberLiteral.Float32(Utf8(TextLiteral.Float32((uint)bits)), out var bits32);
                return bits64 == bits && bits32 == (uint)bits;
            }, iter: 50_000);

    [Theory]
    [InlineData(0x7FC0_0000u, "nan")]
    [InlineData(0xFF80_0001u, "-nan:0x1")]
    [InlineData(0xFF80_0000u, "-inf")]
    [InlineData(0x8000_0000u, "-0")]
    [InlineData(0x0000_0001u, "1e-45")]
    [InlineData(0x7F7F_FFFFu, "3.4028235e+38")]
    [InlineData(0x3DCC_CCCDu, "0.1")]
    public void Floats_are_printed_short(uint bits, string text) => Assert.Equal(text, TextLiteral.Float32(bits));
}
