namespace Waxwing.Tests.Wasi;

/// <summary>A folder of its own with a granted directory "sandbox" and, beside it, things no guest may reach.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public const string Secret = "not for guests";

    public TemporaryDirectory(string prefix = "waxwing-wasi-")
    {
        Root = Directory.CreateTempSubdirectory(prefix).FullName;
        Directory.CreateDirectory(Sandbox);
        Directory.CreateDirectory(Path.Join(Root, "sandbox-secret"));
        Directory.CreateDirectory(Path.Join(Root, "outside"));
        File.WriteAllText(Path.Join(Root, "secret"), Secret);
        File.WriteAllText(Path.Join(Root, "outside", "file"), Secret);
        File.WriteAllText(Path.Join(Root, "sandbox-secret", "file"), Secret);
    }

    public string Root { get; }

    public string Sandbox => Path.Join(Root, "sandbox");

    public string this[string name] => Path.Join(Sandbox, name);

    /// <summary>Everything outside the sandbox, to see that nothing changed.</summary>
    public List<string> Outside()
    {
        List<string> found = [];
        Collect(Root);
        return found;

        // Not by the library's own recursion: it follows the links that these tests are about.
        void Collect(string directory)
        {
            foreach (var info in new DirectoryInfo(directory).EnumerateFileSystemInfos().Where(info => info.FullName != Sandbox).OrderBy(info => info.Name))
            {
                found.Add(info.LinkTarget is { } target ? $"{info.FullName} -> {target}" : info is FileInfo ? $"{info.FullName}: {File.ReadAllText(info.FullName)}" : info.FullName);
                if (info is DirectoryInfo && info.LinkTarget is null)
                    Collect(info.FullName);
            }
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
