using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Wasi.Sockets;

/// <summary>A socket: a listener or a connection the embedder granted, or a connection accepted by a listener.</summary>
/// <param name="socket">The socket.</param>
/// <param name="isListener">Whether it is a listener: it is accepted from, and nothing else.</param>
/// <param name="isGranted">Whether it is the embedder's: it is not closed with the descriptor.</param>
internal sealed class SocketFile(Socket socket, bool isListener, bool isGranted) : WasiFile
{
    // How long cancellation may go unnoticed where it cannot interrupt a wait.
    private const int PortableWaitMicroseconds = 20_000;
    private volatile WasiFileFlags status;

    public override WasiFileType Type => socket.SocketType == SocketType.Dgram ? WasiFileType.SocketDatagram : WasiFileType.SocketStream;

    public override WasiFileFlags Flags => status;

    /// <summary>Its own address, or null.</summary>
    public EndPoint? Local => socket.LocalEndPoint;

    /// <summary>The address of the other end, or null.</summary>
    public EndPoint? Remote => isListener ? null : socket.RemoteEndPoint;

    internal override int PollDescriptor => LinuxPlatform.IsSupported ? (int)socket.SafeHandle.DangerousGetHandle() : -1;

    // Elsewhere somebody has to look again and again.
    public override IDisposable? WatchReadiness(bool write, Action changed) =>
        new Timer(static changed => ((Action)changed!)(), changed, TimeSpan.FromMicroseconds(PortableWaitMicroseconds), Timeout.InfiniteTimeSpan);

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        if ((flags & ~WasiFileFlags.NonBlocking) != 0)
            return WasiErrno.Inval;
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        stat = new(Type, 0);
        return WasiErrno.Success;
    }

    /// <summary>Takes the next connection.</summary>
    /// <param name="flags">Status flags of the connection.</param>
    /// <param name="mayWait">Whether to wait for one if there is none; else, as when the listener is not to block: Again.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public WasiErrno Accept(WasiFileFlags flags, bool mayWait, out SocketFile? connection, CancellationToken cancellation)
    {
        connection = null;
        while (true)
        {
            var error = TryAccept(out var accepted);
            if (accepted is not null)
                connection = new(accepted, isListener: false, isGranted: false) { status = flags };
            if (error != WasiErrno.Again || !mayWait || (status & WasiFileFlags.NonBlocking) != 0)
                return error;
            error = Wait(write: false, cancellation);
            if (error != WasiErrno.Success)
                return error;
        }
    }

    /// <summary>Takes a connection if there is one. A blocking accept could wait for ever, as others may take what it was told of.</summary>
    private WasiErrno TryAccept(out Socket? accepted)
    {
        accepted = null;
        using var end = new CancellationTokenSource();
        try
        {
            var accepting = socket.AcceptAsync(end.Token);
            if (!accepting.IsCompleted)
                end.Cancel();
            accepted = accepting.AsTask().GetAwaiter().GetResult();
            return WasiErrno.Success;
        }
        catch (OperationCanceledException)
        {
            return WasiErrno.Again;
        }
        catch (SocketException exception)
        {
            return SocketErrors.ToWasi(exception.SocketErrorCode);
        }
    }

    /// <summary>Receives into several buffers.</summary>
    /// <param name="buffers">Where to.</param>
    /// <param name="peek">Leave what is received to be received again.</param>
    /// <param name="waitAll">Wait until the buffers are full or the connection ends.</param>
    /// <param name="total">Bytes received.</param>
    /// <param name="truncated">Whether a datagram was longer than the buffers.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public unsafe WasiErrno Receive(ReadOnlySpan<GuestBuffer> buffers, bool peek, bool waitAll, out nuint total, out bool truncated, CancellationToken cancellation)
    {
        (total, truncated) = (0, false);
        if (peek || socket.SocketType == SocketType.Dgram)
            return ReceiveAtOnce(buffers, peek, out total, out truncated, cancellation);
        foreach (var buffer in buffers)
        {
            for (var done = 0; done < (int)buffer.Length;)
            {
                if (total > 0 && !waitAll && !IsReady(write: false, out _, out _))
                    return WasiErrno.Success;
                // SAFETY: a GuestBuffer was checked against the memory's length, which does not shrink.
                var error = Read(new Span<byte>(buffer.Start + done, (int)buffer.Length - done), out var count, cancellation);
                if (error != WasiErrno.Success)
                    return total > 0 ? WasiErrno.Success : error;
                if (count == 0)
                    return WasiErrno.Success;
                total += (nuint)count;
                done += count;
            }
        }
        return WasiErrno.Success;
    }

    /// <summary>One receive for all buffers: a second one would see the same data, or another datagram.</summary>
    private unsafe WasiErrno ReceiveAtOnce(ReadOnlySpan<GuestBuffer> buffers, bool peek, out nuint total, out bool truncated, CancellationToken cancellation)
    {
        const int longest = 65_536; // of a datagram; a peek needs no more
        (total, truncated) = (0, false);
        nuint room = 0;
        foreach (var buffer in buffers)
            room += buffer.Length;
        var error = isListener ? WasiErrno.Notconn : Wait(write: false, cancellation);
        if (error != WasiErrno.Success)
            return error;
        var bytes = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            var count = socket.Receive(bytes.AsSpan(0, (int)Math.Min(room, longest)), peek ? SocketFlags.Peek : SocketFlags.None, out var result);
            error = SocketErrors.ToWasi(result);
            truncated = error == WasiErrno.Msgsize;
            if (truncated)
                (count, error) = ((int)Math.Min(room, longest), WasiErrno.Success);
            foreach (var buffer in buffers)
            {
                var part = Math.Min((int)buffer.Length, count - (int)total);
                // SAFETY: as above.
                bytes.AsSpan((int)total, part).CopyTo(new Span<byte>(buffer.Start, part));
                total += (nuint)part;
            }
            return error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public override unsafe WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        while (true)
        {
            var error = isListener ? WasiErrno.Notconn : Wait(write: false, cancellation);
            if (error != WasiErrno.Success)
                return error;
            if (!LinuxPlatform.IsSupported)
            {
                count = socket.Receive(buffer, SocketFlags.None, out var result);
                return SocketErrors.ToWasi(result);
            }
            fixed (byte* pointer = buffer)
            {
                if (TryFinish(Libc.recv(socket.SafeHandle, pointer, (nuint)buffer.Length, Libc.MSG_DONTWAIT), out count, out error))
                    return error;
            }
        }
    }

    public override unsafe WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        // Where it cannot be avoided that a send waits until everything is sent, it is given what surely fits.
        const int piece = 16 * 1024;
        count = 0;
        while (true)
        {
            var error = isListener ? WasiErrno.Notconn : Wait(write: true, cancellation);
            if (error != WasiErrno.Success)
                return error;
            if (!LinuxPlatform.IsSupported)
            {
                count = socket.Send(socket.SocketType == SocketType.Dgram ? buffer : buffer[..Math.Min(buffer.Length, piece)], SocketFlags.None, out var result);
                return SocketErrors.ToWasi(result);
            }
            fixed (byte* pointer = buffer)
            {
                if (TryFinish(Libc.send(socket.SafeHandle, pointer, (nuint)buffer.Length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL), out count, out error))
                    return error;
            }
        }
    }

    /// <summary>False: wait again (a signal came, or another thread of the guest was faster).</summary>
    private bool TryFinish(nint result, out int count, out WasiErrno error)
    {
        count = result < 0 ? 0 : (int)result;
        error = result < 0 ? Libc.LastError : WasiErrno.Success;
        return !(error == WasiErrno.Intr || (error == WasiErrno.Again && (status & WasiFileFlags.NonBlocking) == 0));
    }

    /// <summary>Ends one direction of the connection, or both.</summary>
    public WasiErrno Shutdown(SocketShutdown how)
    {
        try
        {
            socket.Shutdown(how);
            return WasiErrno.Success;
        }
        catch (SocketException exception)
        {
            return SocketErrors.ToWasi(exception.SocketErrorCode);
        }
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        var ready = socket.Poll(0, write ? SelectMode.SelectWrite : SelectMode.SelectRead);
        available = ready && !write && !isListener ? (ulong)Math.Max(0, socket.Available) : 0;
        hangup = ready && !write && !isListener && available == 0;
        return ready;
    }

    private WasiErrno Wait(bool write, CancellationToken cancellation)
    {
        var mode = write ? SelectMode.SelectWrite : SelectMode.SelectRead;
        if ((status & WasiFileFlags.NonBlocking) != 0)
            return socket.Poll(0, mode) ? WasiErrno.Success : WasiErrno.Again;
        if (LinuxPlatform.IsSupported)
            return LinuxPoll.Wait(socket.SafeHandle, write ? Libc.POLLOUT : Libc.POLLIN, cancellation);
        while (!cancellation.IsCancellationRequested)
        {
            if (socket.Poll(PortableWaitMicroseconds, mode))
                return WasiErrno.Success;
        }
        return WasiErrno.Intr;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isGranted)
            socket.Dispose();
    }
}
