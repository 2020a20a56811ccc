namespace Waxwing.Bench;

/// <summary>Real modules that <c>tests/corpora/fetch.sh</c> fetched.</summary>
internal static class CorpusFiles
{
    private static string Folder { get; } = Environment.GetEnvironmentVariable("WAXWING_CORPORA_CACHE") is { Length: > 0 } cache
        ? cache
        : Path.GetFullPath(Path.Combine(Machine.KernelFolder, "..", "..", "artifacts", "corpora"));

    /// <summary>The path of a file of packages.txt, or null if it was not fetched.</summary>
    public static string? PathOf(string name) => Path.Combine(Folder, name) is var path && File.Exists(path) ? path : null;

    /// <summary>Modules by path, or by name or folder among those fetched; all fetched ones if there are no words.</summary>
    /// <exception cref="FileNotFoundException">A word names nothing.</exception>
    public static IReadOnlyList<(string Name, string Path)> Find(IReadOnlyCollection<string> words)
    {
        if (words.Count == 0)
            return Directory.Exists(Folder) ? All(Folder) : throw new FileNotFoundException($"no module was fetched to {Folder}: run tests/corpora/fetch.sh full");
        return [.. words.SelectMany<string, (string, string)>(word =>
            File.Exists(word) ? [(Path.GetFileName(word), Path.GetFullPath(word))]
            : PathOf(word) is { } path ? [(word, path)]
            : Directory.Exists(Path.Combine(Folder, word)) ? All(Path.Combine(Folder, word))
            : throw new FileNotFoundException($"{word} is neither a file nor fetched: run tests/corpora/fetch.sh {word.Split('/')[0]}"))];
    }

    private static (string, string)[] All(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.wasm", SearchOption.AllDirectories)
            .Select(path => (Path.GetRelativePath(Folder, path).Replace('\\', '/'), path)).Order(),
    ];
}
