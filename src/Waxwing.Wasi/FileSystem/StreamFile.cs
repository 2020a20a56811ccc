namespace Waxwing.Wasi.FileSystem;

/// <summary>
/// A standard stream that is a <see cref="Stream"/>. Streams in memory and files are used straight; from others a reader of its own fetches ahead, so that a guest that waits for input
/// can be cancelled and poll_oneoff knows whether there is any. The stream is not closed.
/// </summary>
internal sealed class StreamFile(Stream stream, WasiFileType type) : WasiFile
{
    private const int BufferSize = 16 * 1024;
    private readonly Lock readGate = new();
    private readonly Lock writeGate = new();
    private readonly bool isImmediate = stream is MemoryStream or FileStream { IsAsync: false, CanSeek: true } || stream == Stream.Null;
    private byte[]? ahead;
    private int aheadStart;
    private int aheadEnd;
    private Task<int>? fetching;
    private WasiFileFlags status;

    public override WasiFileType Type => type;

    public override WasiFileFlags Flags => status;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        stat = new(type, 0);
        return WasiErrno.Success;
    }

    public override WasiErrno Sync(bool dataOnly)
    {
        lock (writeGate)
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
            lock (readGate)
            {
                if (isImmediate)
                {
                    count = stream.Read(buffer);
                    return WasiErrno.Success;
                }
                if (TryTake(buffer, out count))
                    return WasiErrno.Success;
                fetching = Fetch();
                if (!fetching.IsCompleted && (status & WasiFileFlags.NonBlocking) != 0)
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
        lock (writeGate)
            stream.Write(buffer);
        count = buffer.Length;
        return WasiErrno.Success;
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        available = 0;
        hangup = false;
        if (write || isImmediate || !stream.CanRead)
            return true;
        lock (readGate)
        {
            if (aheadStart == aheadEnd && !Fetch().IsCompleted)
                return false;
            available = fetching is { IsCompletedSuccessfully: true } done ? (ulong)done.Result : (ulong)(aheadEnd - aheadStart);
            return true;
        }
    }

    public override IDisposable? WatchReadiness(bool write, Action changed)
    {
        if (write || isImmediate || !stream.CanRead)
            return null;
        var end = new CancellationTokenSource();
        lock (readGate)
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
        ahead ??= new byte[BufferSize];
        return fetching ??= Task.Run(() => stream.ReadAsync(ahead, 0, BufferSize));
    }

    private bool TryTake(Span<byte> buffer, out int count)
    {
        count = 0;
        if (aheadStart == aheadEnd)
        {
            if (fetching is not { IsCompleted: true } fetched)
                return false;
            fetching = null;
            (aheadStart, aheadEnd) = (0, fetched.GetAwaiter().GetResult());
            if (aheadEnd == 0)
                return true;
        }
        count = Math.Min(buffer.Length, aheadEnd - aheadStart);
        ahead.AsSpan(aheadStart, count).CopyTo(buffer);
        aheadStart += count;
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
