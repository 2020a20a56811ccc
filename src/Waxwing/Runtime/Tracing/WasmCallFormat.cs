using System.Globalization;
using System.Text;

namespace Waxwing;

/// <summary>
/// How calls of a host function are shown when they are traced (<see cref="WasmRuntimeOptions.HostTrace"/>): derive from it to give arguments names and decode what they point to, and give it to
/// <see cref="WasmFunction.WithFormat"/>. Used by several threads at once.
/// </summary>
public abstract class WasmCallFormat
{
    private const int LongestText = 200;

    /// <summary>What the function is about, a word for filters, like "file"; null if the function belongs to no known interface, and is shown with its module's name.</summary>
    public virtual string? Scope => null;

    /// <summary>Called when an import is linked to the function and its calls are to be traced: the time to begin with what is only needed for that.</summary>
    public virtual void Attach() { }

    /// <summary>The arguments as names and texts. Called before the function. Must not fail, whatever the guest passes.</summary>
    /// <param name="caller">The calling guest.</param>
    /// <param name="arguments">The arguments.</param>
    public abstract IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments);

    /// <summary>What came of the call. Called after the function has returned. Must not fail. By default the results as values.</summary>
    /// <param name="caller">The calling guest.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="results">The results.</param>
    public virtual string Result(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, ReadOnlySpan<WasmValue> results) => Values(results);

    /// <summary>Text of a guest with everything escaped that is not plainly printable, cut off when it is long.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isCut = text.Length > LongestText;
        var escaped = new StringBuilder();
        foreach (var rune in (isCut ? text[..LongestText] : text).EnumerateRunes())
        {
            if (rune.Value is '"' or '\\')
                escaped.Append('\\').Append((char)rune.Value);
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            else
                escaped.Append(rune.ToString());
        }
        return isCut ? escaped.Append("...").ToString() : escaped.ToString();
    }

    /// <summary>One value: integers in decimal with their sign, a vector in hexadecimal, a reference by its type.</summary>
    /// <param name="value">The value.</param>
    public static string Value(WasmValue value) => value.Kind switch
    {
        ValueKind.I32 => value.AsInt32().ToString(CultureInfo.InvariantCulture),
        ValueKind.I64 => value.AsInt64().ToString(CultureInfo.InvariantCulture),
        ValueKind.F32 => value.AsSingle().ToString(CultureInfo.InvariantCulture),
        ValueKind.F64 => value.AsDouble().ToString(CultureInfo.InvariantCulture),
        ValueKind.V128 => $"0x{value.High:x16}{value.Low:x16}",
        _ => value.AsReference() switch { null => "null", WasmFunction function => Escape(function.ToString()), var reference => Escape(reference.GetType().Name) },
    };

    internal static string Values(ReadOnlySpan<WasmValue> values)
    {
        var text = new StringBuilder();
        foreach (ref readonly var value in values)
            text.Append(text.Length > 0 ? ", " : "").Append(Value(value));
        return text.ToString();
    }
}
