using System.Text;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>A file system of the embedder's own: the interface suffices, and containment comes with it.</summary>
public sealed class VirtualDirectoryTests
{
    private static Guest NewGuest(out Folder root)
    {
        root = new Folder
        {
            ["readme"] = "hello",
            ["empty"] = new Folder(),
            ["sub"] = new Folder { ["inner"] = "deep", ["link"] = new Link("../readme"), ["out"] = new Link("../../x"), ["absolute"] = new Link("/readme") },
            ["loop"] = new Link("loop"),
            ["way"] = new Link("sub/"),
        };
        return new(new WasiOptions().AddDirectory(root, "/"));
    }

    [Fact]
    public void Paths_and_links_are_resolved_for_it()
    {
        using var guest = NewGuest(out _);
        Assert.Equal("hello", guest.ReadFile("readme"));
        Assert.Equal("deep", guest.ReadFile("sub/../sub/./inner"));
        Assert.Equal("deep", guest.ReadFile("way/inner"));
        Assert.Equal("hello", guest.ReadFile("way/link"));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("sub/out"));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("sub/absolute"));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("way/../../x"));
        Assert.Equal(WasiErrno.Loop, guest.OpenError("loop"));
        Assert.Equal(WasiErrno.Loop, guest.OpenError("way", follow: false));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("readme/x"));
        Assert.Equal(WasiErrno.Noent, guest.TryStat("sub/missing", out _));
        Assert.Equal(WasiErrno.Success, guest.TryStat("way", out var stat));
        Assert.Equal(WasiFileType.Directory, stat.Type);
    }

    [Fact]
    public void What_it_does_not_implement_is_refused()
    {
        using var guest = NewGuest(out var root);
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_create_directory", "new"));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_unlink_file", "readme"));
        Assert.Equal(WasiErrno.Rofs, guest.Rename("readme", "other"));
        Assert.Equal(WasiErrno.Rofs, guest.Symlink("readme", "other"));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("readme", rights: Guest.Writing));
        var fd = guest.Open("readme");
        Assert.Equal(WasiErrno.Spipe, guest.Call("fd_seek", fd, 1L, 0u, guest.Allocate(8)));
        Assert.Equal([".", "empty", "loop", "readme", "sub", "way"], guest.List(3, 60).Select(entry => entry.Name));
        guest.Do("fd_close", 3u);
        Assert.False(root.IsDisposed);
    }

    private sealed record Link(string Target);

    private sealed class Folder : WasiDirectory
    {
        private readonly SortedDictionary<string, object> entries = new(StringComparer.Ordinal);

        public object this[string name] { set => entries[name] = value; }

        public bool IsDisposed { get; private set; }

        public override WasiErrno GetStat(out WasiFileStat stat)
        {
            stat = new(WasiFileType.Directory, 0);
            return WasiErrno.Success;
        }

        public override WasiErrno GetStat(string name, out WasiFileStat stat)
        {
            stat = default;
            if (name == ".")
                return GetStat(out stat);
            if (!entries.TryGetValue(name, out var entry))
                return WasiErrno.Noent;
            stat = entry switch { string text => new(WasiFileType.RegularFile, (ulong)text.Length), Link link => new(WasiFileType.SymbolicLink, (ulong)link.Target.Length), _ => new(WasiFileType.Directory, 0) };
            return WasiErrno.Success;
        }

        public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
        {
            directory = entries.GetValueOrDefault(name) as Folder;
            return directory is not null ? WasiErrno.Success : entries.ContainsKey(name) ? WasiErrno.Notdir : WasiErrno.Noent;
        }

        public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
        {
            node = name == "." ? this : entries.GetValueOrDefault(name) switch { string text => new Text(text), Folder folder => folder, _ => null };
            return node is not null ? mode.Write ? WasiErrno.Rofs : WasiErrno.Success : entries.ContainsKey(name) ? WasiErrno.Loop : WasiErrno.Noent;
        }

        public override WasiErrno ReadLink(string name, out string? target)
        {
            target = (entries.GetValueOrDefault(name) as Link)?.Target;
            return target is not null ? WasiErrno.Success : entries.ContainsKey(name) ? WasiErrno.Inval : WasiErrno.Noent;
        }

        public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
        {
            var name = entries.Keys.Prepend(".").ElementAtOrDefault((int)cookie);
            entry = name is null ? null : new(name, GetStat(name, out var stat) == WasiErrno.Success ? stat.Type : WasiFileType.Unknown, 0, cookie + 1);
            return WasiErrno.Success;
        }

        protected override void Dispose(bool disposing) => IsDisposed = true;
    }

    private sealed class Text(string text) : WasiFile
    {
        private readonly byte[] bytes = Encoding.UTF8.GetBytes(text);
        private int position;

        public override WasiFileType Type => WasiFileType.RegularFile;

        public override WasiErrno GetStat(out WasiFileStat stat)
        {
            stat = new(Type, (ulong)bytes.Length);
            return WasiErrno.Success;
        }

        public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
        {
            count = Math.Min(buffer.Length, bytes.Length - position);
            bytes.AsSpan(position, count).CopyTo(buffer);
            position += count;
            return WasiErrno.Success;
        }
    }
}
