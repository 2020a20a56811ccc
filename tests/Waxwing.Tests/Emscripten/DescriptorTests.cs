using System.Net;
using System.Net.Sockets;
using System.Text;
using Waxwing.Emscripten;
using Waxwing.Tests.Wasi;
using Waxwing.Wasi;

namespace Waxwing.Tests.Emscripten;

/// <summary>dup, pipes, poll, select and sockets in C programs.</summary>
public sealed class DescriptorTests : IDisposable
{
    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly MemoryStream output = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => runtime.Dispose();

    [Fact]
    public void Duplicates_and_pipes_are_as_in_POSIX_and_sockets_cannot_be_made()
    {
        using var temporary = new TemporaryDirectory();
        Assert.Equal((0, "done\n"), Run("descriptors", new WasiOptions { Args = ["descriptors"] }.AddDirectory(temporary.Sandbox, "/data")));
        Assert.Equal("into the file\n", File.ReadAllText(Path.Combine(temporary.Sandbox, "out")));
    }

    [Fact]
    public void Duplicates_and_pipes_are_the_same_over_files_in_memory() =>
        Assert.Equal((0, "done\n"), Run("descriptors", new WasiOptions { Args = ["descriptors"] }.AddDirectory(new MemoryFileSystem().Root, "/data")));

    [Fact]
    public async Task A_granted_listener_serves()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(5);
        var run = Task.Run(() => Run("descriptors", new WasiOptions { Args = ["descriptors", "serve"] }.AddDirectory(new MemoryFileSystem().Root, "/data").AddListener(listener)));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, Token);
        await client.SendAsync("pingabc"u8.ToArray(), Token);
        var answer = new byte[4];
        for (var received = 0; received < answer.Length;)
        {
            var count = await client.ReceiveAsync(answer.AsMemory(received), Token);
            if (count == 0)
                break;
            received += count;
        }
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal((0, ""), await run);
        Assert.Equal("pong", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public void Threads_wait_for_one_another_at_the_ends_of_a_pipe() =>
        Assert.Equal((0, "received 300000, wrong 0, end 0, producer 0\n"), Run("piped-threads", new WasiOptions { Args = ["piped-threads"] }.WithSystemClock()));

    [Fact]
    public void The_end_of_the_program_ends_a_thread_that_waits_for_a_pipe() =>
        Assert.Equal((5, "waits\n"), Run("piped-threads", new WasiOptions { Args = ["piped-threads", "one"] }.WithSystemClock()));

    [Fact]
    public void Cancellation_ends_all_that_wait_for_a_pipe()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(100);
        Assert.ThrowsAny<OperationCanceledException>(() => Run("piped-threads", new WasiOptions { Args = ["piped-threads", "both"] }.WithSystemClock(), stop.Token));
    }

    /// <summary>What the C library of the compiler used does not pass on, that of others does.</summary>
    [Fact]
    public void Calls_that_some_C_libraries_keep_to_themselves()
    {
        using var pair = new ConnectedPair();
        using var host = new EmscriptenHost(runtime, new() { Wasi = new WasiOptions().AddConnection(pair.Near) });
        host.Instantiate(WasmModule.Parse("""
            (module (import "env" "__syscall_shutdown" (func $shutdown (param i32 i32 i32 i32 i32 i32) (result i32)))
              (import "env" "__syscall_pipe2" (func $pipe2 (param i32 i32) (result i32))) (import "env" "__syscall_dup2" (func $dup2 (param i32 i32) (result i32)))
              (import "env" "__syscall_socketpair" (func $pair (param i32 i32 i32 i32 i32 i32) (result i32))) (import "env" "__syscall_wait4" (func $wait (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "shutdown") (param i32 i32) (result i32) (call $shutdown (local.get 0) (local.get 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
              (func (export "pair") (result i32) (call $pair (i32.const 1) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
              (func (export "wait") (result i32) (call $wait (i32.const -1) (i32.const 0) (i32.const 0) (i32.const 0)))
              (func (export "pipe2") (param i32 i32) (result i32) (call $pipe2 (local.get 0) (local.get 1)))
              (func (export "dup2") (param i32 i32) (result i32) (call $dup2 (local.get 0) (local.get 1))))
            """), Token);
        int Call(string name, params WasmValue[] arguments) => host.Invoke(name, arguments)[0].AsInt32();
        Assert.Equal(-(int)WasiErrno.Inval, Call("pipe2", 0, 0x400));
        Assert.Equal(0, Call("pipe2", 64, 0x80800));
        Assert.Equal((4u, 5u), (host.Memory.Read<uint>(64), host.Memory.Read<uint>(68)));
        Assert.Throws<WasmTrapException>(() => Call("pipe2", -4, 0));
        Assert.Equal((9, 9), (Call("dup2", 3, 9), Call("dup2", 9, 9)));
        Assert.Equal(-(int)WasiErrno.Inval, Call("shutdown", 9, 3));
        Assert.Equal(-(int)WasiErrno.Notsock, Call("shutdown", 4, 1));
        Assert.Equal(-(int)WasiErrno.Badf, Call("shutdown", 50, 1));
        Assert.Equal(0, Call("shutdown", 9, 1));
        Assert.Equal(0, pair.Far.Receive(new byte[1]));
        Assert.Equal(-(int)WasiErrno.Afnosupport, Call("pair"));
        Assert.Equal(-(int)WasiErrno.Child, Call("wait"));
    }

    /// <summary>Two ends of a connection.</summary>
    private sealed class ConnectedPair : IDisposable
    {
        public ConnectedPair()
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            Far.Connect(listener.LocalEndPoint!);
            Near = listener.Accept();
        }

        public Socket Near { get; }

        public Socket Far { get; } = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
        }
    }

    private (int Code, string Output) Run(string program, WasiOptions wasi, CancellationToken? token = null)
    {
        using var host = new EmscriptenHost(runtime, new() { Wasi = wasi with { Stdout = output } });
        host.Instantiate(ProgramTests.Program(program), Token);
        var code = host.Run(token ?? Token);
        Assert.Equal(0, host.ThreadCount);
        return (code, Encoding.UTF8.GetString(output.ToArray()));
    }
}
