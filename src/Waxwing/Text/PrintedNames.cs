using System.Globalization;
using System.Text;

namespace Waxwing.Text;

/// <summary>
/// How the entries of one index space are written: by identifier where the name section has a name that no earlier entry took, else by index. A name that
/// cannot be an identifier is kept as an annotation at the definition.
/// </summary>
internal sealed class PrintedNames
{
    private readonly Dictionary<int, string> identifiers = [];
    private readonly Dictionary<int, string> annotations = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    public static PrintedNames Of(int count, Func<int, string?> name)
    {
        var names = new PrintedNames();
        for (var index = 0; index < count; index++)
        {
            if (name(index) is { } text)
                names.Add(index, text);
        }
        return names;
    }

    public static PrintedNames Of(IEnumerable<KeyValuePair<int, string>> entries, bool unique = true)
    {
        var names = new PrintedNames();
        foreach (var (index, name) in entries)
            names.Add(index, name, unique);
        return names;
    }

    /// <summary>Whether the definition of an entry says its name.</summary>
    public bool IsNamed(int index) => identifiers.ContainsKey(index) || annotations.ContainsKey(index);

    /// <summary>What stands behind the keyword of a definition: an identifier, an annotation, or the index as a comment.</summary>
    public string Definition(int index) =>
        identifiers.TryGetValue(index, out var identifier) ? identifier
        : annotations.TryGetValue(index, out var annotation) ? annotation
        : string.Create(CultureInfo.InvariantCulture, $"(;{index};)");

    /// <summary>The identifier of an entry, or its index.</summary>
    public string Reference(int index) =>
        identifiers.TryGetValue(index, out var identifier) ? identifier : ((uint)index).ToString(CultureInfo.InvariantCulture);

    public bool TryIdentifier(int index, out string identifier) => identifiers.TryGetValue(index, out identifier!);

    private void Add(int index, string name, bool unique = true)
    {
        if (name.Length > 0 && (!unique || taken.Add(name)))
            identifiers.TryAdd(index, TextLiteral.Identifier(name));
        else
            annotations.TryAdd(index, $"(@name {TextLiteral.Name(name)})");
    }
}
