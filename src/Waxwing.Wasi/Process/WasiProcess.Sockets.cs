using System.Net.Sockets;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.Functions;
using Waxwing.Wasi.Sockets;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    internal WasiErrno SockAccept(in WasiCall call)
    {
        call.Memory.Check(call.U32(2), 4);
        // The older snapshot does not have this function; its name is defined there all the same.
        var flags = call.U32(1);
        if ((flags & ~(uint)WasiFileFlags.NonBlocking) != 0)
            return WasiErrno.Inval;
        var error = GetSocket(call.U32(0), WasiRights.SockAccept, out var socket);
        if (error != WasiErrno.Success)
            return error;
        if (descriptors.IsFull)
            return WasiErrno.Mfile;
        error = socket.Accept((WasiFileFlags)flags, mayWait: call.Waited != WaitedForFile, out var connection, call.Cancellation);
        if (error != WasiErrno.Success)
            return error;
        error = descriptors.Add(new Descriptor(connection!, WasiRights.Socket & ~WasiRights.SockAccept, WasiRights.None), out var number);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt32(call.U32(2), number);
        return error;
    }

    internal WasiErrno SockRecv(in WasiCall call)
    {
        const uint peek = 1, waitAll = 2;
        const ushort dataTruncated = 1;
        var memory = call.Memory;
        memory.Check(call.U32(4), 4);
        memory.Check(call.U32(5), 2);
        var flags = call.U32(3);
        if (flags > (peek | waitAll))
            return WasiErrno.Inval;
        var error = GetSocket(call.U32(0), WasiRights.FdRead, out var socket);
        if (error != WasiErrno.Success)
            return error;
        var buffers = Few(call.U32(2)) ? stackalloc GuestBuffer[FewBuffers] : new GuestBuffer[MaximumBuffers];
        error = Gather(memory, call.U32(1), call.U32(2), ref buffers);
        if (error != WasiErrno.Success)
            return error;
        error = socket.Receive(buffers, (flags & peek) != 0, (flags & waitAll) != 0, out var total, out var truncated, call.Cancellation);
        if (error != WasiErrno.Success)
            return error;
        memory.WriteUInt32(call.U32(4), (uint)total);
        memory.WriteUInt16(call.U32(5), truncated ? dataTruncated : (ushort)0);
        return WasiErrno.Success;
    }

    internal WasiErrno SockSend(in WasiCall call)
    {
        var memory = call.Memory;
        memory.Check(call.U32(4), 4);
        if (call.U32(3) != 0) // no flags are defined
            return WasiErrno.Inval;
        var error = GetSocket(call.U32(0), WasiRights.FdWrite, out var socket);
        if (error != WasiErrno.Success)
            return error;
        var buffers = Few(call.U32(2)) ? stackalloc GuestBuffer[FewBuffers] : new GuestBuffer[MaximumBuffers];
        error = Gather(memory, call.U32(1), call.U32(2), ref buffers);
        if (error != WasiErrno.Success)
            return error;
        error = socket.WriteVector(buffers, out var total, call.Cancellation);
        if (error == WasiErrno.Success)
            memory.WriteUInt32(call.U32(4), (uint)total);
        return error;
    }

    internal WasiErrno SockShutdown(in WasiCall call)
    {
        const uint receive = 1, send = 2;
        var how = call.U32(1);
        var error = GetSocket(call.U32(0), WasiRights.SockShutdown, out var socket);
        return error != WasiErrno.Success ? error : how switch
        {
            receive => socket.Shutdown(SocketShutdown.Receive),
            send => socket.Shutdown(SocketShutdown.Send),
            receive | send => socket.Shutdown(SocketShutdown.Both),
            _ => WasiErrno.Inval,
        };
    }

    private WasiErrno GetSocket(uint number, WasiRights needed, out SocketFile socket)
    {
        socket = null!;
        if (descriptors.Find(number) is not { } descriptor)
            return WasiErrno.Badf;
        if (descriptor.Node is not SocketFile found)
            return WasiErrno.Notsock;
        socket = found;
        return descriptor.Allows(needed);
    }

    private void AddSocket(Socket socket, bool isListener)
    {
        var rights = isListener ? WasiRights.Socket : WasiRights.Socket & ~WasiRights.SockAccept;
        var descriptor = new Descriptor(new SocketFile(socket, isListener, isGranted: true), rights, isListener ? WasiRights.Socket : WasiRights.None) { Label = isListener ? "listener" : "connection" };
        if (descriptors.Add(descriptor, out _) != WasiErrno.Success)
            throw new ArgumentException($"More directories and sockets are granted than {nameof(WasiOptions.MaximumOpenFiles)} allows.");
    }
}
