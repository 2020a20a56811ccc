using System.Text;
using Waxwing.Wasi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Tests.Wasi;

/// <summary>What tracing shows, and that the table and its page say the same.</summary>
public sealed class TraceTests
{
    private readonly StringWriter log = new() { NewLine = "\n" };

    private Guest NewGuest(string filter = "all")
    {
        var system = new MemoryFileSystem();
        system.WriteFile("dir/file", "hello"u8);
        return new(new WasiOptions { Args = ["app"] }.AddDirectory(system.Root, "/data"), trace: new(log, filter));
    }

    private string[] Lines() => log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Calls_are_shown_with_their_arguments_and_results()
    {
        using var guest = NewGuest();
        var fd = guest.Open("dir/file");
        guest.Read(fd, 100);
        guest.Seek(fd, -2, WasiWhence.End);
        guest.TryStat("dir/file", out _);
        guest.Do("fd_close", fd);
        guest.OpenError("missing", (uint)WasiOpenFlags.Directory);
        guest.Call("fd_close", fd);
        guest.TryWrite(1, "text");
        guest.Path("path_create_directory", "new\n\u001b[31m\"quoted\"");
        guest.Call("clock_time_get", 0u, 1UL, 64u);
        guest.Call("random_get", uint.MaxValue, 8u);
        guest.Call("path_unlink_file", 3u, uint.MaxValue, 9u);
        Assert.Throws<WasmExitException>(() => guest.Call("proc_exit", 7u));
        Assert.Equal(
        [
            "path_open(fd: 3 /data, dirflags: follow, path: \"dir/file\", oflags: none, fs_rights_base: 0x82000be, fs_rights_inheriting: 0x1fffffff, fdflags: none) = opened_fd: 4 /data/dir/file".Replace("0x82000be", $"0x{Guest.Reading:x}", StringComparison.Ordinal),
            "fd_read(fd: 4 /data/dir/file, iovs: 1 buffer, 100 bytes) = nread: 5",
            "fd_seek(fd: 4 /data/dir/file, offset: -2, whence: end) = newoffset: 3",
            "path_filestat_get(fd: 3 /data, flags: follow, path: \"dir/file\") = buf: regularfile, 5 bytes",
            "fd_close(fd: 4 /data/dir/file) = ok",
            $"path_open(fd: 3 /data, dirflags: follow, path: \"missing\", oflags: directory, fs_rights_base: 0x{Guest.Reading:x}, fs_rights_inheriting: 0x1fffffff, fdflags: none) = noent",
            "fd_close(fd: 4 not open) = badf",
            "fd_write(fd: 1 stdout, iovs: 1 buffer, 4 bytes) = nwritten: 4",
            "path_create_directory(fd: 3 /data, path: \"new\\u{a}\\u{1b}[31m\\\"quoted\\\"\") = ok",
            "clock_time_get(id: realtime, precision: 1) = time: 1640995200000000000",
            "random_get(buf: 8 bytes) = fault",
            "path_unlink_file(fd: 3 /data, path: bad address 0xffffffff) = fault",
            "proc_exit(rval: 7) = does not return",
        ], Lines());
    }

    [Fact]
    public void Waits_are_shown_with_what_is_waited_for()
    {
        using var guest = NewGuest("poll");
        var (list, events, result) = (guest.Allocate(96), guest.Allocate(64), guest.Allocate(4));
        guest.Memory.Write(list + 16, 1u);
        guest.Memory.Write(list + 24, 5000UL);
        guest.Memory.Write(list + 48 + 8, (byte)1);
        guest.Memory.Write(list + 48 + 16, 0u);
        guest.Do("poll_oneoff", list, events, 2u, result);
        Assert.Equal(["poll_oneoff(in: monotonic in 5000 ns; read 0 stdin) = nevents: 2"], Lines());
    }

