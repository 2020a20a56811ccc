using System.Text;

namespace Waxwing.Wasi;

/// <summary>One call of a WASI function, as it is shown to people. All text is printable: what guests give is escaped and bounded.</summary>
public sealed class WasiTrace
{
    internal WasiTrace(string function, IReadOnlyList<KeyValuePair<string, string>> arguments) => (Function, Arguments) = (function, arguments);

    /// <summary>The function's name, for example <c>path_open</c>.</summary>
    public string Function { get; }

    /// <summary>The arguments by name, decoded: descriptors with what they stand for, paths, flags by name, lists of buffers as their total. Addresses of results are left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Arguments { get; }

    /// <summary>What the function returned; null if it did not return (the guest ended in it).</summary>
    public WasiErrno? Error { get; internal set; }

    /// <summary>What a successful call wrote, by name and decoded.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Results { get; internal set; } = [];

    /// <summary>How long the call took, waiting included.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>The call on one line, as in <c>fd_read(0 stdin, iovs: 1 buffer, 1024 bytes) = nread: 5</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Function).Append('(');
        Append(text, Arguments);
        text.Append(") = ");
        if (Error is not { } error)
            return text.Append("does not return").ToString();
        if (error != WasiErrno.Success)
            return text.Append(NameOf(error)).ToString();
        if (Results.Count == 0)
            return text.Append("ok").ToString();
        Append(text, Results);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        for (var i = 0; i < values.Count; i++)
            text.Append(i > 0 ? ", " : "").Append(values[i].Key).Append(": ").Append(values[i].Value);
    }

    /// <summary>The specification's name.</summary>
    private static string NameOf(WasiErrno error) => error == WasiErrno.TooBig ? "2big" : error.ToString().ToLowerInvariant();
}
