using System.Text;
using Waxwing.Wasi;
using Waxwing.Wasi.FileSystem.Portable;

namespace Waxwing.Tests.Wasi;

/// <summary>Attack rows 1 to 9: nothing outside a granted directory is reached, whatever the path.</summary>
public sealed class ContainmentTests : IDisposable
{
    private const uint Create = (uint)WasiOpenFlags.Create, Truncate = (uint)WasiOpenFlags.Truncate;
    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    private Guest NewGuest(Backend backend, bool readOnly = false) =>
        new(new WasiOptions().AddDirectory(backend.Open(temporary.Sandbox), "/", readOnly));

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Paths_that_lead_out_are_refused(Backend backend)
    {
        Directory.CreateDirectory(temporary["a/b"]);
        var outside = temporary.Outside();
        using var guest = NewGuest(backend);
        foreach (var path in (string[])["..", "../", "../secret", "./../secret", "a/../../secret", "a/b/../../../secret", "a/b/../../..", "../sandbox-secret/file", "../sandbox/x", "a/.././../secret", "..//secret", ".././secret"])
        {
            guest.Reset();
            Assert.Equal((path, WasiErrno.Perm), (path, guest.OpenError(path)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.OpenError(path, Create, Guest.Writing)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.OpenError(path, follow: false)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.TryStat(path, out _)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.TryStat(path, out _, follow: false)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Path("path_create_directory", path)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Path("path_remove_directory", path)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Path("path_unlink_file", path)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.TryReadLink(path, out _)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Rename(path, "x")));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Rename("a", path)));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Link(path, "x")));
            Assert.Equal((path, WasiErrno.Perm), (path, guest.Symlink("a", path)));
        }
        Assert.Equal(outside, temporary.Outside());
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Absolute_paths_are_refused(Backend backend)
    {
        using var guest = NewGuest(backend);
        foreach (var path in (string[])["/", "//", "/etc/passwd", temporary.Sandbox, temporary.Root + "/secret"])
        {
            Assert.Equal(WasiErrno.Perm, guest.OpenError(path));
            Assert.Equal(WasiErrno.Perm, guest.TryStat(path, out _));
            Assert.Equal(WasiErrno.Perm, guest.Path("path_create_directory", path));
            Assert.Equal(WasiErrno.Perm, guest.Symlink(path, "link"));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Sandbox));
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Links_that_the_guest_makes_lead_nowhere_outside(Backend backend)
    {
        // Targets that go up can be made (a program may unpack such archives), but not followed out.
        using var guest = NewGuest(backend);
        Directory.CreateDirectory(temporary["inner"]);
        Assert.Equal(WasiErrno.Success, guest.Symlink("../secret", "file-link"));
        Assert.Equal(WasiErrno.Success, guest.Symlink("..", "up"));
        Assert.Equal(WasiErrno.Success, guest.Symlink("../..", "inner/up"));
        Assert.Equal(WasiErrno.Success, guest.Symlink("file-link", "chain"));
        Assert.Equal(WasiErrno.Success, guest.Symlink("../new", "dangling"));
        AssertNothingEscapes(guest);
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Links_that_the_host_made_lead_nowhere_outside(Backend backend)
    {
        using var guest = NewGuest(backend);
        Directory.CreateDirectory(temporary["inner"]);
        File.CreateSymbolicLink(temporary["file-link"], temporary.Root + "/secret");
        File.CreateSymbolicLink(temporary["up"], temporary.Root);
        File.CreateSymbolicLink(temporary["inner/up"], temporary.Root);
        File.CreateSymbolicLink(temporary["chain"], "file-link");
        File.CreateSymbolicLink(temporary["dangling"], temporary.Root + "/new");
        AssertNothingEscapes(guest);
    }

    private void AssertNothingEscapes(Guest guest)
    {
        var outside = temporary.Outside();
        foreach (var path in (string[])["file-link", "file-link/", "chain", "chain/", "up/secret", "up/", "up/.", "up/..", "up/outside/file", "up/sandbox-secret/file", "inner/up/secret", "inner/../up/secret", "inner/up/../secret",
            "dangling", "up/new", "up/sandbox/../secret", "dangling/", "up//secret", "./up/./secret"])
        {
            guest.Reset();
            foreach (var flags in (uint[])[0, Create, Truncate, Create | Truncate, (uint)WasiOpenFlags.Directory])
            {
                var rights = flags is 0 or (uint)WasiOpenFlags.Directory ? Guest.Reading : Guest.Writing;
                var error = guest.OpenError(path, flags, rights);
                // Linux refuses to create a name with a slash at its end before it looks at the rest.
                if (error != WasiErrno.Isdir || (flags & Create) == 0 || !path.EndsWith('/'))
                    Assert.Equal((path, flags, WasiErrno.Perm), (path, flags, error));
                // Without following the last component a link is refused as such; one before it, or a slash behind it, is still followed, and refused.
                Assert.Contains(guest.OpenError(path, flags, rights, follow: false), (WasiErrno[])[WasiErrno.Perm, WasiErrno.Loop, WasiErrno.Notdir, WasiErrno.Isdir]);
            }
            Assert.Equal((path, WasiErrno.Perm), (path, guest.TryStat(path, out _)));
        }
        foreach (var path in (string[])["up/secret", "inner/up/secret", "up/outside/file", "up/x"])
        {
            guest.Reset();
            Assert.Equal(WasiErrno.Perm, guest.TryStat(path, out _, follow: false));
            Assert.Equal(WasiErrno.Perm, guest.Path("path_unlink_file", path));
            Assert.Equal(WasiErrno.Perm, guest.Path("path_remove_directory", path));
            Assert.Equal(WasiErrno.Perm, guest.Path("path_create_directory", path));
            Assert.Equal(WasiErrno.Perm, guest.Rename(path, "stolen"));
            Assert.Equal(WasiErrno.Perm, guest.Link(path, "stolen"));
            Assert.Equal(WasiErrno.Perm, guest.Rename("inner", path));
            Assert.Equal(WasiErrno.Perm, guest.Symlink("inner", path));
            Assert.Equal(WasiErrno.Perm, guest.TryReadLink(path, out _));
        }
        // Operations on the links themselves do not follow them.
        Assert.Equal(WasiErrno.Success, guest.TryStat("up", out var stat, follow: false));
        Assert.Equal(WasiFileType.SymbolicLink, stat.Type);
        // A slash does not turn the link into what it points to (RUSTSEC-2026-0269).
        Assert.Equal(WasiErrno.Notdir, guest.Path("path_unlink_file", "file-link/"));
        Assert.Equal(WasiErrno.Notdir, guest.Path("path_remove_directory", "up/"));
        Assert.Equal(WasiErrno.Exist, guest.Path("path_create_directory", "up/"));
        Assert.Equal(WasiErrno.Notdir, guest.Rename("up/", "moved"));
        Assert.Equal(WasiErrno.Success, guest.Path("path_unlink_file", "file-link"));
        Assert.Equal(outside, temporary.Outside());
        Assert.False(File.Exists(Path.Join(temporary.Root, "new")));
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Links_and_dots_that_stay_inside_work(Backend backend)
    {
        Directory.CreateDirectory(temporary["a/b/c"]);
        File.WriteAllText(temporary["a/file"], "found");
        File.CreateSymbolicLink(temporary["a/b/c/up"], "../../file");
        File.CreateSymbolicLink(temporary["dir"], "a/b");
        File.CreateSymbolicLink(temporary["chain"], "dir/c/");
        File.CreateSymbolicLink(temporary["new"], "a/created");
        using var guest = NewGuest(backend);
        foreach (var path in (string[])["a/file", "./a/file", "a//file", "a/./file", "a/b/../file", "a/b/c/../../file", "a/../a/file", "a/b/c/up", "dir/c/up", "chain/up", "chain/../../file", "dir/../file", "chain/./up"])
            Assert.Equal((path, "found"), (path, guest.ReadFile(path)));
        // Through a dangling link a file is created inside.
        guest.WriteFile("new", "made");
        Assert.Equal("made", File.ReadAllText(temporary["a/created"]));
        Assert.Equal(WasiErrno.Exist, guest.OpenError("new", Create | (uint)WasiOpenFlags.Exclusive, Guest.Writing));
        Assert.Equal(WasiErrno.Loop, guest.OpenError("new", follow: false));
        // A directory that was opened is a root of its own.
        var inner = guest.OpenDirectory("a/b");
        Assert.Equal(WasiErrno.Perm, guest.OpenError("../file", directory: inner));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("c/up", directory: inner));
        Assert.Equal(WasiErrno.Success, guest.OpenError("c", directory: inner));
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Loops_of_links_end(Backend backend)
    {
        File.CreateSymbolicLink(temporary["self"], "self");
        File.CreateSymbolicLink(temporary["a"], "b/x");
        File.CreateSymbolicLink(temporary["b"], "a/y");
        for (var i = 0; i < 50; i++)
            File.CreateSymbolicLink(temporary[$"chain{i}"], $"chain{i + 1}");
        using var guest = NewGuest(backend);
        foreach (var path in (string[])["self", "self/", "self/x", "a", "a/z", "chain0"])
        {
            Assert.Equal((path, WasiErrno.Loop), (path, guest.OpenError(path)));
            Assert.Equal((path, WasiErrno.Loop), (path, guest.TryStat(path, out _)));
            if (!path.EndsWith('/')) // Linux looks at that first
                Assert.Equal((path, WasiErrno.Loop), (path, guest.OpenError(path, Create, Guest.Writing)));
        }
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Malformed_and_oversized_paths_are_refused(Backend backend)
    {
        using var guest = NewGuest(backend);
        (byte[] Path, WasiErrno Error)[] rows =
        [
            ([], WasiErrno.Noent),
            ("file\0"u8.ToArray(), WasiErrno.Ilseq),
            ("\0"u8.ToArray(), WasiErrno.Ilseq),
            ("a\0/../../secret"u8.ToArray(), WasiErrno.Ilseq),
            ([0xFF, 0xFE], WasiErrno.Ilseq),
            ([(byte)'.', 0xC0, 0xAE], WasiErrno.Ilseq), // "." in an overlong form
            (Enumerable.Repeat((byte)'a', 300).ToArray(), WasiErrno.Nametoolong),
            (Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a/", 4096))), WasiErrno.Nametoolong),
            (Enumerable.Repeat((byte)'a', 65536).ToArray(), WasiErrno.Nametoolong),
        ];
        foreach (var (path, error) in rows)
        {
            guest.Reset();
            var (address, length) = guest.Bytes(path);
            Assert.Equal(error, guest.Call("path_open", 3u, 0u, address, length, Create, Guest.Writing, 0UL, 0u, guest.Allocate(4)));
            Assert.Equal(error, guest.Call("path_filestat_get", 3u, 0u, address, length, guest.Allocate(64)));
            Assert.Equal(error, guest.Call("path_create_directory", 3u, address, length));
            Assert.Equal(error, guest.Call("path_unlink_file", 3u, address, length));
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary.Sandbox));
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void Names_with_a_meaning_elsewhere_are_plain_names_on_Linux(Backend backend)
    {
        using var guest = NewGuest(backend);
        foreach (var name in (string[])["..\\secret", "C:", "a:$DATA", "\\\\?\\x", "CON", "COM¹", "trailing. ", "PROGRA~1", "..."])
        {
            guest.WriteFile(name, name);
            Assert.Equal(name, File.ReadAllText(temporary[name]));
        }
    }

    [Theory]
    [InlineData("..\\secret"), InlineData("C:"), InlineData("a:$DATA"), InlineData("\\\\?\\x"), InlineData("CON"), InlineData("con.txt"), InlineData("NUL .x"), InlineData("COM¹"), InlineData("lpt9.log")]
    [InlineData("trailing."), InlineData("trailing "), InlineData("a\u0001"), InlineData("a*"), InlineData("CONIN$"), InlineData("..."), InlineData(".."), InlineData("a/b"), InlineData("")]
    public void Names_with_a_meaning_on_Windows_are_refused_there(string name) => Assert.False(PortableName.IsAllowed(name, onWindows: true));

    [Theory]
    [InlineData("file"), InlineData("."), InlineData("a.b.c"), InlineData("COM"), InlineData("COMX"), InlineData("console"), InlineData("PROGRA~1"), InlineData("ünï")]
    public void Ordinary_names_are_allowed_on_Windows(string name) => Assert.True(PortableName.IsAllowed(name, onWindows: true));

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void A_read_only_grant_cannot_be_changed(Backend backend)
    {
        Directory.CreateDirectory(temporary["dir"]);
        File.WriteAllText(temporary["file"], "kept");
        using var guest = NewGuest(backend, readOnly: true);
        Assert.Equal("kept", guest.ReadFile("file"));
        foreach (var flags in (uint[])[Truncate, Create | Truncate, Create | (uint)WasiOpenFlags.Exclusive])
            Assert.Equal((flags, WasiErrno.Rofs), (flags, guest.OpenError("file", flags)));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("file", rights: Guest.Writing));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("new", Create));
        Assert.Equal(WasiErrno.Success, guest.OpenError("file", Create));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_create_directory", "new"));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_remove_directory", "dir"));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_unlink_file", "file"));
        Assert.Equal(WasiErrno.Rofs, guest.Symlink("file", "new"));
        Assert.Equal(WasiErrno.Rofs, guest.Link("file", "new"));
        Assert.Equal(WasiErrno.Rofs, guest.Rename("file", "new"));
        var (name, length) = guest.Text("file");
        Assert.Equal(WasiErrno.Rofs, guest.Call("path_filestat_set_times", 3u, 0u, name, length, 0UL, 0UL, 5u));
        // What is opened through it is as read-only as it is.
        var (file, directory) = (guest.Open("file"), guest.OpenDirectory("dir"));
        Assert.Equal(WasiErrno.Rofs, guest.TryWrite(file, "x"));
        Assert.Equal(WasiErrno.Rofs, guest.Call("fd_filestat_set_size", file, 0UL));
        Assert.Equal(WasiErrno.Rofs, guest.Call("fd_filestat_set_times", file, 0UL, 0UL, 5u));
        Assert.Equal(WasiErrno.Rofs, guest.Call("fd_allocate", file, 0UL, 1UL));
        Assert.Equal(WasiErrno.Rofs, guest.OpenError("new", Create, Guest.Writing, directory));
        Assert.Equal(WasiErrno.Rofs, guest.Path("path_create_directory", "new", directory));
        Assert.Equal("kept", File.ReadAllText(temporary["file"]));
        Assert.Equal(2, Directory.EnumerateFileSystemEntries(temporary.Sandbox).Count());
    }

    [Theory, MemberData(nameof(Backends.All), MemberType = typeof(Backends))]
    public void Links_and_renames_look_at_the_grants_of_both_sides(Backend backend)
    {
        File.WriteAllText(temporary["file"], "kept");
        Directory.CreateDirectory(Path.Join(temporary.Root, "writable"));
        File.WriteAllText(Path.Join(temporary.Root, "writable", "mine"), "mine");
        using var guest = new Guest(new WasiOptions()
            .AddDirectory(backend.Open(temporary.Sandbox), "/read", readOnly: true)
            .AddDirectory(backend.Open(Path.Join(temporary.Root, "writable")), "/write"));
        const uint read = 3, write = 4;
        Assert.Equal(WasiErrno.Rofs, guest.Link("file", "link", read, write));
        Assert.Equal(WasiErrno.Rofs, guest.Rename("file", "moved", read, write));
        Assert.Equal(WasiErrno.Rofs, guest.Link("mine", "link", write, read));
        Assert.Equal(WasiErrno.Rofs, guest.Rename("mine", "moved", write, read));
        // Links from the writable directory do not lead to the other.
        Assert.Equal(WasiErrno.Success, guest.Symlink("../sandbox/file", "sideways", write));
        Assert.Equal(WasiErrno.Perm, guest.OpenError("sideways", Truncate, Guest.Writing, write));
        Assert.Equal("kept", File.ReadAllText(temporary["file"]));
        Assert.Equal(["file"], Directory.EnumerateFileSystemEntries(temporary.Sandbox).Select(Path.GetFileName));
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public async Task Whoever_wins_a_race_the_guest_does_not_get_out(Backend backend)
    {
        // A directory is exchanged for a link to the outside and back, as fast as it goes, while the guest opens, writes and lists through it.
        Directory.CreateDirectory(temporary["real"]);
        File.WriteAllText(temporary["real/secret"], "inside");
        File.CreateSymbolicLink(temporary["evil"], temporary.Root);
        Directory.CreateDirectory(temporary["victim"]);
        File.WriteAllText(temporary["victim/secret"], "inside");
        var outside = temporary.Outside();
        using var stop = new CancellationTokenSource();
        var attacker = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(temporary["victim"], temporary["parked"]);
                File.CreateSymbolicLink(temporary["victim"], temporary.Root);
                File.Delete(temporary["victim"]);
                Directory.Move(temporary["parked"], temporary["victim"]);
            }
        }, TestContext.Current.CancellationToken);
        using var guest = NewGuest(backend);
        int won = 0, lost = 0;
        for (var until = Environment.TickCount64 + 400; Environment.TickCount64 < until;)
        {
            guest.Reset();
            if (guest.TryOpen("victim/secret", out var fd) == WasiErrno.Success)
            {
                Assert.Equal("inside", guest.Read(fd));
                guest.Do("fd_close", fd);
                won++;
            }
            else
            {
                lost++;
            }
            guest.OpenError("victim/../victim/new", Create, Guest.Writing);
            guest.Path("path_unlink_file", "victim/file");
            if (guest.TryOpen("victim", out fd, (uint)WasiOpenFlags.Directory, Guest.AllRights & ~Guest.Writing) == WasiErrno.Success)
            {
                Assert.DoesNotContain(guest.List(fd), entry => entry.Name == "sandbox");
                guest.Do("fd_close", fd);
            }
        }
        await stop.CancelAsync();
        await attacker;
        Assert.Equal(outside, temporary.Outside());
        Assert.True(won > 0, $"{won} opened, {lost} refused");
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void Deep_paths_work_without_using_up_descriptors(Backend backend)
    {
        const int depth = 600;
        using var guest = NewGuest(backend);
        var deep = string.Join('/', Enumerable.Repeat("d", depth));
        Directory.CreateDirectory(temporary[deep]);
        guest.WriteFile(deep + "/file", "deep");
        var up = string.Concat(Enumerable.Repeat("../d/../", 350));
        Assert.Equal("deep", guest.ReadFile(deep + "/file"));
        // Down, far up again and down: levels whose handles were dropped are entered anew.
        Assert.Equal(WasiErrno.Success, guest.OpenError(deep[..1001] + "/" + up[..2400] + "d"));
        Assert.Equal("deep", guest.ReadFile(deep + "/../../../" + string.Join('/', Enumerable.Repeat("d", 3)) + "/file"));
        var wayUp = string.Concat(Enumerable.Repeat("../", depth - 1));
        Assert.Equal(WasiErrno.Success, guest.OpenError(deep + "/" + wayUp + "d"));
        Assert.Equal(WasiErrno.Perm, guest.OpenError(deep + "/" + wayUp + "../../d"));
    }

    [Theory, MemberData(nameof(Backends.Linux), MemberType = typeof(Backends))]
    public void Pipes_and_devices_do_not_hang_the_guest(Backend backend)
    {
        // Nobody will ever open the other end of this pipe.
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", temporary["pipe"]))
            mkfifo.WaitForExit();
        using var guest = NewGuest(backend);
        var fd = guest.Open("pipe");
        using var cancellation = new CancellationTokenSource(100);
        guest.Cancellation = cancellation.Token;
        Assert.Contains(guest.TryRead(fd, 10, out _), (WasiErrno[])[WasiErrno.Intr, WasiErrno.Success]);
        guest.Do("fd_close", fd);
        Assert.Equal(WasiErrno.Nxio, guest.OpenError("pipe", rights: (ulong)Waxwing.Wasi.Abi.WasiRights.FdWrite));
    }
}
