using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Emscripten.Files;

/// <summary>What a path of the guest means: the granted directory that contains it and the path from there. The working directory is kept here.</summary>
internal sealed class GuestPaths
{
    /// <summary>C's AT_FDCWD: relative to the working directory.</summary>
    public const int Current = -100;

    private readonly (uint Descriptor, string Name)[] grants;
    private readonly HashSet<string> ancestors = new(StringComparer.Ordinal) { "/" };
    private volatile string working;

    public GuestPaths(WasiProcess process, string workingDirectory)
    {
        working = Normalise("/", workingDirectory);
        List<(uint, string)> found = [];
        for (var number = 3u; process.Descriptors.Find(number) is { PreopenName: { } name }; number++)
            found.Add((number, Normalise("/", Encoding.UTF8.GetString(name))));
        grants = [.. found];
        foreach (var (_, name) in grants)
        {
            for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
                ancestors.Add(name[..slash]);
        }
    }

    public string WorkingDirectory
    {
        get => working;
        set => working = value;
    }

    /// <summary>An absolute path without ".", ".." and repeated slashes; ".." is resolved by the text, as Emscripten does.</summary>
    public string Absolute(string path) => Normalise(working, path);

    /// <summary>Whether it is a directory only because a granted one is below it.</summary>
    public bool IsAncestor(string absolute) => ancestors.Contains(absolute) && !grants.Any(grant => grant.Name == absolute);

    /// <summary>Resolves a path for WASI's functions.</summary>
    /// <param name="directory">A descriptor, or <see cref="Current"/>.</param>
    /// <param name="path">The guest's bytes.</param>
    /// <param name="descriptor">The directory that WASI starts from.</param>
    /// <param name="relative">The path from there.</param>
    public WasiErrno Resolve(int directory, ReadOnlySpan<byte> path, out uint descriptor, out byte[] relative)
    {
        (descriptor, relative) = (0, []);
        if (path.IsEmpty)
            return WasiErrno.Noent;
        if (directory != Current && path[0] != '/')
        {
            (descriptor, relative) = ((uint)directory, path.ToArray());
            return directory < 0 ? WasiErrno.Badf : WasiErrno.Success;
        }
        var text = Encoding.UTF8.GetString(path);
        var absolute = Absolute(text);
        var best = -1;
        foreach (var (number, name) in grants)
        {
            if (name.Length > best && IsWithin(absolute, name))
                (best, descriptor) = (name.Length, number);
        }
        if (best < 0)
            return WasiErrno.Noent;
        var rest = absolute.Length == best ? "." : absolute[(best == 1 ? 1 : best + 1)..];
        // A slash at the end says that it must be a directory.
        relative = Encoding.UTF8.GetBytes(text.EndsWith('/') && rest != "." ? rest + "/" : rest);
        return WasiErrno.Success;
    }

    private static bool IsWithin(string path, string directory) =>
        directory == "/" || (path.StartsWith(directory, StringComparison.Ordinal) && (path.Length == directory.Length || path[directory.Length] == '/'));

    private static string Normalise(string from, string path)
    {
        List<string> parts = [];
        foreach (var part in (path.StartsWith('/') ? path : from + "/" + path).Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                    parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }
        return "/" + string.Join('/', parts);
    }
}
