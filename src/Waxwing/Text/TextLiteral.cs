using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Waxwing.Text;

/// <summary>Writes literals so that the lexer reads back exactly the same value.</summary>
internal static class TextLiteral
{
    private const string IdentifierCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~";
    private static readonly SearchValues<char> Plain = SearchValues.Create(IdentifierCharacters);

    /// <summary>`$name`, quoted where it has other characters than identifiers may have.</summary>
    public static string Identifier(string name) => name.AsSpan().ContainsAnyExcept(Plain) ? "$" + Name(name) : "$" + name;

    /// <summary>A string literal of text. Letters, digits, marks and symbols of all scripts stay readable; what could disguise the text is escaped.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder(name.Length + 2).Append('"');
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
                text.Append('\\').Append((char)rune.Value);
            else if (rune.Value is >= 0x20 and < 0x7F || (rune.Value > 0x7F && IsVisible(rune)))
                text.Append(rune);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
        }
        return text.Append('"').ToString();
    }

    /// <summary>A string literal of bytes.</summary>
    public static void WriteBytes(TextWriter writer, ReadOnlySpan<byte> bytes)
    {
        const string Digits = "0123456789abcdef";
        writer.Write('"');
        foreach (var value in bytes)
        {
            if (value is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\'))
            {
                writer.Write((char)value);
                continue;
            }
            writer.Write('\\');
            writer.Write(Digits[value >> 4]);
            writer.Write(Digits[value & 15]);
        }
        writer.Write('"');
    }

    public static string Float32(uint bits) => Float(BitConverter.UInt32BitsToSingle(bits), bits, bits >> 31 != 0, bits & 0x7F_FFFF, 0x40_0000);

    public static string Float64(ulong bits) =>
        Float(BitConverter.UInt64BitsToDouble(bits), bits, bits >> 63 != 0, bits & 0xF_FFFF_FFFF_FFFF, 0x8_0000_0000_0000);

    /// <summary>The shortest decimal that reads back as the same number; NaN with its payload.</summary>
    private static string Float<T>(T value, ulong bits, bool negative, ulong payload, ulong canonical) where T : IBinaryFloatingPointIeee754<T>
    {
        var sign = negative ? "-" : "";
        if (T.IsNaN(value))
            return payload == canonical ? sign + "nan" : string.Create(CultureInfo.InvariantCulture, $"{sign}nan:0x{payload:x}");
        if (T.IsInfinity(value))
            return sign + "inf";
        return bits == 0 ? "0" : value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.DashPunctuation or UnicodeCategory.ConnectorPunctuation
        or UnicodeCategory.OtherPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.MathSymbol
        or UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherSymbol;
}
