namespace Waxwing.Cli.Wast;

/// <summary>Finds scripts.</summary>
internal static class ScriptFiles
{
    /// <summary>The .wast files that the paths name, folders recursively, in a stable order.</summary>
    /// <exception cref="UsageException">A path does not exist.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, string? filter)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
                files.AddRange(Directory.EnumerateFiles(path, "*.wast", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
            else if (File.Exists(path))
                files.Add(path);
            else
                throw new UsageException($"there is no file or folder `{path}`");
        }
        return filter is null ? files : files.FindAll(file => file.Contains(filter, StringComparison.OrdinalIgnoreCase));
    }
}
