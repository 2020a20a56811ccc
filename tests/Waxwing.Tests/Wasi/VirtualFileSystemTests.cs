using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.FileProviders;
using Waxwing.Extensions.FileProviders;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>What is special about the file systems that are not the host's. That they behave like it is shown by <see cref="FileSystemDifferenceTests"/>.</summary>
public sealed class VirtualFileSystemTests
{
    private const uint Create = (uint)WasiOpenFlags.Create;

    private static Guest NewGuest(WasiDirectory root, bool readOnly = false) => new(new WasiOptions().AddDirectory(root, "/", readOnly));

    [Fact]
    public void Memory_is_shared_with_the_embedder_and_between_guests()
    {
        var system = new MemoryFileSystem();
        system.WriteFile("in/data", "input"u8);
        system.CreateDirectory("out");
        using (var writer = NewGuest(system.Root))
        {
            Assert.Equal("input", writer.ReadFile("in/data"));
            writer.WriteFile("out/result", "output");
        }
        Assert.Equal("output"u8, system.ReadFile("/out/result"));
        using var reader = NewGuest(system.Root, readOnly: true);
        Assert.Equal("output", reader.ReadFile("out/result"));
        Assert.Equal(WasiErrno.Rofs, reader.OpenError("out/result", rights: Guest.Writing));
        Assert.Equal(WasiErrno.Rofs, reader.Path("path_unlink_file", "out/result"));
        Assert.Throws<FileNotFoundException>(() => system.ReadFile("missing"));
        Assert.Throws<IOException>(() => system.ReadFile("in/data/x"));
        Assert.Throws<IOException>(() => system.ReadFile("out"));
        Assert.Throws<ArgumentException>(() => system.ReadFile("../x"));
    }

