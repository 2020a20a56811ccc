using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Waxwing.Wasi;
using Waxwing.Wasi.Sockets;

namespace Waxwing.Emscripten.Functions;

/// <summary>
/// System calls on sockets: those that the embedder granted can be used as in any C program; others there are none, and no family of addresses to make one with.
/// </summary>
internal static class SocketFunctions
{
    private const int Peek = 2, DoNotWait = 0x40, WaitAll = 0x100, NoSignal = 0x4000;

    public static EmscriptenFunction[] All { get; } =
    [
        new("__syscall_socket", "family type protocol a b c", static (in c) => FileFunctions.Negative(WasiErrno.Afnosupport)),
        new("__syscall_socketpair", "family type protocol pair a b", static (in c) => FileFunctions.Negative(WasiErrno.Afnosupport)),
        new("__syscall_bind", "fd:fd address length a b c", static (in c) => Find(c, out _) is not WasiErrno.Success and var error ? FileFunctions.Negative(error) : FileFunctions.Negative(WasiErrno.Inval)),
        new("__syscall_connect", "fd:fd address length a b c", static (in c) => Find(c, out var socket) is not WasiErrno.Success and var error ? FileFunctions.Negative(error)
            : FileFunctions.Negative(socket.Remote is null ? WasiErrno.Inval : WasiErrno.Isconn)),
        new("__syscall_listen", "fd:fd backlog a b c d", static (in c) => Find(c, out var socket) is not WasiErrno.Success and var error ? FileFunctions.Negative(error)
            : FileFunctions.Negative(socket.Remote is null ? WasiErrno.Success : WasiErrno.Inval)),
        new("__syscall_accept4", "fd:fd address length flags a b", static (in c) => Accept(c)),
        new("__syscall_getsockname", "fd:fd address length a b c", static (in c) => Name(c, static socket => socket.Local)),
        new("__syscall_getpeername", "fd:fd address length a b c", static (in c) => Name(c, static socket => socket.Remote)),
        new("__syscall_getsockopt", "fd:fd level name value length a", static (in c) => Option(c)),
        new("__syscall_setsockopt", "fd:fd level name value length a", static (in c) => Find(c, out _) is not WasiErrno.Success and var error ? FileFunctions.Negative(error)
            : FileFunctions.Negative(WasiErrno.Noprotoopt)),
        new("__syscall_sendto", "fd:fd buffer length flags address addressLength", static (in c) => WithList(c, c.U32(1), c.U32(2), (in c, list, count) => Send(c, list, count, c.I32(3), c.U32(4)))),
        new("__syscall_recvfrom", "fd:fd buffer length flags address addressLength", static (in c) =>
            WithList(c, c.U32(1), c.U32(2), (in c, list, count) => Receive(c, list, count, c.I32(3), c.U32(4), c.U32(5)))),
        new("__syscall_sendmsg", "fd:fd message flags a b c", static (in c) => Send(c, Field(c, 8), Field(c, 12), c.I32(2), Field(c, 0))),
        new("__syscall_recvmsg", "fd:fd message flags a b c", static (in c) => ReceiveMessage(c)),
        new("__syscall_shutdown", "fd:fd how a b c d", static (in c) => c.I32(1) is < 0 or > 2 ? FileFunctions.Negative(WasiErrno.Inval)
            : FileFunctions.Negative(c.System.Call("sock_shutdown", c.Memory, c.Token, [c.U32(0), c.I32(1) + 1]))),
    ];

    private delegate WasmValue OnList(in EmscriptenCall call, uint list, uint count);

    private static WasiErrno Find(in EmscriptenCall call, out SocketFile socket)
    {
        var node = call.System.Process.Descriptors.Find(call.U32(0))?.Node;
        socket = (node as SocketFile)!;
        return node is null ? WasiErrno.Badf : socket is null ? WasiErrno.Notsock : WasiErrno.Success;
    }

    private static WasmValue Accept(in EmscriptenCall call)
    {
        const int NonBlocking = 0x800, CloseOnExecute = 0x80000;
        if ((call.I32(3) & ~(NonBlocking | CloseOnExecute)) != 0)
            return FileFunctions.Negative(WasiErrno.Inval);
        Span<byte> opened = stackalloc byte[4];
        var error = call.System.CallForResult("sock_accept", opened, call.Token, call.U32(0), (int)((call.I32(3) & NonBlocking) != 0 ? WasiFileFlags.NonBlocking : 0), 0);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        var number = BinaryPrimitives.ReadUInt32LittleEndian(opened);
        if (call.System.Process.Descriptors.Find(number)?.Node is SocketFile connection)
            WriteAddress(call, call.U32(1), call.U32(2), connection.Remote);
        return number;
    }

    private static WasmValue Name(in EmscriptenCall call, Func<SocketFile, EndPoint?> which)
    {
        var error = Find(call, out var socket);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        try
        {
            if (which(socket) is not { } address)
                return FileFunctions.Negative(WasiErrno.Notconn);
            WriteAddress(call, call.U32(1), call.U32(2), address);
            return 0;
        }
        catch (SocketException problem)
        {
            return FileFunctions.Negative(SocketErrors.ToWasi(problem.SocketErrorCode));
        }
        catch (ObjectDisposedException)
        {
            return FileFunctions.Negative(WasiErrno.Badf);
        }
    }