    [Theory]
    [InlineData("path_*", "path_open path_open")]
    [InlineData("file,-fd_*", "path_open path_open")]
    [InlineData("-file", "clock_time_get")]
    [InlineData("clock, fd_read", "fd_read clock_time_get")]
    [InlineData("", "path_open fd_read path_open clock_time_get")]
    [InlineData("random", "")]
    public void A_filter_chooses(string filter, string expected)
    {
        using var guest = NewGuest(filter);
        guest.Read(guest.Open("dir/file"));
        guest.OpenError("missing");
        guest.Call("clock_time_get", 0u, 1UL, 64u);
        Assert.Equal(expected, string.Join(' ', Lines().Select(line => line[..line.IndexOf('(')])));
    }

    [Theory]
    [InlineData("files", "files")]
    [InlineData("fd_writ, env.*", "fd_writ env.*")]
    [InlineData("clock,-nothing", "nothing")]
    [InlineData("wasi_snapshot_preview1.fd_*,wasi*", "")]
    public void Words_of_a_filter_that_fit_nothing_are_told(string filter, string expected)
    {
        var trace = new WasmHostTrace(log, filter);
        using var guest = new Guest(trace: trace);
        Assert.Equal(expected, string.Join(' ', trace.UnmatchedWords));
    }

    [Fact]
    public void A_filter_that_leaves_out_nothing_is_the_embedders_error() =>
        Assert.Contains("leaves out", Assert.Throws<ArgumentException>(() => new WasmHostTrace(log, "clock,-")).Message, StringComparison.Ordinal);

    [Fact]
    public void Nothing_a_guest_passes_breaks_a_trace()
    {
        var (random, count) = (new Random(5), 0);
        using var guest = new Guest(new WasiOptions().AddDirectory(new MemoryFileSystem().Root, "/"), trace: new(call =>
        {
            var text = call.ToString();
            Assert.True(text.Length < 4000, text);
            Assert.DoesNotContain(text, character => char.IsControl(character));
            count++;
        }));
        var noise = guest.Allocate(4096);
        random.NextBytes(guest.Memory.AsSpan(noise, 4096));
        for (var i = 0; i < 20_000; i++)
        {
            var function = WasiFunctions.All[random.Next(WasiFunctions.All.Length)];
            var arguments = function.ParameterTypes.Select(type => type.Kind == ValueKind.I64 ? (WasmValue)random.NextInt64() : random.Next(4) switch
            {
                0 => (uint)random.NextInt64(),
                1 => (uint)random.Next(8),
                _ => noise + (uint)random.Next(2000),
            }).ToArray();
            try
            {
                guest.Call(function.Name, arguments);
            }
            catch (WasmExitException)
            {
            }
        }
        Assert.Equal(20_000, count);
    }

    /// <summary>Set WAXWING_BLESS=1 to write the page anew.</summary>
    [Fact]
    public void The_page_of_functions_is_that_of_the_table()
    {
        var file = Repository.PathOf("docs", "wasi-functions.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("WAXWING_BLESS") == "1")
            File.WriteAllText(file, page);
        Assert.Equal(page, File.ReadAllText(file).ReplaceLineEndings("\n"));
    }

    private static string Page()
    {
        var page = new StringBuilder("""
            # The functions of WASI preview 1

            This page is made from the table in `src/Waxwing.Wasi/Functions/WasiFunctions.cs`; a test fails when they differ. All functions can be imported from `wasi_snapshot_preview1` and from
            `wasi_unstable`, where some structures are laid out as they were then. All but `proc_exit` return an error number. Parameters after an arrow are addresses of results. The headings are the scopes
            that `--trace-host` and `WasmHostTrace` know.

            """.ReplaceLineEndings("\n"));
        foreach (var scope in WasiFunctions.All.GroupBy(function => function.Scope))
        {
            page.Append($"\n## {scope.Key.ToString().ToLowerInvariant()}\n\n| function | what it does |\n|---|---|\n");
            foreach (var function in scope)
            {
                var arguments = string.Join(", ", function.Parameters.Where(parameter => !parameter.IsResult).Select(parameter => $"{parameter.Name}: {parameter.Type}"));
                var results = string.Join(", ", function.Parameters.Where(parameter => parameter.IsResult).Select(parameter => parameter.Name));
                page.Append($"| `{function.Name}({arguments}){(results.Length > 0 ? $" -> {results}" : "")}` | {function.Summary} |\n");
            }
        }
        return page.ToString();
    }
}
