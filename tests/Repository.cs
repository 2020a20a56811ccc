namespace Waxwing.Tests;

/// <summary>Finds files of the source tree from wherever the tests were built to.</summary>
internal static class Repository
{
    public static string Root { get; } = FindUpwards(AppContext.BaseDirectory, "Waxwing.slnx")
        ?? throw new InvalidOperationException($"no Waxwing.slnx above {AppContext.BaseDirectory}: run the tests from a clone");

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The nearest folder, from <paramref name="start"/> upwards, that holds a file or folder named <paramref name="entry"/>; null if none does.</summary>
    public static string? FindUpwards(string start, string entry)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, entry)))
                return folder.FullName;
        }
        return null;
    }
}
