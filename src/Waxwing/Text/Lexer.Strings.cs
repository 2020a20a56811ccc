using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Waxwing.Binary;

namespace Waxwing.Text;

internal sealed partial class Lexer
{
    /// <summary>The position behind the string literal at <paramref name="from"/>.</summary>
    private int SkipString(ReadOnlySpan<byte> text, int from)
    {
        var end = TrySkipString(text, from, out var phrase, out var position);
        return end >= 0 ? end : throw source.Error(phrase!, position);
    }

    private static int TrySkipString(ReadOnlySpan<byte> text, int from, out string? phrase, out int position)
    {
        phrase = null;
        position = from + 1;
        while (position < text.Length)
        {
            switch (text[position])
            {
                case (byte)'"':
                    return position + 1;
                case (byte)'\\':
                    var length = EscapeLength(text[position..]);
                    if (length == 0)
                    {
                        phrase = "illegal escape";
                        return -1;
                    }
                    position += length;
                    break;
                case (byte)'\n' or (byte)'\r':
                    phrase = "unclosed string literal";
                    return -1;
                case < 0x20 or 0x7F:
                    phrase = "illegal control character in string literal";
                    return -1;
                default:
                    position++;
                    break;
            }
        }
        phrase = "unclosed string literal";
        return -1;
    }

    /// <summary>Bytes of the escape sequence that <paramref name="text"/> begins with, 0 if it is malformed.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
            return 0;
        switch (text[1])
        {
            case (byte)'t' or (byte)'n' or (byte)'r' or (byte)'"' or (byte)'\'' or (byte)'\\':
                return 2;
            case (byte)'u':
                var digits = text[2..];
                if (digits.Length < 3 || digits[0] != (byte)'{')
                    return 0;
                var close = digits.IndexOf((byte)'}');
                return close > 1 && TryScalar(digits[1..close], out _) ? close + 3 : 0;
            default:
                return text.Length >= 3 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]) ? 3 : 0;
        }
    }

    private static bool TryScalar(ReadOnlySpan<byte> digits, out Rune rune)
    {
        rune = default;
        uint value = 0;
        var afterDigit = false;
        foreach (var digit in digits)
        {
            if (digit == (byte)'_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
            value = (value << 4) | (uint)Convert.ToInt32(((char)digit).ToString(), 16);
            if (value > 0x10FFFF)
                return false;
            afterDigit = true;
        }
        return afterDigit && Rune.TryCreate(value, out rune);
    }

    /// <summary>Appends the bytes that a string literal, quotes included, stands for.</summary>
    public static void Decode(ReadOnlySpan<byte> literal, ByteWriter target)
    {
        var rest = literal[1..^1];
        Span<byte> utf8 = stackalloc byte[4];
        while (!rest.IsEmpty)
        {
            var plain = rest.IndexOf((byte)'\\');
            if (plain != 0)
            {
                plain = plain < 0 ? rest.Length : plain;
                target.Bytes(rest[..plain]);
                rest = rest[plain..];
                continue;
            }
            var length = EscapeLength(rest);
            switch (rest[1])
            {
                case (byte)'t':
                    target.Byte((byte)'\t');
                    break;
                case (byte)'n':
                    target.Byte((byte)'\n');
                    break;
                case (byte)'r':
                    target.Byte((byte)'\r');
                    break;
                case (byte)'"' or (byte)'\'' or (byte)'\\':
                    target.Byte(rest[1]);
                    break;
                case (byte)'u':
                    TryScalar(rest[3..(length - 1)], out var rune);
                    target.Bytes(utf8[..rune.EncodeToUtf8(utf8)]);
                    break;
                default:
                    target.Byte(byte.Parse(rest[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    break;
            }
            rest = rest[length..];
        }
    }

    /// <summary>The bytes of a string literal.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> literal)
    {
        if (!literal.Contains((byte)'\\'))
            return literal[1..^1].ToArray();
        var writer = new ByteWriter(literal.Length);
        Decode(literal, writer);
        return writer.ToArray();
    }

    private void CheckName(ReadOnlySpan<byte> literal, int position)
    {
        if (literal.Contains((byte)'\\') && !Utf8.IsValid(Decode(literal)))
            throw source.Error("malformed UTF-8 encoding", position);
    }
}
