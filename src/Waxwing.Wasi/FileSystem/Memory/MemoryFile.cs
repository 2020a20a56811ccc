namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>An open file of a file system in memory.</summary>
internal sealed class MemoryFile : WasiFile
{
    private readonly Lock positionGate = new();
    private readonly MemoryFileNode node;
    private readonly WasiOpenMode mode;
    private ulong position;
    private volatile WasiFileFlags status;
    private bool isClosed;

    /// <summary>Opens a file; under the gate of its file system.</summary>
    public MemoryFile(MemoryFileNode node, WasiOpenMode mode)
    {
        (this.node, this.mode, status) = (node, mode, mode.FileFlags);
        node.Opened();
    }

    public override WasiFileType Type => WasiFileType.RegularFile;

    public override WasiFileFlags Flags => status;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        lock (node.System.Gate)
            stat = node.Stat;
        return WasiErrno.Success;
    }

    public override WasiErrno SetTimes(WasiTimes times)
    {
        lock (node.System.Gate)
            node.SetTimes(times);
        return WasiErrno.Success;
    }

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        lock (positionGate)
        {
            var error = ReadAt(buffer, position, out count);
            position += (uint)count;
            return error;
        }
    }

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        if (!mode.Write)
            return WasiErrno.Badf;
        lock (positionGate)
        {
            if (!IsAppending)
            {
                var error = WriteAt(buffer, position, out count);
                position += (uint)count;
                return error;
            }
            return Finish(node.Content.Append(buffer, out position), buffer.Length, out count);
        }
    }

    public override WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (!mode.Read)
            return WasiErrno.Badf;
        if (offset > long.MaxValue)
            return WasiErrno.Inval;
        count = node.Content.Read(buffer, offset);
        return WasiErrno.Success;
    }

    public override WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (!mode.Write)
            return WasiErrno.Badf;
        if (offset > long.MaxValue)
            return WasiErrno.Inval;
        // As Linux does, whose files cannot do otherwise; POSIX would have the offset count.
        return Finish(IsAppending ? node.Content.Append(buffer, out _) : node.Content.Write(buffer, offset), buffer.Length, out count);
    }

    private bool IsAppending => (status & WasiFileFlags.Append) != 0;

    public override WasiErrno Seek(long offset, WasiWhence whence, out ulong position)
    {
        lock (positionGate)
        {
            position = 0;
            var from = whence switch { WasiWhence.Start => 0, WasiWhence.Current => (long)this.position, _ => node.Content.Length };
            if (offset > 0 && from > long.MaxValue - offset)
                return WasiErrno.Overflow;
            if (from + offset < 0)
                return WasiErrno.Inval;
            position = this.position = (ulong)(from + offset);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno SetSize(ulong size) =>
        !mode.Write ? WasiErrno.Badf : size > long.MaxValue ? WasiErrno.Fbig : Finish(node.Content.SetLength(size), 0, out _);

    public override WasiErrno Allocate(ulong offset, ulong length)
    {
        if (!mode.Write)
            return WasiErrno.Badf;
        if (offset > long.MaxValue || length > long.MaxValue - offset)
            return WasiErrno.Fbig;
        return offset + length <= (ulong)node.Content.Length ? WasiErrno.Success : SetSize(offset + length);
    }

    public override WasiErrno Advise(ulong offset, ulong length, WasiAdvice advice) =>
        offset > long.MaxValue || length > long.MaxValue ? WasiErrno.Inval : WasiErrno.Success;

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        hangup = false;
        lock (positionGate)
            available = write || (ulong)node.Content.Length <= position ? 0 : (ulong)node.Content.Length - position;
        return true;
    }

    private WasiErrno Finish(WasiErrno error, int written, out int count)
    {
        count = error == WasiErrno.Success ? written : 0;
        if (error == WasiErrno.Success)
        {
            lock (node.System.Gate)
                node.Modified();
        }
        return error;
    }

    protected override void Dispose(bool disposing)
    {
        lock (node.System.Gate)
        {
            if (!isClosed)
                node.Closed();
            isClosed = true;
        }
    }
}
