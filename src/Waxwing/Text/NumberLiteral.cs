using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Waxwing.Text;

internal enum LiteralResult : byte { Valid, OutOfRange, Malformed }

/// <summary>Numbers of the text format, 6.3.1 and 6.3.2: integers with range check, floats rounded correctly (to nearest, ties to even) once.</summary>
internal static partial class NumberLiteral
{
    /// <summary>An integer, with or without sign, that fits <paramref name="bits"/> bits as signed or as unsigned number; its bits, sign-extended.</summary>
    public static LiteralResult Integer(ReadOnlySpan<byte> text, int bits, out ulong value)
    {
        var negative = TakeSign(ref text, out _);
        var result = Magnitude(text, out value);
        if (result != LiteralResult.Valid)
            return result;
        var maximum = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        if (value > (negative ? 1UL << (bits - 1) : maximum))
            return LiteralResult.OutOfRange;
        if (negative)
            value = (ulong)-(long)value;
        return LiteralResult.Valid;
    }

    /// <summary>An integer without sign.</summary>
    public static LiteralResult Unsigned(ReadOnlySpan<byte> text, ulong maximum, out ulong value)
    {
        var result = Magnitude(text, out value);
        return result == LiteralResult.Valid && value > maximum ? LiteralResult.OutOfRange : result;
    }

    /// <summary>Whether the text is any number: integer or float, hexadecimal, `inf`, `nan` or `nan:0x...`, with a sign or not.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        TakeSign(ref text, out _);
        return Magnitude(text, out _) != LiteralResult.Malformed || IsSpecial(text) || IsDecimalFloat(text) || IsHexFloat(text, out _, out _);
    }

    private static bool IsSpecial(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("inf"u8) || text.SequenceEqual("nan"u8) || (text.StartsWith("nan:0x"u8) && TakeDigits(text[6..], true) == text.Length - 6 && text.Length > 6);

    private static bool TakeSign(ref ReadOnlySpan<byte> text, out bool signed)
    {
        signed = !text.IsEmpty && text[0] is (byte)'-' or (byte)'+';
        var negative = signed && text[0] == (byte)'-';
        if (signed)
            text = text[1..];
        return negative;
    }

    private static LiteralResult Magnitude(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        var hexadecimal = text.StartsWith("0x"u8);
        var digits = hexadecimal ? text[2..] : text;
        if (digits.IsEmpty || TakeDigits(digits, hexadecimal) != digits.Length)
            return LiteralResult.Malformed;
        foreach (var digit in digits)
        {
            if (digit == (byte)'_')
                continue;
            if (hexadecimal ? value >> 60 != 0 : value > ulong.MaxValue / 10)
                return LiteralResult.OutOfRange;
            var next = hexadecimal ? (value << 4) + HexValue(digit) : (value * 10) + (ulong)(digit - '0');
            if (next < value)
                return LiteralResult.OutOfRange;
            value = next;
        }
        return LiteralResult.Valid;
    }

    /// <summary>Length of the longest prefix of digits with single underscores between them.</summary>
    private static int TakeDigits(ReadOnlySpan<byte> text, bool hexadecimal)
    {
        var length = 0;
        var afterDigit = false;
        for (var i = 0; i < text.Length; i++)
        {
            var isDigit = hexadecimal ? char.IsAsciiHexDigit((char)text[i]) : char.IsAsciiDigit((char)text[i]);
            if (!isDigit && !(text[i] == (byte)'_' && afterDigit))
                break;
            afterDigit = isDigit;
            if (isDigit)
                length = i + 1;
        }
        return length;
    }

    private static uint HexValue(byte digit) => digit <= '9' ? (uint)(digit - '0') : (uint)((digit | 0x20) - 'a' + 10);

    /// <summary>num [. [num]] [(e|E) [sign] num]</summary>
    private static bool IsDecimalFloat(ReadOnlySpan<byte> text)
    {
        var length = TakeDigits(text, false);
        if (length == 0)
            return false;
        text = text[length..];
        if (!text.IsEmpty && text[0] == (byte)'.')
            text = text[(1 + TakeDigits(text[1..], false))..];
        return text.IsEmpty || (text[0] is (byte)'e' or (byte)'E' && IsExponent(text[1..]));
    }

    private static bool IsExponent(ReadOnlySpan<byte> text)
    {
        TakeSign(ref text, out _);
        return !text.IsEmpty && TakeDigits(text, false) == text.Length;
    }

    /// <summary>The text without underscores, in <paramref name="rented"/> if there are any.</summary>
    private static ReadOnlySpan<byte> WithoutSeparators(ReadOnlySpan<byte> text, ref byte[]? rented)
    {
        if (!text.Contains((byte)'_'))
            return text;
        rented = ArrayPool<byte>.Shared.Rent(text.Length);
        var length = 0;
        foreach (var unit in text)
        {
            if (unit != (byte)'_')
                rented[length++] = unit;
        }
        return rented.AsSpan(0, length);
    }

    private static LiteralResult Decimal<T>(ReadOnlySpan<byte> text, out T value) where T : IBinaryFloatingPointIeee754<T>
    {
        byte[]? rented = null;
        try
        {
            // .NET's parser is correctly rounded for any number of digits and for both formats.
            value = T.Parse(WithoutSeparators(text, ref rented), NumberStyles.Float, CultureInfo.InvariantCulture);
            return T.IsInfinity(value) ? LiteralResult.OutOfRange : LiteralResult.Valid;
        }
        finally
        {
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
