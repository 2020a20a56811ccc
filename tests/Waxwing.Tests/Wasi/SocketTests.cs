using System.Net;
using System.Net.Sockets;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

public sealed class SocketTests : IDisposable
{
    private const uint Listener = 3;
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Guest guest;

    public SocketTests()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        guest = new(new WasiOptions().AddListener(listener).WithSystemClock());
    }

    public void Dispose()
    {
        guest.Dispose();
        listener.Dispose();
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        return client;
    }

    private uint Accept()
    {
        var result = guest.Allocate(4);
        guest.Do("sock_accept", Listener, 0u, result);
        return guest.U32(result);
    }

    private WasiErrno TryReceive(uint fd, int size, out string text, uint flags = 0)
    {
        var (buffer, result, roflags) = (guest.Allocate(size), guest.Allocate(4), guest.Allocate(4));
        var error = guest.Call("sock_recv", fd, guest.Buffers((buffer, 2u), (buffer + 2, (uint)size - 2)), 2u, flags, result, roflags);
        text = error == WasiErrno.Success ? guest.Memory.ReadUtf8(buffer, (int)guest.U32(result)) : "";
        return error;
    }

    private string Receive(uint fd, int size = 100, uint flags = 0)
    {
        Assert.Equal(WasiErrno.Success, TryReceive(fd, size, out var text, flags));
        return text;
    }

    [Fact]
    public void A_granted_connection_is_used_and_stays_the_embedders()
    {
        using var client = Connect();
        using var server = listener.Accept();
        using (var other = new Guest(new WasiOptions().AddListener(listener).AddConnection(client).WithSystemClock()))
        {
            const uint connection = 4;
            other.Do("sock_send", connection, other.Buffers(other.Text("out")), 1u, 0u, other.Allocate(4));
            var bytes = new byte[10];
            Assert.Equal(3, server.Receive(bytes));
            server.Send("in"u8);
            Assert.Equal("in", other.Read(connection));
            Assert.Equal(WasiErrno.Notcapable, other.Call("sock_accept", connection, 0u, other.Allocate(4)));
            other.Do("fd_close", connection);
        }
        client.Send("still open"u8);
    }

    [Fact]
    public void Connections_are_accepted_read_written_and_ended()
    {
        using var client = Connect();
        var fd = Accept();
        guest.Do("fd_fdstat_get", fd, 1024u);
        Assert.Equal((byte)WasiFileType.SocketStream, guest.Memory.Read<byte>(1024));
        client.Send("hello"u8);
        Assert.Equal("hello", Receive(fd, flags: 1)); // peek
        Assert.Equal("hell", Receive(fd, 4));
        Assert.Equal("o", guest.Read(fd));
        var sent = guest.Allocate(4);
        guest.Do("sock_send", fd, guest.Buffers(guest.Text("wor"), guest.Text("ld")), 2u, 0u, sent);
        Assert.Equal(5u, guest.U32(sent));
        guest.Write(fd, "!");
        guest.Do("sock_shutdown", fd, 2u);
        var answer = new MemoryStream();
        new NetworkStream(client).CopyTo(answer);
        Assert.Equal("world!"u8, answer.ToArray());
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("", Receive(fd));
        guest.Do("fd_close", fd);
        Assert.Equal(WasiErrno.Badf, TryReceive(fd, 10, out _));
        guest.Do("fd_close", Listener);
        Assert.True(listener.IsBound);
    }

    [Fact]
    public async Task Waiting_for_all_waits()
    {
        using var client = Connect();
        var fd = Accept();
        client.Send("abc"u8);
        var receiving = Task.Run(() => Receive(fd, 6, flags: 2), TestContext.Current.CancellationToken);
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.False(receiving.IsCompleted);
        client.Send("def"u8);
        Assert.Equal("abcdef", await receiving);
    }

    [Fact]
    public void Nothing_waits_that_must_not_wait()
    {
        guest.Do("fd_fdstat_set_flags", Listener, (uint)WasiFileFlags.NonBlocking);
        var result = guest.Allocate(4);
        Assert.Equal(WasiErrno.Again, guest.Call("sock_accept", Listener, 0u, result));
        using var client = Connect();
        WasiErrno error;
        while ((error = guest.Call("sock_accept", Listener, (uint)WasiFileFlags.NonBlocking, result)) == WasiErrno.Again)
            Thread.Yield();
        Assert.Equal(WasiErrno.Success, error);
        Assert.Equal(WasiErrno.Again, TryReceive(guest.U32(result), 10, out _));
    }

    [Fact]
    public void Accepting_receiving_and_polling_end_when_cancelled()
    {
        foreach (var what in (string[])["accept", "receive", "poll"])
        {
            guest.Cancellation = default;
            using var client = Connect();
            var fd = Accept();
            using var cancellation = new CancellationTokenSource(50);
            guest.Cancellation = cancellation.Token;
            var subscription = guest.Allocate(48);
            guest.Memory.Write<byte>(subscription + 8, 1);
            guest.Memory.Write(subscription + 16, fd);
            Assert.Equal(WasiErrno.Intr, what switch
            {
                "accept" => guest.Call("sock_accept", Listener, 0u, guest.Allocate(4)),
                "receive" => TryReceive(fd, 10, out _),
                _ => guest.Call("poll_oneoff", subscription, guest.Allocate(32), 1u, guest.Allocate(4)),
            });
        }
    }

    [Fact]
    public void Polling_sees_connections_and_data()
    {
        using var client = Connect();
        var (subscriptions, events, result) = (guest.Allocate(96), guest.Allocate(64), guest.Allocate(4));
        guest.Memory.Write(subscriptions, 5UL);
        guest.Memory.Write<byte>(subscriptions + 8, 1);
        guest.Memory.Write(subscriptions + 16, Listener);
        guest.Do("poll_oneoff", subscriptions, events, 1u, result);
        Assert.Equal((1u, 5UL), (guest.U32(result), guest.U64(events)));
        var fd = Accept();
        guest.Memory.Write(subscriptions + 16, fd);
        client.Send("four"u8);
        guest.Do("poll_oneoff", subscriptions, events, 1u, result);
        Assert.Equal(4UL, guest.U64(events + 16));
        guest.Memory.Write<byte>(subscriptions + 8, 2);
        guest.Do("poll_oneoff", subscriptions, events, 1u, result);
        Assert.Equal(1u, guest.U32(result));
    }

    [Fact]
    public void Wrong_uses_are_errors()
    {
        using var client = Connect();
        var fd = Accept();
        Assert.Equal(WasiErrno.Notcapable, guest.Call("sock_accept", fd, 0u, guest.Allocate(4)));
        Assert.Equal(WasiErrno.Inval, guest.Call("sock_shutdown", fd, 0u));
        Assert.Equal(WasiErrno.Inval, guest.Call("sock_shutdown", fd, 4u));
        Assert.Equal(WasiErrno.Inval, TryReceive(fd, 10, out _, flags: 4));
        Assert.Equal(WasiErrno.Inval, guest.Call("sock_send", fd, guest.Buffers(guest.Text("x")), 1u, 1u, guest.Allocate(4)));
        Assert.Equal(WasiErrno.Inval, guest.Call("sock_accept", Listener, 1u, guest.Allocate(4)));
        Assert.Equal(WasiErrno.Spipe, guest.Call("fd_seek", fd, 0L, 0u, guest.Allocate(8)));
        Assert.Equal(WasiErrno.Notconn, TryReceive(Listener, 10, out _));
        Assert.Equal(WasiErrno.Notconn, TryReceive(Listener, 10, out _, flags: 1));
        Assert.Equal(WasiErrno.Notconn, guest.TryWrite(Listener, "x"));
    }
}
