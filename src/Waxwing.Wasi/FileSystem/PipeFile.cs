namespace Waxwing.Wasi.FileSystem;

/// <summary>One end of a pipe in memory. Reading waits for bytes or the end of the last writer, writing for room; up to 4 KiB are written whole or not at all, as POSIX wants.</summary>
internal sealed class PipeFile : WasiFile
{
    private readonly Channel channel;
    private readonly bool isWriter;
    private volatile WasiFileFlags status;
    private bool isClosed;

    private PipeFile(Channel channel, bool isWriter, WasiFileFlags flags) => (this.channel, this.isWriter, status) = (channel, isWriter, flags);

    public override WasiFileType Type => WasiFileType.Unknown;

    public override WasiFileFlags Flags => status;

    /// <summary>Both ends of a new pipe.</summary>
    public static (PipeFile Reader, PipeFile Writer) Create(WasiFileFlags flags)
    {
        var channel = new Channel();
        return (new(channel, isWriter: false, flags), new(channel, isWriter: true, flags));
    }

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

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        if (isWriter)
            return WasiErrno.Badf;
        while (buffer.Length > 0 && !channel.TryRead(buffer, out count))
        {
            if (Wait(write: false, cancellation) is var error && error != WasiErrno.Success)
                return error;
        }
        return WasiErrno.Success;
    }

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        if (!isWriter)
            return WasiErrno.Badf;
        while (buffer.Length > count)
        {
            var error = channel.TryWrite(buffer[count..], out var written) ? WasiErrno.Success : WasiErrno.Pipe;
            count += written;
            if (error == WasiErrno.Success && buffer.Length > count)
                error = Wait(write: true, cancellation);
            if (error != WasiErrno.Success)
                return count > 0 ? WasiErrno.Success : error;
        }
        return WasiErrno.Success;
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup) => channel.IsReady(write, out available, out hangup);

    public override IDisposable? WatchReadiness(bool write, Action changed) => channel.Watch(write, changed);

    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref isClosed, true))
            return;
        channel.Close(isWriter);
    }

    private WasiErrno Wait(bool write, CancellationToken cancellation)
    {
        if ((status & WasiFileFlags.NonBlocking) != 0)
            return WasiErrno.Again;
        using var session = new Clocks.WaitSession(cancellation);
        session.Add(this, write);
        if (!cancellation.IsCancellationRequested)
            session.Wait(null);
        return cancellation.IsCancellationRequested ? WasiErrno.Intr : WasiErrno.Success;
    }

    /// <summary>What is between the ends: a ring of bytes.</summary>
    private sealed class Channel
    {
        private const int Capacity = 64 * 1024, WholePiece = 4096;

        private readonly Lock gate = new();
        private readonly List<Watcher> watchers = [];
        // Made when something is first written.
        private byte[]? bytes;
        private int start, length;
        private bool isReaderClosed, isWriterClosed;

        /// <summary>False if there is nothing yet; true with 0 bytes at the end.</summary>
        public bool TryRead(Span<byte> buffer, out int count)
        {
            lock (gate)
            {
                count = Math.Min(buffer.Length, length);
                var first = Math.Min(count, Capacity - start);
                bytes.AsSpan(start, first).CopyTo(buffer);
                bytes.AsSpan(0, count - first).CopyTo(buffer[first..]);
                (start, length) = ((start + count) % Capacity, length - count);
                if (count == 0)
                    return isWriterClosed;
            }
            Changed();
            return true;
        }

        /// <summary>False if nobody can read any more; true with what there was room for.</summary>
        public bool TryWrite(ReadOnlySpan<byte> buffer, out int count)
        {
            count = 0;
            lock (gate)
            {
                if (isReaderClosed)
                    return false;
                var room = Capacity - length;
                if (room < Math.Min(buffer.Length, WholePiece))
                    return true;
                count = Math.Min(buffer.Length, room);
                bytes ??= new byte[Capacity];
                var end = (start + length) % Capacity;
                var first = Math.Min(count, Capacity - end);
                buffer[..first].CopyTo(bytes.AsSpan(end));
                buffer[first..count].CopyTo(bytes);
                length += count;
            }
            Changed();
            return true;
        }

        public bool IsReady(bool write, out ulong available, out bool hangup)
        {
            lock (gate)
            {
                (available, hangup) = write ? ((ulong)(Capacity - length), isReaderClosed) : ((ulong)length, isWriterClosed);
                // As much room as makes a small write succeed.
                return hangup || (write ? available >= WholePiece : available > 0);
            }
        }

        /// <summary>Tells at once if it is ready by now.</summary>
        public IDisposable? Watch(bool write, Action changed)
        {
            var watcher = new Watcher(this, changed);
            lock (gate)
                watchers.Add(watcher);
            if (IsReady(write, out _, out _))
                changed();
            return watcher;
        }

        public void Close(bool isWriter)
        {
            lock (gate)
            {
                if (isWriter)
                    isWriterClosed = true;
                else
                    isReaderClosed = true;
            }
            Changed();
        }

        private void Changed()
        {
            Watcher[] told;
            lock (gate)
            {
                if (watchers.Count == 0)
                    return;
                told = [.. watchers];
                watchers.Clear();
            }
            foreach (var watcher in told)
                watcher.Tell();
        }

        private sealed class Watcher(Channel channel, Action changed) : IDisposable
        {
            public void Tell() => changed();

            public void Dispose()
            {
                lock (channel.gate)
                    channel.watchers.Remove(this);
            }
        }
    }
}
