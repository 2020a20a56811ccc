namespace Waxwing.AssemblyScript;

/// <summary>Shows calls of a host function: texts as such, everything else as numbers.</summary>
internal sealed class AssemblyScriptCallFormat(string function, string parameters) : WasmCallFormat
{
    private const string TextMark = ":text";

    private readonly string[] names = parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What is in front of the dot, in lower case; the compiler's own three are the runtime's.</summary>
    public override string Scope { get; } = function.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? function[..dot].ToLowerInvariant() : "runtime";

    public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments)
    {
        var shown = new KeyValuePair<string, string>[arguments.Length];
        for (var i = 0; i < shown.Length; i++)
        {
            shown[i] = names[i].EndsWith(TextMark, StringComparison.Ordinal)
                ? new(names[i][..^TextMark.Length], Text(caller, arguments[i].AsInt32()))
                : new(names[i], Value(arguments[i]));
        }
        return shown;
    }

    private static string Text(WasmCaller caller, int pointer)
    {
        try
        {
            return caller.IsGuest && AssemblyScriptObjects.ReadString(caller.Memory, pointer) is { } text ? $"\"{Escape(text)}\"" : "null";
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException)
        {
            return $"bad address 0x{pointer:x}";
        }
    }
}
