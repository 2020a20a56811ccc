using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Wasi.Clocks;

/// <summary>A wait for time, cancellation, streams and descriptors of the operating system together.</summary>
internal sealed class WaitSession : IDisposable
{
    private readonly CancellationToken _cancellation;
    private readonly LinuxPoll.Waker? _waker;
    private readonly ManualResetEventSlim? _event;
    private readonly List<IDisposable> _watches = [];
    private readonly List<Libc.PollFd> _descriptors = [];

    public WaitSession(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        if (LinuxPlatform.IsSupported)
            _waker = new(cancellation);
        else
            _event = new();
    }

    /// <summary>Ends the wait.</summary>
    public void Wake()
    {
        _waker?.Wake();
        try
        {
            _event?.Set();
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
            _descriptors.Add(new() { Descriptor = descriptor, Events = write ? Libc.POLLOUT : Libc.POLLIN });
        else if (file.WatchReadiness(write, Wake) is { } watch)
            _watches.Add(watch);
    }

    public void Wait(TimeSpan? limit)
    {
        if (_waker is not null)
        {
            _waker.Wait(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_descriptors), limit);
            return;
        }
        try
        {
            _event!.Wait(limit is { } time ? (int)Math.Ceiling(Math.Min(time.TotalMilliseconds, int.MaxValue)) : Timeout.Infinite, _cancellation);
        }
        catch (OperationCanceledException)
        {
            // The caller looks.
        }
    }

    public void Dispose()
    {
        foreach (var watch in _watches)
            watch.Dispose();
        _waker?.Dispose();
        _event?.Dispose();
    }
}
