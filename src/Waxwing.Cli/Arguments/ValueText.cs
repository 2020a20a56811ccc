using System.Globalization;
using System.Runtime.Intrinsics;

namespace Waxwing.Cli;

/// <summary>Arguments of <c>--invoke</c>, parsed as the function's parameter types demand.</summary>
internal static class ValueText
{
    public static WasmValue[] ParseAll(IReadOnlyList<string> words, WasmFunction function)
    {
        var parameters = function.Type.Parameters;
        if (words.Count != parameters.Count)
            throw new UsageException($"{function.Name ?? "the function"} is {function.Type}: it takes {parameters.Count} argument{(parameters.Count == 1 ? "" : "s")}, not {words.Count}");
        return [.. words.Zip(parameters, Parse)];
    }

    public static WasmValue Parse(string text, ValueType type) => TryParse(text, type)
        ?? throw new UsageException($"`{text}` is not a value of type {type}");

    private static WasmValue? TryParse(string text, ValueType type) => type.Kind switch
    {
        ValueKind.I32 => TryParseInteger(text, out var integer) && integer >= int.MinValue && integer <= uint.MaxValue ? WasmValue.FromInt32((int)(long)integer) : default(WasmValue?),
        ValueKind.I64 => TryParseInteger(text, out var integer) && integer >= long.MinValue && integer <= ulong.MaxValue ? WasmValue.FromInt64((long)(ulong)(integer & ulong.MaxValue)) : default(WasmValue?),
        ValueKind.F32 => TryParseFloat(text, out var number) ? WasmValue.FromSingle(float.IsFinite((float)number) ? float.Parse(text, CultureInfo.InvariantCulture) : (float)number) : default(WasmValue?),
        ValueKind.F64 => TryParseFloat(text, out var number) ? WasmValue.FromDouble(number) : default(WasmValue?),
        ValueKind.V128 => TryParseVector(text, out var vector) ? WasmValue.FromVector128(vector) : default(WasmValue?),
        _ when text == "null" && type.IsNullable => WasmValue.Null,
        _ when type.Heap.Kind is HeapKind.Extern or HeapKind.Any => WasmValue.FromReference(text),
        _ when type.Heap.Kind is HeapKind.I31 or HeapKind.Eq && TryParseInteger(text, out var small) && small >= -(1 << 30) && small <= int.MaxValue => WasmValue.FromReference(I31.Of((int)small)),
        _ => default(WasmValue?),
    };

    private static bool TryParseInteger(string text, out Int128 value)
    {
        var negative = text.StartsWith('-');
        var digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        var hexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        // Up to 20 decimal or 16 hexadecimal digits, so that the number and its negative fit easily.
        var parsed = hexadecimal
            ? digits.Length <= 18 & Int128.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : digits.Length <= 20 & Int128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = negative ? -value : value;
        return parsed;
    }

    private static bool TryParseFloat(string text, out double value)
    {
        (value, var special) = text switch
        {
            "inf" or "+inf" => (double.PositiveInfinity, true),
            "-inf" => (double.NegativeInfinity, true),
            "nan" => (BitConverter.UInt64BitsToDouble(0x7FF8000000000000), true),
            "-nan" => (BitConverter.UInt64BitsToDouble(0xFFF8000000000000), true),
            _ => (0, false),
        };
        return special || double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Thirty-two hexadecimal digits, the most significant first: lane 0 is at the end, as in a 128-bit number.</summary>
    private static bool TryParseVector(string text, out Vector128<byte> vector)
    {
        var parsed = UInt128.TryParse(text.AsSpan(Math.Min(2, text.Length)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
            & text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) & text.Length == 34;
        vector = Vector128.Create((ulong)bits, (ulong)(bits >> 64)).AsByte();
        return parsed;
    }
}
