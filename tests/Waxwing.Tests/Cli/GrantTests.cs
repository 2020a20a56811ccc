using System.IO.Compression;
using Waxwing.Cli;

namespace Waxwing.Tests.Cli;

/// <summary>What the command line gives a guest of this machine.</summary>
public sealed class GrantTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("waxwing-");

    public void Dispose() => folder.Delete(recursive: true);

    // Opens "file" in the first granted directory, creating it, and exits with the error number.
    private const string Creator = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 8) "file")
          (func (export "_start")
            (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))))
        """;

    [Fact]
    public void Folders_are_given_to_be_written_read_or_overlaid()
    {
        const int readOnly = 69; // rofs
        var file = Path.Join(folder.FullName, "file");
        Assert.Equal(readOnly, Run("--dir", $"{folder.FullName}::/,ro").Code);
        Assert.False(File.Exists(file));
        Assert.Equal(0, Run("--dir", $"{folder.FullName}::/,overlay").Code);
        Assert.False(File.Exists(file));
        Assert.Equal(0, Run("--dir", $"{folder.FullName}::/").Code);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void Archives_are_folders_too()
    {
        const int readOnly = 69;
        var archive = Path.Join(folder.FullName, "a.zip");
        using (var zip = ZipFile.Open(archive, ZipArchiveMode.Create))
            zip.CreateEntry("x");
        Assert.Equal(readOnly, Run("--dir", $"{archive}::/").Code);
        Assert.Equal(0, Run("--dir", $"{archive}::/,overlay").Code);
        File.WriteAllText(archive, "not an archive");
        Assert.Equal(ExitCode.Failure, Run("--dir", $"{archive}::/").Code);
    }

    // Accepts a connection on the first descriptor, or takes that for one, and answers what it received.
    private const string Echo = """
        (module
          (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "\64\00\00\00\04\00\00\00")
          (func (export "_start")
            (i32.store (i32.const 8) (i32.const 3))
            (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
            (drop (call $read (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 28)))
            (drop (call $write (i32.load (i32.const 8)) (i32.const 16) (i32.const 1) (i32.const 24)))))
        """;

    [Fact]
    public async Task A_guest_accepts_connections_of_a_listener()
    {
        var module = Path.Join(folder.FullName, "echo.wat");
        File.WriteAllText(module, Echo);
        using var output = new StringWriter();
        using var error = new Announcement();
        var run = Task.Run(() => CommandLine.Run(["run", "--listen", "127.0.0.1:0", module], output, error));
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPEndPoint.Parse((await error.Line.Task)["waxwing: listening on ".Length..]));
        await Answers(client.GetStream());
        Assert.Equal(0, await run);
    }

    [Fact]
    public async Task A_guest_has_the_connections_it_is_given_and_the_trace_shows_what_it_does()
    {
        var module = Path.Join(folder.FullName, "echo.wat");
        File.WriteAllText(module, Echo);
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        using var output = new StringWriter();
        using var error = new StringWriter { NewLine = "\n" };
        var run = Task.Run(() => CommandLine.Run(["run", "--trace-host=socket,fd_write", "--connect", server.LocalEndpoint.ToString()!, module], output, error));
        using var client = await server.AcceptTcpClientAsync();
        await Answers(client.GetStream());
        Assert.Equal(0, await run);
        Assert.Equal("sock_accept(fd: 3 connection, flags: none) = notcapable\nfd_write(fd: 3 connection, iovs: 1 buffer, 4 bytes) = nwritten: 4\n", error.ToString());
    }

    [Theory]
    [InlineData("--listen", "8080")]
    [InlineData("--listen", "host:")]
    [InlineData("--connect", "::1:80")]
    [InlineData("--connect", "host:65536")]
    [InlineData("--trace-host=-", "")]
    public void Bad_grants_are_errors_of_usage(string option, string value) => Assert.Equal(ExitCode.Usage, Run(value.Length > 0 ? [option, value] : [option]).Code);

    private static async Task Answers(Stream connection)
    {
        await connection.WriteAsync("ping"u8.ToArray());
        var bytes = new byte[4];
        await connection.ReadExactlyAsync(bytes);
        Assert.Equal("ping"u8, bytes);
    }

    /// <summary>The first line that is written.</summary>
    private sealed class Announcement : StringWriter
    {
        public TaskCompletionSource<string> Line { get; } = new();

        public override void WriteLine(string? value) => Line.TrySetResult(value!);
    }

    private (int Code, string Output, string Error) Run(params string[] options)
    {
        var module = Path.Join(folder.FullName, "creator.wat");
        File.WriteAllText(module, Creator);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(["run", .. options, module], output, error), output.ToString(), error.ToString());
    }
}
