namespace Waxwing.Wasi.FileSystem;

/// <summary>
/// A standard stream that is a <see cref="Stream"/>. Streams in memory and files are used straight; from others a reader of its own fetches ahead, so that a guest that waits for input
/// can be cancelled and poll_oneoff knows whether there is any. The stream is not closed.
/// </summary>
internal sealed class StreamFile(Stream stream, WasiFileType type) : WasiFile
{
    private const int BufferSize = 16 * 1024;
    private readonly Lock _readLock = new();
    private readonly Lock _writeLock = new();
    private readonly bool _isImmediate = stream is MemoryStream or FileStream { IsAsync: false, CanSeek: true } || stream == Stream.Null;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private Task<int>? _fetching;
    private WasiFileFlags _flags;

    public override WasiFileType Type => type;

    public override WasiFileFlags Flags => _flags;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        _flags = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        stat = new(type, 0);
        return WasiErrno.Success;
    }

    public override WasiErrno Sync(bool dataOnly)
    {
        lock (_writeLock)
            stream.Flush();
        return WasiErrno.Success;
    }

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        if (!stream.CanRead)
            return WasiErrno.Badf;
        if (buffer.IsEmpty)
            return WasiErrno.Success;
        while (true)
        {
            Task<int> fetching;
            lock (_readLock)
            {
                if (_isImmediate)
                {
                    count = stream.Read(buffer);
                    return WasiErrno.Success;
                }
                if (TryTake(buffer, out count))
                    return WasiErrno.Success;
                fetching = Fetch();
                if (!fetching.IsCompleted && (_flags & WasiFileFlags.NonBlocking) != 0)
                    return WasiErrno.Again;
            }
            try
            {
                fetching.Wait(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return WasiErrno.Intr;
            }
            catch (AggregateException)
            {
                // Reported, once, by TryTake.
            }
        }
    }

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        count = 0;
        if (!stream.CanWrite)
            return WasiErrno.Badf;
        lock (_writeLock)
            stream.Write(buffer);
        count = buffer.Length;
        return WasiErrno.Success;
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        available = 0;
        hangup = false;
        if (write || _isImmediate || !stream.CanRead)
            return true;
        lock (_readLock)
        {
            if (_start == _end && !Fetch().IsCompleted)
                return false;
            available = _fetching is { IsCompletedSuccessfully: true } done ? (ulong)done.Result : (ulong)(_end - _start);
            return true;
        }
    }

    public override IDisposable? WatchReadiness(bool write, Action changed)
    {
        if (write || _isImmediate || !stream.CanRead)
            return null;
        var end = new CancellationTokenSource();
        lock (_readLock)
            Fetch().ContinueWith(_ => changed(), end.Token, TaskContinuationOptions.None, TaskScheduler.Default);
        return new Watch(end);
    }

    /// <summary>Cancels, so that a guest that polls again and again leaves nothing behind.</summary>
    private sealed class Watch(CancellationTokenSource end) : IDisposable
    {
        public void Dispose() => end.Cancel();
    }

    /// <summary>Begins to read ahead unless that is under way. On a thread of the pool, as many streams (the console's) block even when asked to be asynchronous.</summary>
    private Task<int> Fetch()
    {
        _buffer ??= new byte[BufferSize];
        return _fetching ??= Task.Run(() => stream.ReadAsync(_buffer, 0, BufferSize));
    }

    private bool TryTake(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_start == _end)
        {
            if (_fetching is not { IsCompleted: true } fetched)
                return false;
            _fetching = null;
            (_start, _end) = (0, fetched.GetAwaiter().GetResult());
            if (_end == 0)
                return true;
        }
        count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && stream.CanWrite)
        {
            try
            {
                stream.Flush();
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The embedder closed it first; there is nobody left to tell.
            }
        }
    }
}
