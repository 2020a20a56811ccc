using System.Numerics;

namespace Waxwing.Text;

internal static partial class NumberLiteral
{
    /// <summary>The bits of an f32.</summary>
    public static LiteralResult Float32(ReadOnlySpan<byte> text, out uint bits)
    {
        var result = Float<float>(text, 23, 8, out var wide);
        bits = (uint)wide;
        return result;
    }

    /// <summary>The bits of an f64.</summary>
    public static LiteralResult Float64(ReadOnlySpan<byte> text, out ulong bits) => Float<double>(text, 52, 11, out bits);

    private static LiteralResult Float<T>(ReadOnlySpan<byte> text, int fractionBits, int exponentBits, out ulong bits) where T : IBinaryFloatingPointIeee754<T>
    {
        var sign = TakeSign(ref text, out _) ? 1UL << (fractionBits + exponentBits) : 0;
        var result = UnsignedFloat<T>(text, fractionBits, exponentBits, out bits);
        bits |= sign;
        return result;
    }

    private static LiteralResult UnsignedFloat<T>(ReadOnlySpan<byte> text, int fractionBits, int exponentBits, out ulong bits) where T : IBinaryFloatingPointIeee754<T>
    {
        var infinity = ((1UL << exponentBits) - 1) << fractionBits;
        if (IsSpecial(text))
        {
            bits = infinity;
            if (text[0] == (byte)'i')
                return LiteralResult.Valid;
            if (text.Length == 3)
            {
                bits |= 1UL << (fractionBits - 1);
                return LiteralResult.Valid;
            }
            var range = Magnitude(text[4..], out var payload);
            bits |= payload;
            return range != LiteralResult.Valid || payload == 0 || payload >> fractionBits != 0 ? LiteralResult.OutOfRange : LiteralResult.Valid;
        }
        if (IsHexFloat(text, out var mantissa, out var exponent))
            return RoundHex(mantissa, exponent, fractionBits, infinity, out bits);
        bits = 0;
        if (!IsDecimalFloat(text))
            return LiteralResult.Malformed;
        var result = Decimal<T>(text, out var value);
        bits = typeof(T) == typeof(float) ? BitConverter.SingleToUInt32Bits(float.CreateTruncating(value)) : BitConverter.DoubleToUInt64Bits(double.CreateTruncating(value));
        return result;
    }

    /// <summary>
    /// 0x hexnum [. [hexnum]] [(p|P) [sign] num]: the value is mantissa * 2^exponent, where the mantissa's lowest bit stands for every non-zero digit that did not fit.
    /// </summary>
    private static bool IsHexFloat(ReadOnlySpan<byte> text, out ulong mantissa, out long exponent)
    {
        mantissa = 0;
        exponent = 0;
        if (!text.StartsWith("0x"u8))
            return false;
        text = text[2..];
        var whole = TakeDigits(text, true);
        if (whole == 0)
            return false;
        Accumulate(text[..whole], 0, ref mantissa, ref exponent);
        text = text[whole..];
        if (!text.IsEmpty && text[0] == (byte)'.')
        {
            var fraction = TakeDigits(text[1..], true);
            Accumulate(text.Slice(1, fraction), 4, ref mantissa, ref exponent);
            text = text[(1 + fraction)..];
        }
        if (text.IsEmpty)
            return true;
        if (text[0] is not ((byte)'p' or (byte)'P') || !IsExponent(text[1..]))
            return false;
        exponent += Exponent(text[1..]);
        return true;
    }

    private static void Accumulate(ReadOnlySpan<byte> digits, int perDigit, ref ulong mantissa, ref long exponent)
    {
        foreach (var digit in digits)
        {
            if (digit == (byte)'_')
                continue;
            if (mantissa >> 59 == 0)
            {
                mantissa = (mantissa << 4) | HexValue(digit);
                exponent -= perDigit;
            }
            else
            {
                mantissa |= HexValue(digit) != 0 ? 1UL : 0;
                exponent += 4 - perDigit;
            }
        }
    }

    /// <summary>A decimal exponent; saturates far beyond what any digits of a source text could bring back into range.</summary>
    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var negative = TakeSign(ref text, out _);
        long value = 0;
        foreach (var digit in text)
        {
            if (digit != (byte)'_' && value < 1L << 50)
                value = (value * 10) + (digit - '0');
        }
        return negative ? -value : value;
    }

    private static LiteralResult RoundHex(ulong mantissa, long exponent, int fractionBits, ulong infinity, out ulong bits)
    {
        bits = 0;
        if (mantissa == 0)
            return LiteralResult.Valid;
        // The value is 1.xxx * 2^scale; subnormals keep the scale of the smallest normal number.
        var scale = exponent + 63 - BitOperations.LeadingZeroCount(mantissa);
        var bias = (long)(infinity >> (fractionBits + 1));
        if (scale > bias)
            return LiteralResult.OutOfRange;
        var normalized = mantissa << BitOperations.LeadingZeroCount(mantissa);
        var drop = 63 - fractionBits + Math.Max(0, 1 - bias - scale);
        if (drop > 64)
            return LiteralResult.Valid;
        var kept = drop == 64 ? 0 : normalized >> (int)drop;
        var half = 1UL << (int)(drop - 1);
        var rest = drop == 64 ? normalized : normalized & ((half << 1) - 1);
        if (rest > half || (rest == half && (kept & 1) != 0))
            kept++;
        // A carry out of the fraction runs into the exponent, as it should; the hidden bit adds the first exponent step itself.
        bits = kept + ((ulong)Math.Max(0, scale + bias - 1) << fractionBits);
        return bits >= infinity ? LiteralResult.OutOfRange : LiteralResult.Valid;
    }
}
