namespace Waxwing.Runtime;

/// <summary>Suggestions for names that were not found.</summary>
internal static class Spelling
{
    private const int Shown = 8, LongestCompared = 64;

    /// <summary>The name that differs least, if it is similar at all. Cost: O(names), long ones are not looked at.</summary>
    public static string? Nearest(string wanted, IEnumerable<string> names)
    {
        if (wanted.Length > LongestCompared)
            return null;
        var best = Math.Max(1, wanted.Length / 3);
        string? nearest = null;
        foreach (var name in names)
        {
            if (name.Length > LongestCompared || Math.Abs(name.Length - wanted.Length) > best)
                continue;
            var distance = string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(wanted, name);
            if (distance < best || (distance == best && nearest is null))
                (best, nearest) = (distance, name);
        }
        return nearest;
    }

    /// <summary>The first few names, quoted.</summary>
    public static string List(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Shown).Select(name => $"\"{name}\"")) + (names.Count > Shown ? $" and {names.Count - Shown} more" : "");

    /// <summary>Insertions, deletions and replacements that turn one into the other.</summary>
    private static int Distance(string from, string to)
    {
        Span<int> row = stackalloc int[LongestCompared + 1];
        for (var j = 0; j <= to.Length; j++)
            row[j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[to.Length];
    }
}
