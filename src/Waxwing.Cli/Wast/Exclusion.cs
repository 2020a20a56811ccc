using System.IO.Enumeration;
using System.Text.Json;

namespace Waxwing.Cli.Wast;

/// <summary>
/// A path in a row of the exclusions file. Either it names assertions that are expected to fail: they are run all the same, one that fails counts as skipped, and
/// a path of which nothing fails any more is stale. Or it gives a script other features than all: nothing is excused then.
/// </summary>
/// <param name="Path">The end of the script's path, with `*` and `?`.</param>
/// <param name="Lines">Lines on which the excluded commands begin; empty for the whole script.</param>
/// <param name="Features">The features that the script runs with; null for a row that excludes.</param>
/// <param name="Reason">Why.</param>
internal sealed record Exclusion(string Path, IReadOnlyList<int> Lines, WasmFeatures? Features, string Reason)
{
    /// <summary>Whether the row speaks of a script.</summary>
    public bool IsAbout(string scriptPath)
    {
        var path = System.IO.Path.GetFullPath(scriptPath).Replace('\\', '/');
        return FileSystemName.MatchesSimpleExpression("*/" + Path, path, ignoreCase: false);
    }

    public bool Covers(int line) => Features is null && (Lines.Count == 0 || Lines.Contains(line));

    /// <summary>Reads a file of rows.</summary>
    /// <exception cref="UsageException">The file is not a JSON array of rows.</exception>
    public static IReadOnlyList<Exclusion> Load(Stream json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return [.. document.RootElement.EnumerateArray().SelectMany(Read)];
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new UsageException($"the exclusions file cannot be read: {problem.Message}");
        }
    }

    /// <summary>The rows that the program was built with.</summary>
    public static IReadOnlyList<Exclusion> LoadBuiltIn()
    {
        using var stream = typeof(Exclusion).Assembly.GetManifestResourceStream("spec-exclusions.json")!;
        return Load(stream);
    }

    private static IEnumerable<Exclusion> Read(JsonElement row)
    {
        IReadOnlyList<int> lines = row.TryGetProperty("lines", out var numbers) ? [.. numbers.EnumerateArray().Select(line => line.GetInt32())] : [];
        WasmFeatures? features = row.TryGetProperty("features", out var list) ? FeatureList.Parse(list.GetString() ?? "") : null;
        var reason = row.GetProperty("reason").GetString() is { Length: > 0 } text ? text : throw new JsonException("a row needs a reason");
        foreach (var path in row.GetProperty("paths").EnumerateArray())
            yield return new(path.GetString() ?? throw new JsonException("a path must be a string"), lines, features, reason);
    }
}
