using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>Guests called asynchronously hold no thread while they wait in WASI: the call comes back to the caller as a task that is not done. What wakes them, and cancellation, ends the wait.</summary>
public sealed class AsyncWaitTests : IDisposable
{
    private const int Guests = 20;
    private readonly Socket listener = Listen();
    private readonly Socket pairs = Listen(); // apart, as the guests take what comes to the other
    private readonly List<IDisposable> opened = [];

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(100);
        return socket;
    }

    public void Dispose()
    {
        opened.Reverse();
        foreach (var one in opened)
            one.Dispose();
        listener.Dispose();
        pairs.Dispose();
    }

    private const string Waiter = """
        (module
          (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "\80\00\00\00\04\00\00\00")                                            ;; one buffer: 4 bytes at 128
          ;; a clock subscription at 256 and one for reading descriptor 0 or 4 at 304
          (func $clock (param $ns i64) (i32.store (i32.const 272) (i32.const 1)) (i64.store (i32.const 280) (local.get $ns)))
          (func $file (param $fd i32) (i32.store8 (i32.const 312) (i32.const 1)) (i32.store (i32.const 320) (local.get $fd)))
          (func $polled (param $list i32) (param $count i32) (result i32)
            (drop (call $poll (local.get $list) (i32.const 512) (local.get $count) (i32.const 8)))
            (i32.add (i32.mul (i32.const 10) (i32.load (i32.const 8))) (i32.load8_u (i32.const 522))))        ;; 10 * events + type of the first
          (func (export "sleep") (param $ms i64) (result i32) (call $clock (i64.mul (local.get $ms) (i64.const 1000000))) (call $polled (i32.const 256) (i32.const 1)))
          (func (export "poll") (param $ms i64) (result i32)
            (call $clock (i64.mul (local.get $ms) (i64.const 1000000))) (call $file (i32.const 0)) (call $polled (i32.const 256) (i32.const 2)))
          (func (export "poll-socket") (param $ms i64) (result i32)
            (call $clock (i64.mul (local.get $ms) (i64.const 1000000))) (call $file (i32.const 4)) (call $polled (i32.const 256) (i32.const 2)))
          (func (export "read") (param $ms i64) (result i32) (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 8))) (i32.load (i32.const 8)))
          (func (export "receive") (param $ms i64) (result i32)
            (drop (call $recv (i32.const 4) (i32.const 16) (i32.const 1) (i32.const 0) (i32.const 8) (i32.const 12))) (i32.load (i32.const 8)))
          (func (export "accept") (param $ms i64) (result i32) (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8))) (i32.load (i32.const 8))))
        """;

    private static readonly WasmModule Module = WasmModule.Parse(Waiter);

    private (Task<WasmValue[]> Call, LateStream Input, Socket Peer) Start(string function, long milliseconds, CancellationToken cancellation = default)
    {
        var input = new LateStream();
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(pairs.LocalEndPoint!);
        var connection = pairs.Accept();
        var runtime = new WasmRuntime();
        var process = runtime.AddWasi(new WasiOptions { Stdin = input }.AddListener(listener).AddConnection(connection).WithSystemClock());
        opened.AddRange([peer, connection, runtime, process]);
        var call = runtime.Instantiate(Module).GetFunction(function).InvokeAsync(cancellation, milliseconds);
        return (call, input, peer);
    }

    [Theory]
    [InlineData("sleep", 300, 10)]
    [InlineData("poll", 100_000, 11)]
    [InlineData("poll", 300, 10)]
    [InlineData("poll-socket", 100_000, 11)]
    [InlineData("read", 0, 3)]
    [InlineData("receive", 0, 3)]
    [InlineData("accept", 0, 5)]
    public async Task Waiting_holds_no_thread_and_ends_when_it_may(string function, long milliseconds, int expected)
    {
        var started = Enumerable.Range(0, Guests).Select(_ => Start(function, milliseconds)).ToList();
        Assert.All(started, guest => Assert.False(guest.Call.IsCompleted, "the guest did not wait"));
        foreach (var guest in started)
        {
            if (function == "read" || (function == "poll" && milliseconds > 1000))
                guest.Input.Supply([1, 2, 3]);
            if (function is "receive" or "poll-socket")
                guest.Peer.Send([1, 2, 3]);
            if (function == "accept")
            {
                var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                opened.Add(peer);
                peer.Connect(listener.LocalEndPoint!);
            }
        }
        foreach (var guest in started)
            Assert.Equal(expected, (await guest.Call)[0].AsInt32());
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData("poll")]
    [InlineData("poll-socket")]
    [InlineData("read")]
    [InlineData("receive")]
    [InlineData("accept")]
    public async Task Cancellation_ends_every_wait(string function)
    {
        using var cancellation = new CancellationTokenSource();
        var started = Enumerable.Range(0, Guests).Select(_ => Start(function, long.MaxValue / 2_000_000, cancellation.Token)).ToList();
        Assert.All(started, guest => Assert.False(guest.Call.IsCompleted, "the guest did not wait"));
        cancellation.Cancel();
        foreach (var guest in started)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => guest.Call);
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData("poll")]
    [InlineData("poll-socket")]
    [InlineData("read")]
    [InlineData("receive")]
    [InlineData("accept")]
    public async Task Cancellation_ends_every_wait_of_a_thread_too(string function)
    {
        using var cancellation = new CancellationTokenSource();
        using var runtime = new WasmRuntime();
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Connect(pairs.LocalEndPoint!);
        using var connection = pairs.Accept();
        using var process = runtime.AddWasi(new WasiOptions { Stdin = new LateStream() }.AddListener(listener).AddConnection(connection).WithSystemClock());
        var instance = runtime.Instantiate(Module);
        var call = Task.Factory.StartNew(() => instance.GetFunction(function).Invoke(cancellation.Token, long.MaxValue / 2_000_000), TaskCreationOptions.LongRunning);
        Assert.NotSame(call, await Task.WhenAny(call, Task.Delay(50)));
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task By_the_deterministic_clock_nobody_waits_for_time()
    {
        using var runtime = new WasmRuntime();
        using var process = runtime.AddWasi(new WasiOptions { Stdin = new LateStream() });
        var instance = runtime.Instantiate(Module);
        Assert.Equal(10, (await instance.GetFunction("sleep").InvokeAsync(1_000_000L))[0].AsInt32());
        Assert.Equal(10, (await instance.GetFunction("poll").InvokeAsync(1_000_000L))[0].AsInt32());
    }

    [Fact]
    public async Task What_is_wrong_is_reported_as_without_waiting()
    {
        using var runtime = new WasmRuntime();
        using var process = runtime.AddWasi();
        var instance = runtime.Instantiate(WasmModule.Parse("""
            (module
              (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "poll") (param i32 i32) (result i32) (call $poll (local.get 0) (i32.const 0) (local.get 1) (i32.const 8)))
              (func (export "read") (param i32 i32) (result i32) (call $read (local.get 0) (local.get 1) (i32.const 1) (i32.const 8))))
            """));
        async Task<WasiErrno> Call(string name, int first, int second) => (WasiErrno)(await instance.GetFunction(name).InvokeAsync(first, second))[0].AsInt32();
        Assert.Equal(WasiErrno.Inval, await Call("poll", 16, 0));
        Assert.Equal(WasiErrno.Fault, await Call("poll", -4, 1));
        Assert.Equal(WasiErrno.Badf, await Call("read", 9, 16));
        Assert.Equal(WasiErrno.Fault, await Call("read", 0, -4));
        Assert.Equal(WasiErrno.Success, await Call("read", 0, 16));
    }

    /// <summary>A stream whose data come later, and that waits without a thread.</summary>
    private sealed class LateStream : Stream
    {
        private readonly TaskCompletionSource<byte[]> supplied = new();

        public void Supply(byte[] data) => supplied.SetResult(data);

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new UnreachableException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            var data = await supplied.Task;
            data.CopyTo(buffer, offset);
            return data.Length;
        }
    }
}
