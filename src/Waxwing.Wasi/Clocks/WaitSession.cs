using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Wasi.Clocks;

/// <summary>A wait for time, cancellation, streams and descriptors of the operating system together.</summary>
internal sealed class WaitSession : IDisposable
{
    private readonly CancellationToken token;
    private readonly LinuxPoll.Waker? waker;
    private readonly ManualResetEventSlim? signal;
    private readonly List<IDisposable> watches = [];
    private readonly List<Libc.PollFd> descriptors = [];

    public WaitSession(CancellationToken cancellation)
    {
        token = cancellation;
        if (LinuxPlatform.IsSupported)
            waker = new(cancellation);
        else
            signal = new();
    }

    /// <summary>Ends the wait.</summary>
    public void Wake()
    {
        waker?.Wake();
        try
        {
            signal?.Set();
        }
        catch (ObjectDisposedException)
        {
            // The wait ended meanwhile.
        }
    }

    /// <summary>Makes readiness of a file end the wait.</summary>
    public void Add(WasiFile file, bool write)
    {
        if (file.PollDescriptor is >= 0 and var descriptor)
            descriptors.Add(new() { Descriptor = descriptor, Events = write ? Libc.POLLOUT : Libc.POLLIN });
        else if (file.WatchReadiness(write, Wake) is { } watch)
            watches.Add(watch);
    }

    public void Wait(TimeSpan? limit)
    {
        if (waker is not null)
        {
            waker.Wait(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(descriptors), limit);
            return;
        }
        try
        {
            signal!.Wait(limit is { } time ? (int)Math.Ceiling(Math.Min(time.TotalMilliseconds, int.MaxValue)) : Timeout.Infinite, token);
        }
        catch (OperationCanceledException)
        {
            // The caller looks.
        }
    }

    public void Dispose()
    {
        foreach (var watch in watches)
            watch.Dispose();
        waker?.Dispose();
        signal?.Dispose();
    }
}
