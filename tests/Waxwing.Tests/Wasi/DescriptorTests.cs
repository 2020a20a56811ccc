using Waxwing.Wasi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Tests.Wasi;

/// <summary>Attack rows 10 to 12, and what else concerns descriptors as numbers.</summary>
public sealed class DescriptorTests : IDisposable
{
    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    private Guest NewGuest(int maximumOpenFiles = 1024) =>
        new(new WasiOptions { MaximumOpenFiles = maximumOpenFiles }.AddDirectory(temporary.Sandbox, "/"));

    [Fact]
    public void Renumbering_works_in_every_combination()
    {
        using var guest = NewGuest();
        guest.WriteFile("a", "A");
        guest.WriteFile("b", "B");
        var (a, b) = (guest.Open("a"), guest.Open("b"));
        guest.Do("fd_renumber", a, a);
        Assert.Equal("A", guest.Read(a));
        guest.Do("fd_renumber", b, a);
        Assert.Equal("B", guest.Read(a));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_close", b));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_renumber", a, b)); // onto a closed one
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_renumber", b, a));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_renumber", a, uint.MaxValue));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_renumber", uint.MaxValue, uint.MaxValue));
        // Onto the granted directory: it is gone, with its name.
        guest.Do("fd_renumber", a, 3u);
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_prestat_get", 3u, guest.Allocate(8)));
        Assert.Equal(WasiErrno.Notdir, guest.OpenError("a"));
        guest.Do("fd_close", 3u);
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_close", 3u));
    }

    [Fact]
    public void The_table_is_bounded_and_nothing_leaks()
    {
        using var guest = NewGuest(maximumOpenFiles: 100);
        guest.WriteFile("file", "x");
        List<uint> opened = [];
        WasiErrno error;
        while ((error = guest.TryOpen("file", out var fd)) == WasiErrno.Success)
            opened.Add(fd);
        Assert.Equal(WasiErrno.Mfile, error);
        Assert.Equal(Enumerable.Range(4, 96).Select(fd => (uint)fd), opened);
        // A file is not created for a descriptor there is no room for.
        Assert.Equal(WasiErrno.Mfile, guest.OpenError("new", (uint)WasiOpenFlags.Create, Guest.Writing));
        Assert.False(File.Exists(temporary["new"]));
        guest.Do("fd_close", 50u);
        Assert.Equal(50u, guest.Open("file"));
        Assert.Equal(97, HostHandles(temporary.Sandbox));
        guest.Process.Dispose();
        Assert.Equal(0, HostHandles(temporary.Sandbox));
        // After the end everything is a bad descriptor.
        Assert.Equal(WasiErrno.Badf, guest.OpenError("file"));
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(1, "x"));
    }

    [Fact]
    public void Walking_leaves_no_handles_behind()
    {
        Directory.CreateDirectory(temporary["a/b/c"]);
        File.CreateSymbolicLink(temporary["a/link"], "b/c");
        using var guest = new Guest(new WasiOptions().AddDirectory(Backend.Walk.Open(temporary.Sandbox), "/"));
        foreach (var path in (string[])["a/b/c/missing", "a/link/missing", "a/../a/b", "a/b/c/../../..", "a/b/missing/x", "../x", "a/b/../../../x"])
        {
            guest.OpenError(path);
            guest.TryStat(path, out _);
            guest.Path("path_unlink_file", path);
            guest.Rename(path, path);
        }
        Assert.Equal(1, HostHandles(temporary.Sandbox));
    }

    /// <summary>Descriptors of this process for files below a directory.</summary>
    private static int HostHandles(string directory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "counts in /proc");
        return Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Count(link => new FileInfo(link).LinkTarget is { } target && (target == directory || target.StartsWith(directory + '/', StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_function_refuses_descriptors_that_are_not_open()
    {
        using var guest = NewGuest();
        var stale = guest.Open("file", (uint)WasiOpenFlags.Create, Guest.Writing);
        guest.Do("fd_close", stale);
        foreach (var function in WasiFunctions.All.Where(function => function.Parameters.Any(parameter => parameter is { Kind: WasiParameterKind.Fd, IsResult: false })))
        {
            foreach (var fd in (uint[])[stale, 100, 1023, 1024, 0x7FFF_FFFF, 0x8000_0000, uint.MaxValue])
            {
                guest.Reset();
                var (text, _) = guest.Text("file");
                var scratch = guest.Allocate(256);
                WasmValue[] arguments =
                [
                    .. function.Parameters.Select(parameter => parameter.Name).Zip(function.ParameterTypes, (name, type) => type.Kind == ValueKind.I64 ? (WasmValue)0L : name switch
                    {
                        "fd" or "old_fd" or "new_fd" => fd,
                        "path" or "old_path" or "new_path" => text,
                        "path_len" or "old_path_len" or "new_path_len" => 4u,
                        _ when name.EndsWith("flags", StringComparison.Ordinal) || name.EndsWith("_len", StringComparison.Ordinal) || name is "advice" or "whence" or "how" => 0u,
                        _ => scratch,
                    }),
                ];
                // Allocating nothing is looked at first.
                if (function.Name == "fd_allocate")
                    arguments[2] = 1L;
                Assert.Equal((function.Name, WasiErrno.Badf), (function.Name, guest.Call(function.Name, arguments)));
            }
        }
    }

    [Fact]
    public void Guests_do_not_see_one_anothers_descriptors()
    {
        using var one = NewGuest();
        using var other = NewGuest();
        var fd = one.Open("file", (uint)WasiOpenFlags.Create, Guest.Writing);
        Assert.Equal(4u, fd);
        Assert.Equal(WasiErrno.Badf, other.TryWrite(fd, "x"));
        Assert.Equal(WasiErrno.Badf, other.Call("fd_close", fd));
        one.Write(fd, "x");
    }

    [Fact]
    public void A_number_used_again_has_nothing_of_what_it_was()
    {
        Directory.CreateDirectory(temporary["dir"]);
        File.WriteAllText(temporary["kept"], "kept");
        using var guest = new Guest(new WasiOptions().AddDirectory(temporary.Sandbox, "/"));
        var first = guest.Open("written", (uint)WasiOpenFlags.Create, Guest.Writing, fileFlags: (uint)WasiFileFlags.Append);
        guest.TryWrite(first, "text");
        guest.Do("fd_close", first);
        var second = guest.Open("kept");
        Assert.Equal(first, second);
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(second, "over"));
        Assert.Equal(WasiErrno.Notcapable, guest.Call("fd_filestat_set_size", second, 0UL));
        Assert.Equal("kept", guest.Read(second));
        guest.Do("fd_close", second);
        Assert.Equal(first, guest.OpenDirectory("dir"));
        Assert.Equal(WasiErrno.Isdir, guest.TryRead(first, 10, out _));
        Assert.Equal("kept", File.ReadAllText(temporary["kept"]));
    }

    [Fact]
    public void Rights_can_be_given_up_but_not_gained()
    {
        using var guest = NewGuest();
        guest.WriteFile("file", "text");
        var fd = guest.Open("file", rights: Guest.Writing);
        var stat = guest.Allocate(24);
        guest.Do("fd_fdstat_get", fd, stat);
        Assert.Equal((byte)WasiFileType.RegularFile, guest.Memory.Read<byte>(stat));
        Assert.Equal(Guest.Writing, guest.U64(stat + 8));
        guest.Do("fd_fdstat_set_rights", fd, Guest.Reading, 0UL);
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(fd, "x"));
        Assert.Equal(WasiErrno.Notcapable, guest.Call("fd_filestat_set_size", fd, 0UL));
        Assert.Equal("text", guest.Read(fd));
        Assert.Equal(WasiErrno.Notcapable, guest.Call("fd_fdstat_set_rights", fd, Guest.Writing, 0UL));
        // What a directory does not pass on, what is opened through it does not get.
        guest.Do("fd_fdstat_set_rights", 3u, Guest.AllRights & guest.DirectoryRights(3), Guest.Reading);
        var limited = guest.Open("file", rights: Guest.Writing);
        Assert.Equal(WasiErrno.Badf, guest.TryWrite(limited, "x"));
    }

    [Fact]
    public void Granted_directories_have_the_names_they_were_given()
    {
        using var guest = new Guest(new WasiOptions().AddDirectory(temporary.Sandbox, "/").AddDirectory(temporary.Sandbox, "/dätä"));
        var (stat, name) = (guest.Allocate(8), guest.Allocate(16));
        guest.Do("fd_prestat_get", 3u, stat);
        Assert.Equal((0u, 1u), (guest.U32(stat), guest.U32(stat + 4)));
        guest.Do("fd_prestat_get", 4u, stat);
        Assert.Equal(7u, guest.U32(stat + 4));
        guest.Do("fd_prestat_dir_name", 4u, name, 7u);
        Assert.Equal("/dätä", guest.Memory.ReadUtf8(name, 7));
        guest.Do("fd_prestat_dir_name", 4u, name, 16u);
        Assert.Equal(WasiErrno.Nametoolong, guest.Call("fd_prestat_dir_name", 4u, name, 6u));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_prestat_get", 5u, stat));
        Assert.Equal(WasiErrno.Badf, guest.Call("fd_prestat_get", 0u, stat));
    }

    [Fact]
    public void Descriptors_that_are_no_sockets_say_so()
    {
        using var guest = NewGuest();
        var scratch = guest.Allocate(64);
        foreach (var fd in (uint[])[0, 1, 3])
        {
            Assert.Equal(WasiErrno.Notsock, guest.Call("sock_accept", fd, 0u, scratch));
            Assert.Equal(WasiErrno.Notsock, guest.Call("sock_recv", fd, scratch, 0u, 0u, scratch, scratch));
            Assert.Equal(WasiErrno.Notsock, guest.Call("sock_send", fd, scratch, 0u, 0u, scratch));
            Assert.Equal(WasiErrno.Notsock, guest.Call("sock_shutdown", fd, 1u));
        }
    }

    [Fact]
    public void A_grant_that_does_not_exist_is_the_embedders_error()
    {
        Assert.Throws<DirectoryNotFoundException>(() => new Guest(new WasiOptions().AddDirectory(temporary["missing"], "/")));
        File.WriteAllText(temporary["file"], "");
        Assert.Throws<DirectoryNotFoundException>(() => new Guest(new WasiOptions().AddDirectory(temporary["file"], "/")));
        Assert.Throws<ArgumentException>(() => new WasiOptions().AddDirectory(temporary.Sandbox, ""));
        Assert.Throws<ArgumentException>(() => new Guest(new WasiOptions { MaximumOpenFiles = 3 }.AddDirectory(temporary.Sandbox, "/")));
    }
}
