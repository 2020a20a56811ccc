using System.Text;

namespace Waxwing;

/// <summary>One call of an imported function, as it is shown to people. All text is printable and bounded.</summary>
public sealed class WasmHostCall
{
    private readonly bool isKnown;

    internal WasmHostCall(string module, string function, bool isKnown, IReadOnlyList<KeyValuePair<string, string>> arguments) =>
        (Module, Function, this.isKnown, Arguments) = (module, function, isKnown, arguments);

    /// <summary>The module name of the import.</summary>
    public string Module { get; }

    /// <summary>The name within it, for example <c>path_open</c>.</summary>
    public string Function { get; }

    /// <summary>
    /// The arguments. Those of known interfaces by name and decoded: descriptors with what they stand for, texts, flags by name, lists of buffers as their total; addresses of results are left out.
    /// Those of other functions as values, with an empty name.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Arguments { get; }

    /// <summary>What the call gave: an error by name, results by name or as values, "ok" or "" where there is nothing to say. Null if it did not return: the guest ended in it, or an exception left it.</summary>
    public string? Result { get; internal set; }

    /// <summary>How long the call took, waiting included.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>The call on one line, as in <c>fd_read(fd: 0 stdin, iovs: 1 buffer, 1024 bytes) = nread: 5</c>, or <c>env.log(1024, 5)</c>: with the module unless the interface is a known one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (!isKnown)
            text.Append(WasmCallFormat.Escape(Module)).Append('.');
        text.Append(WasmCallFormat.Escape(Function)).Append('(');
        for (var i = 0; i < Arguments.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (Arguments[i].Key.Length > 0)
                text.Append(Arguments[i].Key).Append(": ");
            text.Append(Arguments[i].Value);
        }
        text.Append(')');
        return (Result switch { null => text.Append(" = does not return"), "" => text, var result => text.Append(" = ").Append(result) }).ToString();
    }
}
