using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.FileProviders;
using Waxwing.Extensions.FileProviders;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>Every file system there is; what can be granted to a guest must behave as if it were the host's.</summary>
public enum FileSystemKind
{
    Kernel,
    Walk,
    Portable,
    Memory,
    OverMemory,
    OverHost,
    OverZip,
    Zip,
    Embedded,
    Provider,
}

/// <summary>Makes file systems with the same content: <see cref="SampleTree"/>.</summary>
internal sealed class FileSystems(string prefix = "waxwing-wasi-") : IDisposable
{
    private readonly TemporaryDirectory temporary = new(prefix);
    private readonly List<IDisposable> opened = [];

    public TemporaryDirectory Temporary => temporary;

    public static bool HasLinks(FileSystemKind kind) => kind is not (FileSystemKind.Embedded or FileSystemKind.Provider);

    public WasiDirectory Open(FileSystemKind kind)
    {
        switch (kind)
        {
            case FileSystemKind.Kernel:
            case FileSystemKind.Walk:
            case FileSystemKind.Portable:
                return Keep(Enum.Parse<Backend>(kind.ToString()).Open(HostTree()));
            case FileSystemKind.Memory:
                return MemoryTree().Root;
            case FileSystemKind.OverMemory:
                return MemoryFileSystem.Over(MemoryTree().Root).Root;
            case FileSystemKind.OverHost:
                return MemoryFileSystem.Over(Keep(WasiDirectory.OpenHost(HostTree()))).Root;
            case FileSystemKind.OverZip:
                return MemoryFileSystem.Over(ZipTree().Root).Root;
            case FileSystemKind.Zip:
                return ZipTree().Root;
            case FileSystemKind.Embedded:
                return EmbeddedFileSystem.Open(typeof(FileSystems).Assembly, "tree/");
            case FileSystemKind.Provider:
                var provider = new PhysicalFileProvider(HostTree());
                opened.Add(provider);
                return provider.ToWasiDirectory();
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    private string HostTree()
    {
        foreach (var (path, content) in SampleTree.Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(temporary[path])!);
            File.WriteAllText(temporary[path], content);
        }
        foreach (var (path, target) in SampleTree.Links)
        {
            if (new FileInfo(temporary[path]).LinkTarget is null)
                File.CreateSymbolicLink(temporary[path], target);
        }
        return temporary.Sandbox;
    }

    private static MemoryFileSystem MemoryTree()
    {
        var system = new MemoryFileSystem();
        foreach (var (path, content) in SampleTree.Files)
            system.WriteFile(path, Encoding.UTF8.GetBytes(content));
        foreach (var (path, target) in SampleTree.Links)
            Assert.Equal(WasiErrno.Success, system.Root.CreateSymbolicLink(target, path));
        return system;
    }

    private ZipFileSystem ZipTree()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in SampleTree.Files.Concat(SampleTree.Links))
            {
                var entry = archive.CreateEntry(path);
                if (SampleTree.Links.ContainsKey(path))
                    entry.ExternalAttributes = unchecked((int)0xA1FF0000);
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        var zip = ZipFileSystem.Open(bytes);
        opened.Add(zip);
        return zip;
    }

    private T Keep<T>(T node) where T : IDisposable
    {
        opened.Add(node);
        return node;
    }

    public void Dispose()
    {
        foreach (var one in opened)
            one.Dispose();
        temporary.Dispose();
    }
}

/// <summary>The content that the file systems under test begin with. The files are also embedded in this assembly, from the folder of the same name.</summary>
internal static class SampleTree
{
    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>
    {
        ["a"] = "file a",
        ["d/a"] = "file d/a, a little longer",
        ["d/b"] = "",
        ["d/e/a"] = "deep",
        ["f/only"] = "alone",
    };

    /// <summary>Some lead nowhere, or would lead out.</summary>
    public static IReadOnlyDictionary<string, string> Links { get; } = new Dictionary<string, string>
    {
        ["l"] = "d",
        ["m"] = "d/a",
        ["out"] = "../secret",
        ["absolute"] = "/a",
        ["loop"] = "loop",
        ["nowhere"] = "missing",
        ["slash"] = "d/",
        ["up"] = "d/../a",
    };
}
