using Waxwing.Wasi.Abi;
using Waxwing.Wasi.FileSystem;

namespace Waxwing.Wasi;

/// <summary>An open file: anything that is not a directory. What is not overridden is not supported.</summary>
public abstract class WasiFile : WasiNode
{
    /// <summary>A regular file that can only be read, for file systems whose content is in streams.</summary>
    /// <param name="content">The bytes: seekable, for this file alone, disposed with it.</param>
    /// <param name="stat">The attributes; the size must be the stream's length.</param>
    /// <param name="flags">The status flags it is opened with.</param>
    /// <exception cref="ArgumentException">The stream cannot be read or cannot seek.</exception>
    public static WasiFile FromStream(Stream content, WasiFileStat stat, WasiFileFlags flags = WasiFileFlags.None)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content is { CanRead: true, CanSeek: true } ? new ContentFile(content, stat, flags) : throw new ArgumentException("The stream must be readable and seekable.", nameof(content));
    }

    /// <summary>The status flags.</summary>
    public virtual WasiFileFlags Flags => WasiFileFlags.None;

    /// <summary>Sets the status flags.</summary>
    public virtual WasiErrno SetFlags(WasiFileFlags flags) => flags == Flags ? WasiErrno.Success : WasiErrno.Notsup;

    /// <summary>Reads at the current position and moves it; 0 bytes is the end. Blocks until there is something, unless <see cref="WasiFileFlags.NonBlocking"/>.</summary>
    /// <param name="buffer">Where to; it may be guest memory and must not be kept.</param>
    /// <param name="count">Bytes read.</param>
    /// <param name="cancellation">Ends a wait: return <see cref="WasiErrno.Intr"/>.</param>
    public virtual WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation) => Fail(WasiErrno.Badf, out count);

    /// <summary>Writes at the current position and moves it; may write less than all.</summary>
    /// <param name="buffer">What; it may be guest memory, may change while it is read, and must not be kept.</param>
    /// <param name="count">Bytes written.</param>
    /// <param name="cancellation">Ends a wait: return <see cref="WasiErrno.Intr"/>.</param>
    public virtual WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation) => Fail(WasiErrno.Badf, out count);

    /// <summary>Reads at an offset; the position stays.</summary>
    public virtual WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count) => Fail(WasiErrno.Spipe, out count);

    /// <summary>Writes at an offset; the position stays.</summary>
    public virtual WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count) => Fail(WasiErrno.Spipe, out count);

    /// <summary>Moves the position.</summary>
    public virtual WasiErrno Seek(long offset, WasiWhence whence, out ulong position)
    {
        position = 0;
        return WasiErrno.Spipe;
    }

    /// <summary>Sets the length in bytes; what is added reads as zero.</summary>
    public virtual WasiErrno SetSize(ulong size) => WasiErrno.Inval;

    /// <summary>Makes sure that a range can be written without running out of space, extending the file if need be.</summary>
    public virtual WasiErrno Allocate(ulong offset, ulong length) => WasiErrno.Notsup;

    /// <summary>Takes a hint.</summary>
    public virtual WasiErrno Advise(ulong offset, ulong length, WasiAdvice advice) => WasiErrno.Success;

    /// <summary>Whether a read or write would not block.</summary>
    /// <param name="write">Whether the question is about writing.</param>
    /// <param name="available">How many bytes can be read or written at least, as far as known; 0 if not.</param>
    /// <param name="hangup">Whether the other end is closed.</param>
    public virtual bool IsReady(bool write, out ulong available, out bool hangup)
    {
        available = 0;
        hangup = false;
        return true;
    }

    /// <summary>Asks to be told when <see cref="IsReady"/> may have changed; at most one call, from any thread. Disposing the result ends it. Null: it does not change.</summary>
    public virtual IDisposable? WatchReadiness(bool write, Action changed) => null;

    /// <summary>A descriptor of the operating system that poll(2) can wait for, or -1.</summary>
    internal virtual int PollDescriptor => -1;

    // Several buffers at once, straight in guest memory. Files of the operating system do this in one system call.

    internal virtual unsafe WasiErrno ReadVector(ReadOnlySpan<GuestBuffer> buffers, out nuint total, CancellationToken cancellation)
    {
        total = 0;
        foreach (var buffer in buffers)
        {
            // SAFETY: a GuestBuffer was checked against the memory's length, which does not shrink.
            var error = Read(new Span<byte>(buffer.Start, (int)buffer.Length), out var count, cancellation);
            if (error != WasiErrno.Success)
                return total > 0 ? WasiErrno.Success : error;
            total += (nuint)count;
            // Once something was read, a further read could block.
            if (count < (int)buffer.Length || !IsReady(write: false, out _, out _))
                break;
        }
        return WasiErrno.Success;
    }

    internal virtual unsafe WasiErrno WriteVector(ReadOnlySpan<GuestBuffer> buffers, out nuint total, CancellationToken cancellation)
    {
        total = 0;
        foreach (var buffer in buffers)
        {
            // SAFETY: as above.
            var error = Write(new ReadOnlySpan<byte>(buffer.Start, (int)buffer.Length), out var count, cancellation);
            if (error != WasiErrno.Success)
                return total > 0 ? WasiErrno.Success : error;
            total += (nuint)count;
            if (count < (int)buffer.Length)
                break;
        }
        return WasiErrno.Success;
    }

    internal virtual unsafe WasiErrno ReadVectorAt(ReadOnlySpan<GuestBuffer> buffers, ulong offset, out nuint total)
    {
        total = 0;
        foreach (var buffer in buffers)
        {
            // SAFETY: as above.
            var error = ReadAt(new Span<byte>(buffer.Start, (int)buffer.Length), offset + total, out var count);
            if (error != WasiErrno.Success)
                return total > 0 ? WasiErrno.Success : error;
            total += (nuint)count;
            if (count < (int)buffer.Length)
                break;
        }
        return WasiErrno.Success;
    }

    internal virtual unsafe WasiErrno WriteVectorAt(ReadOnlySpan<GuestBuffer> buffers, ulong offset, out nuint total)
    {
        total = 0;
        foreach (var buffer in buffers)
        {
            // SAFETY: as above.
            var error = WriteAt(new ReadOnlySpan<byte>(buffer.Start, (int)buffer.Length), offset + total, out var count);
            if (error != WasiErrno.Success)
                return total > 0 ? WasiErrno.Success : error;
            total += (nuint)count;
            if (count < (int)buffer.Length)
                break;
        }
        return WasiErrno.Success;
    }

    private static WasiErrno Fail(WasiErrno error, out int count)
    {
        count = 0;
        return error;
    }
}