    private static WasmValue Option(in EmscriptenCall call)
    {
        const int SocketLevel = 1, TypeOption = 3, ErrorOption = 4, AcceptOption = 30, Stream = 1, Datagram = 2;
        var error = Find(call, out var socket);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        int? value = (call.I32(1), call.I32(2)) switch
        {
            (SocketLevel, TypeOption) => socket.Type == WasiFileType.SocketDatagram ? Datagram : Stream,
            (SocketLevel, ErrorOption) => 0,
            (SocketLevel, AcceptOption) => socket.Remote is null ? 1 : 0,
            _ => null,
        };
        if (value is not { } found)
            return FileFunctions.Negative(WasiErrno.Noprotoopt);
        if (call.Memory.Read<uint>(call.U32(4)) < 4)
            return FileFunctions.Negative(WasiErrno.Inval);
        call.Memory.Write(call.U32(3), found);
        call.Memory.Write(call.U32(4), 4);
        return 0;
    }

    /// <summary>Puts one buffer in a list on the guest's stack.</summary>
    private static WasmValue WithList(in EmscriptenCall call, uint buffer, uint length, OnList body)
    {
        var stack = call.Thread.SaveStack(call.Token);
        var list = call.Thread.AllocateStack(16, call.Token);
        try
        {
            call.Memory.Write(list, buffer);
            call.Memory.Write(list + 4L, length);
            return body(call, list, 1);
        }
        finally
        {
            call.Thread.RestoreStack(stack, call.Token);
        }
    }

    private static WasmValue Send(in EmscriptenCall call, uint list, uint count, int flags, uint address)
    {
        var error = Find(call, out var socket);
        if (error == WasiErrno.Success && (flags & ~(DoNotWait | NoSignal)) != 0)
            error = WasiErrno.Notsup;
        if (error == WasiErrno.Success && address != 0)
            error = WasiErrno.Isconn;
        if (error == WasiErrno.Success && (flags & DoNotWait) != 0 && !socket.IsReady(write: true, out _, out _))
            error = WasiErrno.Again;
        return error != WasiErrno.Success ? FileFunctions.Negative(error) : Transfer(call, "sock_send", list, count, 0);
    }

    private static WasmValue Receive(in EmscriptenCall call, uint list, uint count, int flags, uint address, uint length)
    {
        var error = Find(call, out var socket);
        if (error == WasiErrno.Success && (flags & ~(DoNotWait | NoSignal | Peek | WaitAll)) != 0)
            error = WasiErrno.Notsup;
        if (error == WasiErrno.Success && (flags & DoNotWait) != 0 && !socket.IsReady(write: false, out _, out _))
            error = WasiErrno.Again;
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        var received = Transfer(call, "sock_recv", list, count, ((flags & Peek) != 0 ? 1 : 0) | ((flags & WaitAll) != 0 ? 2 : 0));
        if ((int)received >= 0 && length != 0)
            WriteAddress(call, address, length, socket.Remote);
        return received;
    }

    private static WasmValue ReceiveMessage(in EmscriptenCall call)
    {
        var received = Receive(call, Field(call, 8), Field(call, 12), call.I32(2), Field(call, 0), Field(call, 0) == 0 ? 0 : call.U32(1) + 4);
        if ((int)received >= 0)
        {
            // Nothing comes beside the data, and none of it is lost.
            call.Memory.Write(call.U32(1) + 20L, 0);
            call.Memory.Write(call.U32(1) + 24L, 0);
        }
        return received;
    }

    /// <summary>A field of C's <c>struct msghdr</c>: name, its length, buffers, their number.</summary>
    private static uint Field(in EmscriptenCall call, uint offset) => call.Memory.Read<uint>(call.U32(1) + (long)offset);

    private static WasmValue Transfer(in EmscriptenCall call, string function, uint list, uint count, int flags)
    {
        var stack = call.Thread.SaveStack(call.Token);
        var result = call.Thread.AllocateStack(16, call.Token);
        try
        {
            var error = function == "sock_send"
                ? call.System.Call(function, call.Memory, call.Token, [call.U32(0), list, count, flags, result])
                : call.System.Call(function, call.Memory, call.Token, [call.U32(0), list, count, flags, result, result + 4]);
            return error == WasiErrno.Success ? call.Memory.Read<int>(result) : FileFunctions.Negative(error);
        }
        finally
        {
            call.Thread.RestoreStack(stack, call.Token);
        }
    }

    /// <summary>C's <c>sockaddr_in</c> or <c>sockaddr_in6</c>, as far as there is room; the length says how long it is.</summary>
    private static void WriteAddress(in EmscriptenCall call, uint address, uint length, EndPoint? endPoint)
    {
        const ushort Family4 = 2, Family6 = 10;
        if (address == 0 || endPoint is not IPEndPoint { } ip)
            return;
        Span<byte> bytes = stackalloc byte[28];
        bytes.Clear();
        var isShort = ip.AddressFamily == AddressFamily.InterNetwork;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, isShort ? Family4 : Family6);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)ip.Port);
        _ = ip.Address.TryWriteBytes(bytes[(isShort ? 4 : 8)..], out _);
        bytes = bytes[..(isShort ? 16 : 28)];
        var room = (int)Math.Min(call.Memory.Read<uint>(length), (uint)bytes.Length);
        bytes[..room].CopyTo(call.Memory.AsSpan(address, room));
        call.Memory.Write(length, bytes.Length);
    }
}
