namespace Waxwing.Tests.Wasi;

/// <summary>A folder of its own with a granted directory "sandbox" and, beside it, things no guest may reach.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public const string Secret = "not for guests";

    public TemporaryDirectory()
    {
        Root = Directory.CreateTempSubdirectory("waxwing-wasi-").FullName;
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
    public string[] Outside() =>
    [
        .. Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Where(path => !path.StartsWith(Sandbox + '/', StringComparison.Ordinal)).Order()
            .Select(path => File.Exists(path) ? $"{path}: {File.ReadAllText(path)}" : path),
    ];

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
