using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>What files and directories do for a guest, with every way to reach the host's.</summary>
public sealed class FileTests : IDisposable
{
    private const uint Create = (uint)WasiOpenFlags.Create;
    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    private Guest NewGuest(Backend backend) => new(new WasiOptions().AddDirectory(backend.Open(temporary.Sandbox), "/").WithSystemClock());

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Files_are_written_read_and_positioned(Backend backend)
    {
        using var guest = NewGuest(backend);
        var fd = guest.Open("file", Create, Guest.Writing);
        guest.Write(fd, "hello world");
        Assert.Equal(11UL, guest.Seek(fd, 0, WasiWhence.Current));
        Assert.Equal(6UL, guest.Seek(fd, 6, WasiWhence.Start));
        Assert.Equal("world", guest.Read(fd));
        Assert.Equal("", guest.Read(fd));
        Assert.Equal(8UL, guest.Seek(fd, -3, WasiWhence.End));
        Assert.Equal("rld", guest.Read(fd));
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_seek", fd, -1L, 0u, guest.Allocate(8)));
        // Several buffers in one call, with an empty one between.
        guest.Seek(fd, 0, WasiWhence.Start);
        var (one, two, result) = (guest.Allocate(4), guest.Allocate(100), guest.Allocate(4));
        guest.Do("fd_read", fd, guest.Buffers((one, 4u), (0u, 0u), (two, 100u)), 3u, result);
        Assert.Equal(11u, guest.U32(result));
        Assert.Equal("hell", guest.Memory.ReadUtf8(one, 4));
        Assert.Equal("o world", guest.Memory.ReadUtf8(two, 7));
        // At an offset: the position stays.
        guest.Do("fd_pwrite", fd, guest.Buffers(guest.Text("W"), guest.Text("O")), 2u, 6UL, result);
        Assert.Equal(2u, guest.U32(result));
        guest.Do("fd_pread", fd, guest.Buffers((one, 3u)), 1u, 5UL, result);
        Assert.Equal(" WO", guest.Memory.ReadUtf8(one, 3));
        var tell = guest.Allocate(8);
        guest.Do("fd_tell", fd, tell);
        Assert.Equal(11UL, guest.U64(tell));
        // Beyond the end a gap of zeros appears.
        guest.Do("fd_pwrite", fd, guest.Buffers(guest.Text("!")), 1u, 20UL, result);
        Assert.Equal("hello WOrld\0\0\0\0\0\0\0\0\0!", File.ReadAllText(temporary["file"]));
        guest.Do("fd_sync", fd);
        guest.Do("fd_datasync", fd);
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Opening_creates_truncates_and_refuses_as_asked(Backend backend)
    {
        using var guest = NewGuest(backend);
        Assert.Equal(WasiErrno.Noent, guest.OpenError("file"));
        Assert.Equal(WasiErrno.Success, guest.OpenError("file", Create | (uint)WasiOpenFlags.Exclusive, Guest.Writing));
        Assert.Equal(WasiErrno.Exist, guest.OpenError("file", Create | (uint)WasiOpenFlags.Exclusive, Guest.Writing));
        guest.WriteFile("file", "long text");
        guest.WriteFile("file", "short");
        Assert.Equal("short", guest.ReadFile("file"));
        guest.Do("fd_close", guest.Open("file", (uint)WasiOpenFlags.Truncate, Guest.Reading));
        Assert.Equal("", guest.ReadFile("file"));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("file", (uint)WasiOpenFlags.Directory));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("file/"));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("file/."));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("file/x"));
        Assert.Equal(WasiErrno.Noent, guest.OpenError("missing/x", Create, Guest.Writing));
        Assert.Equal(WasiErrno.Success, guest.OpenError("."));
        Assert.Equal(WasiErrno.Success, guest.OpenError("./"));
        Assert.Equal(WasiErrno.Isdir, guest.OpenError(".", rights: Guest.Writing));
        Assert.Equal(WasiErrno.Isdir, guest.OpenError(".", (uint)WasiOpenFlags.Directory, Guest.Writing));
        Assert.Equal(WasiErrno.Inval, guest.OpenError("x", Create | (uint)WasiOpenFlags.Directory));
        Assert.Equal(WasiErrno.Inval, guest.OpenError("x", 16));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("x", directory: guest.Open("file")));
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(guest.Open("file"), "x"));
        Assert.Equal(WasiErrno.Badf, guest.TryRead(guest.Open("file", rights: (ulong)Waxwing.Wasi.Abi.WasiRights.FdWrite), 1, out _));
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Appending_can_be_switched_on_and_off(Backend backend)
    {
        using var guest = NewGuest(backend);
        var fd = guest.Open("file", Create, Guest.Writing, fileFlags: (uint)WasiFileFlags.Append);
        guest.Write(fd, "one");
        guest.Seek(fd, 0, WasiWhence.Start);
        guest.Write(fd, "two");
        guest.Do("fd_fdstat_set_flags", fd, 0u);
        guest.Seek(fd, 0, WasiWhence.Start);
        guest.Write(fd, "O");
        guest.Do("fd_fdstat_set_flags", fd, (uint)(WasiFileFlags.Append | WasiFileFlags.Sync));
        guest.Write(fd, "!");
        Assert.Equal("Onetwo!", File.ReadAllText(temporary["file"]));
        var stat = guest.Allocate(24);
        guest.Do("fd_fdstat_get", fd, stat);
        Assert.Equal((ushort)(WasiFileFlags.Append | WasiFileFlags.Sync), guest.Memory.Read<ushort>(stat + 2));
        Assert.Equal(WasiErrno.Inval, guest.Call("fd_fdstat_set_flags", fd, 32u));
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Attributes_tell_size_type_identity_and_times(Backend backend)
    {
        using var guest = NewGuest(backend);
        guest.WriteFile("file", "12345");
        guest.Do("path_create_directory", 3u, guest.Text("dir").Address, 3u);
        Assert.Equal(WasiErrno.Success, guest.Symlink("file", "link"));
        Assert.Equal(WasiErrno.Success, guest.TryStat("file", out var file));
        Assert.Equal((WasiFileType.RegularFile, 5UL, 1UL), (file.Type, file.Size, file.LinkCount));
        Assert.Equal(WasiErrno.Success, guest.TryStat("dir", out var directory));
        Assert.Equal(WasiFileType.Directory, directory.Type);
        Assert.Equal(WasiErrno.Success, guest.TryStat("link", out var link, follow: false));
        Assert.Equal((WasiFileType.SymbolicLink, 4UL), (link.Type, link.Size));
        Assert.Equal(WasiErrno.Success, guest.TryStat("link", out var followed));
        Assert.Equal(file.Inode, followed.Inode);
        Assert.Equal(WasiErrno.Success, guest.TryStat(guest.Open("file"), out var opened));
        Assert.Equal((file.Inode, file.Device, file.Size), (opened.Inode, opened.Device, opened.Size));
        Assert.NotEqual(file.Inode, directory.Inode);
        Assert.Equal(WasiErrno.Success, guest.TryStat(".", out var self));
        Assert.Equal(WasiErrno.Success, guest.TryStat(3, out var granted));
        Assert.Equal(self.Inode, granted.Inode);
        Assert.Equal(WasiErrno.Noent, guest.TryStat("missing", out _));
        Assert.Equal(WasiErrno.Notdir, guest.TryStat("file/", out _));

        // Times, to the hundred nanoseconds that every host has.
        const ulong early = 1_000_000_000_123_456_700, late = 2_000_000_000_987_654_300;
        var (path, length) = guest.Text("file");
        guest.Do("path_filestat_set_times", 3u, 1u, path, length, early, late, 5u);
        guest.TryStat("file", out var changed);
        Assert.Equal((early, late), (changed.AccessTime, changed.ModificationTime));
        guest.Do("path_filestat_set_times", 3u, 1u, path, length, 7UL, 7UL, 0u);
        guest.TryStat("file", out changed);
        Assert.Equal((early, late), (changed.AccessTime, changed.ModificationTime));
        var fd = guest.Open("file", rights: Guest.Writing);
        guest.Do("fd_filestat_set_times", fd, late, 0UL, 1u);
        guest.TryStat("file", out changed);
        Assert.Equal((late, late), (changed.AccessTime, changed.ModificationTime));
        guest.Do("fd_filestat_set_times", fd, 0UL, 0UL, 8u); // now
        guest.TryStat("file", out changed);
        Assert.InRange(changed.ModificationTime / 1e9, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 100, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 100);
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Sizes_can_be_set(Backend backend)
    {
        using var guest = NewGuest(backend);
        guest.WriteFile("file", "12345");
        var fd = guest.Open("file", rights: Guest.Writing);
        guest.Do("fd_filestat_set_size", fd, 3UL);
        Assert.Equal("123", File.ReadAllText(temporary["file"]));
        guest.Do("fd_filestat_set_size", fd, 5UL);
        Assert.Equal("123\0\0", File.ReadAllText(temporary["file"]));
        var error = guest.Call("fd_allocate", fd, 4UL, 6UL);
        Assert.Contains(error, (WasiErrno[])[WasiErrno.Success, WasiErrno.Notsup]);
        if (error == WasiErrno.Success)
            Assert.Equal(10, new FileInfo(temporary["file"]).Length);
        guest.Do("fd_advise", fd, 0UL, 0UL, (uint)WasiAdvice.WillNeed);
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Directories_are_made_listed_and_removed(Backend backend)
    {
        using var guest = NewGuest(backend);
        Assert.Equal(WasiErrno.Success, guest.Path("path_create_directory", "dir"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_create_directory", "dir/sub/"));
        Assert.Equal(WasiErrno.Exist, guest.Path("path_create_directory", "dir"));
        Assert.Equal(WasiErrno.Exist, guest.Path("path_create_directory", "."));
        Assert.Equal(WasiErrno.Noent, guest.Path("path_create_directory", "missing/x"));
        for (var i = 0; i < 100; i++)
            File.WriteAllText(temporary[$"dir/file {i} {new string('ü', i % 40)}"], "");
        File.CreateSymbolicLink(temporary["dir/link"], "x");
        var fd = guest.OpenDirectory("dir");
        var entries = guest.List(fd, 4096);
        Assert.Equal(104, entries.Count);
        Assert.Equal(entries.Select(entry => entry.Name).Order(), guest.List(fd, 150).Select(entry => entry.Name).Order());
        Assert.Contains(entries, entry => entry is { Name: ".", Type: WasiFileType.Directory });
        Assert.Contains(entries, entry => entry is { Name: "..", Type: WasiFileType.Directory });
        Assert.Contains(entries, entry => entry is { Name: "sub", Type: WasiFileType.Directory });
        Assert.Contains(entries, entry => entry is { Name: "link", Type: WasiFileType.SymbolicLink });
        Assert.Equal(100, entries.Count(entry => entry.Type == WasiFileType.RegularFile));
        guest.TryStat("dir/file 0 ", out var stat);
        Assert.Equal(stat.Inode, entries.Single(entry => entry.Name == "file 0 ").Inode);
        // What was made meanwhile is seen when reading begins anew.
        File.WriteAllText(temporary["dir/new"], "");
        Assert.Contains(guest.List(fd), entry => entry.Name == "new");

        Assert.Equal(WasiErrno.Notempty, guest.Path("path_remove_directory", "dir"));
        Assert.Equal(WasiErrno.Notdir, guest.Path("path_remove_directory", "dir/new"));
        Assert.Equal(WasiErrno.Isdir, guest.Path("path_unlink_file", "dir/sub"));
        Assert.Equal(WasiErrno.Isdir, guest.Path("path_unlink_file", "dir/sub/"));
        Assert.Equal(WasiErrno.Notdir, guest.Path("path_unlink_file", "dir/new/"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_remove_directory", "dir/sub/"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "dir/new"));
        Assert.Equal(WasiErrno.Noent, guest.Path("path_unlink_file", "dir/new"));
        Assert.Equal(WasiErrno.Noent, guest.Path("path_remove_directory", "dir/sub"));
        Assert.Equal(WasiErrno.Inval, guest.Path("path_remove_directory", "dir/."));
        Assert.Equal(WasiErrno.Notdir, guest.Call("fd_readdir", guest.Open("dir/file 0 "), 8u, 8u, 0UL, 8u));
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void A_directory_may_change_while_it_is_listed(Backend backend)
    {
        using var guest = NewGuest(backend);
        for (var i = 0; i < 500; i++)
            File.WriteAllText(temporary[$"file{i}"], "");
        var fd = guest.OpenDirectory(".");
        var (buffer, result) = (guest.Allocate(256), guest.Allocate(4));
        HashSet<string> seen = [];
        var cookie = 0UL;
        // Each file is removed as soon as it is seen; every one is seen.
        while (true)
        {
            guest.Do("fd_readdir", fd, buffer, 256u, cookie, result);
            var offset = 0u;
            while (offset + 24 <= guest.U32(result) && offset + 24 + guest.U32(buffer + offset + 16) <= guest.U32(result))
            {
                var length = guest.U32(buffer + offset + 16);
                var name = guest.Memory.ReadUtf8(buffer + offset + 24, (int)length);
                Assert.True(seen.Add(name), name);
                cookie = guest.U64(buffer + offset);
                offset += 24 + length;
                if (name[0] != '.')
                    File.Delete(temporary[name]);
            }
            if (guest.U32(result) < 256)
                break;
        }
        Assert.Equal(502, seen.Count);
        Assert.Equal(2, guest.List(fd).Count);
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Renaming_moves_and_replaces(Backend backend)
    {
        using var guest = NewGuest(backend);
        guest.WriteFile("a", "A");
        guest.WriteFile("b", "B");
        guest.Path("path_create_directory", "dir");
        guest.Path("path_create_directory", "empty");
        guest.Path("path_create_directory", "full");
        guest.WriteFile("full/x", "");
        Assert.Equal(WasiErrno.Success, guest.Rename("a", "b"));
        Assert.Equal("A", guest.ReadFile("b"));
        Assert.Equal(WasiErrno.Success, guest.Rename("b", "dir/b"));
        Assert.Equal(WasiErrno.Success, guest.Rename("dir/b", "c", guest.OpenDirectory("."), 3));
        Assert.Equal(WasiErrno.Success, guest.Rename("dir/", "moved/"));
        Assert.Equal(WasiErrno.Success, guest.Rename("moved", "empty"));
        Assert.Equal(WasiErrno.Notempty, guest.Rename("empty", "full"));
        Assert.Equal(WasiErrno.Isdir, guest.Rename("c", "full"));
        Assert.Equal(WasiErrno.Notdir, guest.Rename("full", "c"));
        Assert.Equal(WasiErrno.Notdir, guest.Rename("c/", "d"));
        Assert.Equal(WasiErrno.Notdir, guest.Rename("c", "d/"));
        Assert.Equal(WasiErrno.Noent, guest.Rename("missing", "d"));
        Assert.Equal(WasiErrno.Inval, guest.Rename("full", "full/inner"));
        Assert.Equal(WasiErrno.Success, guest.Rename("c", "c"));
        Assert.Equal(["c", "empty", "full"], Directory.EnumerateFileSystemEntries(temporary.Sandbox).Select(Path.GetFileName).Order());
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Symbolic_links_are_made_and_read(Backend backend)
    {
        using var guest = NewGuest(backend);
        Assert.Equal(WasiErrno.Success, guest.Symlink("../tärget", "link"));
        Assert.Equal(WasiErrno.Success, guest.TryReadLink("link", out var target));
        Assert.Equal("../tärget", target);
        Assert.Equal(WasiErrno.Success, guest.TryReadLink("link", out target, size: 3));
        Assert.Equal("../", target);
        Assert.Equal(WasiErrno.Exist, guest.Symlink("x", "link"));
        Assert.Equal(WasiErrno.Exist, guest.Symlink("x", "."));
        Assert.Equal(WasiErrno.Noent, guest.Symlink("x", "new/"));
        Assert.Equal(WasiErrno.Noent, guest.Symlink("", "new"));
        Assert.Equal(WasiErrno.Perm, guest.Symlink("/etc/passwd", "new"));
        guest.WriteFile("file", "");
        Assert.Equal(WasiErrno.Inval, guest.TryReadLink("file", out _));
        Assert.Equal(WasiErrno.Notdir, guest.TryReadLink("file/", out _));
        Assert.Equal(WasiErrno.Inval, guest.TryReadLink(".", out _));
        Assert.Equal(WasiErrno.Noent, guest.TryReadLink("missing", out _));
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "link"));
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void Hard_links_are_other_names(Backend backend)
    {
        using var guest = NewGuest(backend);
        guest.WriteFile("file", "same");
        guest.Path("path_create_directory", "dir");
        Assert.Equal(WasiErrno.Success, guest.Link("file", "dir/link"));
        guest.TryStat("dir/link", out var stat);
        Assert.Equal(2UL, stat.LinkCount);
        Assert.Equal("same", guest.ReadFile("dir/link"));
        Assert.Equal(WasiErrno.Exist, guest.Link("file", "dir/link"));
        Assert.Equal(WasiErrno.Exist, guest.Link("file", "file"));
        Assert.Equal(WasiErrno.Perm, guest.Link("dir", "other"));
        Assert.Equal(WasiErrno.Noent, guest.Link("file", "new/"));
        Assert.Equal(WasiErrno.Notdir, guest.Link("file/", "new"));
        // A link to a link, and through one.
        Assert.Equal(WasiErrno.Success, guest.Symlink("file", "symbolic"));
        Assert.Equal(WasiErrno.Success, guest.Link("symbolic", "copy"));
        guest.TryStat("copy", out stat, follow: false);
        Assert.Equal(WasiFileType.SymbolicLink, stat.Type);
        Assert.Equal(WasiErrno.Success, guest.Link("symbolic", "through", follow: true));
        guest.TryStat("through", out stat, follow: false);
        Assert.Equal((WasiFileType.RegularFile, 3UL), (stat.Type, stat.LinkCount));
    }

    [Fact]
    public void The_older_snapshot_has_its_own_layouts()
    {
        File.WriteAllText(temporary["file"], "12345");
        using var guest = new Guest(new WasiOptions().AddDirectory(temporary.Sandbox, "/")) { IsUnstable = true };
        var (path, length) = guest.Text("file");
        var stat = guest.Allocate(64);
        guest.Memory.AsSpan(stat, 64).Fill(0xEE);
        guest.Do("path_filestat_get", 3u, 0u, path, length, stat);
        Assert.Equal((1u, 5UL), (guest.U32(stat + 20), guest.U64(stat + 24)));
        Assert.Equal(0xEEEE_EEEE_EEEE_EEEE, guest.U64(stat + 56));
        // Whence: current, end, start.
        var (fd, result) = (guest.Open("file"), guest.Allocate(8));
        guest.Do("fd_seek", fd, 0L, 1u, result);
        Assert.Equal(5UL, guest.U64(result));
        guest.Do("fd_seek", fd, -1L, 0u, result);
        Assert.Equal(4UL, guest.U64(result));
        guest.Do("fd_seek", fd, 2L, 2u, result);
        Assert.Equal(2UL, guest.U64(result));
    }
}