    [Fact]
    public void Memory_is_bounded_and_given_back()
    {
        var system = new MemoryFileSystem(new() { MaximumBytes = 100_000 });
        using var guest = NewGuest(system.Root);
        var fd = guest.Open("file", Create, Guest.Writing);
        Assert.Equal(WasiErrno.Success, guest.Call("fd_filestat_set_size", fd, 90_000UL));
        foreach (var size in (ulong[])[100_001, 1UL << 40, long.MaxValue])
            Assert.Equal(WasiErrno.Nospc, guest.Call("fd_filestat_set_size", fd, size));
        Assert.Equal(WasiErrno.Nospc, guest.Call("fd_allocate", fd, 0UL, 1UL << 50));
        Assert.Equal(WasiErrno.Nospc, guest.Call("fd_pwrite", fd, guest.Buffers(guest.Text("x")), 1u, 1UL << 45, guest.Allocate(4)));
        Assert.Equal(90_000UL, guest.Seek(fd, 0, WasiWhence.End));
        // Names count too: a guest cannot fill memory with empty files, directories or links.
        var made = 0;
        WasiErrno error;
        do
        {
            guest.Reset();
            error = (made % 3) switch { 0 => guest.OpenError($"f{made}", Create, Guest.Writing), 1 => guest.Path("path_create_directory", $"d{made}"), _ => guest.Symlink("target", $"l{made}") };
        }
        while (error == WasiErrno.Success && ++made < 1000);
        Assert.Equal(WasiErrno.Nospc, error);
        Assert.InRange(made, 10, 100);
        for (var i = 0; i < made; i++)
            Assert.Equal(WasiErrno.Success, guest.Path(i % 3 == 1 ? "path_remove_directory" : "path_unlink_file", (i % 3) switch { 0 => $"f{i}", 1 => $"d{i}", _ => $"l{i}" }));
        // A file without a name lives until it is closed.
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "file"));
        Assert.Equal(90_000, system.UsedBytes);
        guest.Write(fd, "");
        guest.Do("fd_close", fd);
        Assert.Equal(0, system.UsedBytes);
    }

    [Fact]
    public void Holes_cost_nothing_and_read_as_zero()
    {
        var system = new MemoryFileSystem(new() { MaximumBytes = 1L << 40 });
        using var guest = NewGuest(system.Root);
        var fd = guest.Open("file", Create, Guest.Writing);
        var before = GC.GetTotalAllocatedBytes();
        guest.Do("fd_pwrite", fd, guest.Buffers(guest.Text("end")), 1u, 1UL << 32, guest.Allocate(4));
        Assert.True(GC.GetTotalAllocatedBytes() - before < 4 << 20);
        Assert.Equal((1UL << 32) + 3, guest.Seek(fd, 0, WasiWhence.End));
        guest.Seek(fd, (1L << 32) - 5, WasiWhence.Start);
        Assert.Equal("\0\0\0\0\0end", guest.Read(fd));
        // Cut within a chunk and extended again: nothing of what was there comes back.
        guest.Seek(fd, 0, WasiWhence.Start);
        guest.Write(fd, "0123456789");
        guest.Do("fd_filestat_set_size", fd, 4UL);
        guest.Do("fd_filestat_set_size", fd, 8UL);
        guest.Seek(fd, 0, WasiWhence.Start);
        Assert.Equal("0123\0\0\0\0", guest.Read(fd));
    }

    [Theory]
    [InlineData(FileSystemKind.OverHost)]
    [InlineData(FileSystemKind.OverZip)]
    [InlineData(FileSystemKind.OverMemory)]
    public void What_lies_beneath_an_overlay_stays_as_it_is(FileSystemKind kind)
    {
        using var systems = new FileSystems();
        using var guest = NewGuest(systems.Open(kind));
        guest.WriteFile("a", "changed");
        guest.WriteFile("new", "made");
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "d/b"));
        Assert.Equal(WasiErrno.Success, guest.Rename("d", "moved"));
        Assert.Equal(WasiErrno.Success, guest.Rename("moved/e", "f/e"));
        guest.WriteFile("f/e/a", "deeper");
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "m"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_create_directory", "d"));
        guest.WriteFile("d/x", "another");
        Assert.Equal("changed", guest.ReadFile("a"));
        Assert.Equal("file d/a, a little longer", guest.ReadFile("moved/a"));
        Assert.Equal("deeper", guest.ReadFile("f/e/a"));
        Assert.Equal([".", "..", "x"], Names(guest, "d"));
        Assert.Equal([".", "..", "a"], Names(guest, "moved"));
        Assert.Equal([".", "..", "e", "only"], Names(guest, "f"));
        // A directory that was removed and made anew does not show what lies beneath.
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "moved/a"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_remove_directory", "moved"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "d/x"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_remove_directory", "d"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_create_directory", "d"));
        Assert.Equal([".", ".."], Names(guest, "d"));
        if (kind == FileSystemKind.OverHost)
        {
            foreach (var (path, content) in SampleTree.Files)
                Assert.Equal(content, File.ReadAllText(systems.Temporary[path]));
            Assert.Equal(SampleTree.Files.Count + SampleTree.Links.Count + 3, Directory.EnumerateFileSystemEntries(systems.Temporary.Sandbox, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, MaxRecursionDepth = 0 })
                .Concat(Directory.EnumerateFileSystemEntries(systems.Temporary["d"])).Concat(Directory.EnumerateFileSystemEntries(systems.Temporary["d/e"])).Concat(Directory.EnumerateFileSystemEntries(systems.Temporary["f"])).Count());
        }
    }

    [Fact]
    public void Nothing_is_missed_that_changes_while_an_overlay_is_listed()
    {
        var lower = new MemoryFileSystem();
        for (var i = 0; i < 50; i++)
            lower.WriteFile($"file{i}", "x"u8);
        using var guest = NewGuest(MemoryFileSystem.Over(lower.Root).Root);
        var fd = guest.OpenDirectory(".");
        var (buffer, result, cookie) = (guest.Allocate(64), guest.Allocate(4), 0UL);
        List<string> seen = [];
        while (true)
        {
            guest.Do("fd_readdir", fd, buffer, 64u, cookie, result);
            if (guest.U32(result) == 0)
                break;
            seen.Add(guest.Memory.ReadUtf8(buffer + 24, (int)guest.U32(buffer + 16)));
            cookie = guest.U64(buffer);
            // Each is copied up in the middle, and new ones come.
            if (seen.Count % 5 == 0)
                guest.WriteFile($"file{seen.Count % 50}", "changed");
        }
        Assert.Equal(52, seen.Distinct().Count());
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public void A_hostile_archive_has_no_way_out()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in (string[])["../escape", "a/../../escape", "/absolute", "..", ".", "dir/", "dir//inner", "nul\0name", "good", "good/below", "dir", "twice", "twice", new('y', 5000)])
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(name));
            }
            using var bomb = archive.CreateEntry("bomb", CompressionLevel.SmallestSize).Open();
            bomb.Write(new byte[3 << 20]);
        }
        using var zip = ZipFileSystem.Open(bytes, leaveOpen: true, new() { MaximumFileBytes = 1 << 20 });
        using var guest = NewGuest(zip.Root);
        Assert.Equal([".", "..", "absolute", "bomb", "dir", "good", "twice"], Names(guest, "."));
        Assert.Equal("/absolute", guest.ReadFile("absolute"));
        Assert.Equal("dir//inner", guest.ReadFile("dir/inner"));
        Assert.Equal(WasiErrno.Fbig, guest.OpenError("bomb"));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("new", Create, Guest.Writing));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_unlink_file", "good"));
        Assert.Equal(WasiErrno.Rofs, guest.Rename("good", "other"));

        // Files open at once are bounded together, and one opened twice counts once.
        using var small = ZipFileSystem.Open(bytes, leaveOpen: true, new() { MaximumOpenBytes = 12 });
        using var second = NewGuest(small.Root);
        var (first, again) = (second.Open("dir/inner"), second.Open("dir/inner"));
        Assert.Equal(WasiErrno.Nomem, second.OpenError("absolute"));
        second.Do("fd_close", first);
        Assert.Equal(WasiErrno.Nomem, second.OpenError("absolute"));
        second.Do("fd_close", again);
        Assert.Equal(WasiErrno.Success, second.OpenError("absolute"));
        Assert.Throws<InvalidDataException>(() => ZipFileSystem.Open(bytes, leaveOpen: true, new() { MaximumEntries = 3 }));
        Assert.Throws<InvalidDataException>(() => ZipFileSystem.Open(new MemoryStream("not a zip"u8.ToArray())));
    }

    [Fact]
    public void Damaged_archives_end_in_an_error()
    {
        var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 5; i++)
            {
                using var stream = archive.CreateEntry($"d/{i}").Open();
                stream.Write(Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 200))));
            }
        }
        var (random, original, opened) = (new Random(3), bytes.ToArray(), 0);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = original.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                using var zip = ZipFileSystem.Open(new MemoryStream(damaged), options: new() { MaximumFileBytes = 1 << 20 });
                using var guest = NewGuest(zip.Root);
                for (var i = 0; i < 5; i++)
                {
                    if (guest.TryOpen($"d/{i}", out var fd) == WasiErrno.Success)
                        guest.TryRead(fd, 1000, out _);
                }
                opened++;
            }
            catch (InvalidDataException)
            {
            }
        }
        Assert.True(opened > 100);
    }

    [Fact]
    public void Resources_are_files()
    {
        using var guest = NewGuest(EmbeddedFileSystem.Open(typeof(FileSystems).Assembly, "tree/"));
        Assert.Equal("deep", guest.ReadFile("d/e/a"));
        var fd = guest.Open("d/a");
        guest.Seek(fd, 5, WasiWhence.Start);
        Assert.Equal("d/a", guest.Read(fd, 3));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("a", rights: Guest.Writing));
        Assert.Equal([".", "..", "a", "d", "f"], Names(guest, "."));
    }

    [Fact]
    public void A_file_provider_is_a_directory()
    {
        using var systems = new FileSystems();
        using var _ = systems.Open(FileSystemKind.Walk);
        using var provider = new PhysicalFileProvider(systems.Temporary.Sandbox);
        using var guest = NewGuest(provider.ToWasiDirectory("d"));
        Assert.Equal("deep", guest.ReadFile("e/a"));
        Assert.Equal([".", "..", "a", "b", "e"], Names(guest, "."));
        foreach (var path in (string[])["e\\a", "..\\a", "a:x", "E/a"])
            Assert.Equal(WasiErrno.Noent, guest.OpenError(path));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("../a"));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("a", rights: Guest.Writing));
        // What cannot seek is read whole.
        using var streams = NewGuest(new OneWayProvider().ToWasiDirectory());
        var fd = streams.Open("file");
        streams.Seek(fd, 4, WasiWhence.Start);
        Assert.Equal("way", streams.Read(fd));
    }

    private static List<string> Names(Guest guest, string path)
    {
        var fd = guest.OpenDirectory(path);
        var names = guest.List(fd).Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        guest.Do("fd_close", fd);
        return names;
    }

    private sealed class OneWayProvider : IFileProvider, IFileInfo
    {
        public bool Exists => true;
        public bool IsDirectory => false;
        public DateTimeOffset LastModified => DateTimeOffset.UnixEpoch;
        public long Length => 7;
        public string Name => "file";
        public string? PhysicalPath => null;

        public Stream CreateReadStream()
        {
            var compressed = new MemoryStream();
            using (var deflate = new DeflateStream(compressed, CompressionMode.Compress, leaveOpen: true))
                deflate.Write("one way"u8);
            compressed.Position = 0;
            return new DeflateStream(compressed, CompressionMode.Decompress);
        }

        public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;
        public IFileInfo GetFileInfo(string subpath) => subpath == "file" ? this : new NotFoundFileInfo(subpath);
        public Microsoft.Extensions.Primitives.IChangeToken Watch(string filter) => NullChangeToken.Singleton;
    }
}
