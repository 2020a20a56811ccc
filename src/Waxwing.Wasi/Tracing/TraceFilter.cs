using System.IO.Enumeration;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi.Tracing;

/// <summary>Which functions are traced.</summary>
internal sealed class TraceFilter
{
    private readonly HashSet<string> names = [];

    /// <summary>Reads a list of scopes and names, as <see cref="WasiOptions.WithTrace(Action{WasiTrace}, string)"/> describes it.</summary>
    /// <exception cref="ArgumentException">A word is neither.</exception>
    public TraceFilter(string text)
    {
        var first = true;
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var excludes = word[0] == '-';
            if (first && excludes)
                Apply("all", excludes: false);
            first = false;
            Apply(excludes ? word[1..] : word, excludes);
        }
        if (first)
            Apply("all", excludes: false);
    }

    public bool Includes(WasiFunction function) => names.Contains(function.Name);

    private void Apply(string word, bool excludes)
    {
        var found = false;
        foreach (var function in WasiFunctions.All)
        {
            if (word != "all" && !function.Scope.ToString().Equals(word, StringComparison.OrdinalIgnoreCase) && !FileSystemName.MatchesSimpleExpression(word, function.Name, ignoreCase: false))
                continue;
            found = true;
            if (excludes)
                names.Remove(function.Name);
            else
                names.Add(function.Name);
        }
        if (!found)
        {
            throw new ArgumentException($"Neither a scope nor a function: '{word}'. The scopes are all, {string.Join(", ", Enum.GetNames<WasiScope>()).ToLowerInvariant()}; "
                + "functions have names like fd_write, and path_* means several.");
        }
    }
}
