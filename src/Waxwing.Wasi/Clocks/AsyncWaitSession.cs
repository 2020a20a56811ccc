using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Wasi.Clocks;

/// <summary>A wait for time, cancellation, streams and descriptors of the operating system together, without a thread.</summary>
internal sealed class AsyncWaitSession : IDisposable
{
    private readonly TaskCompletionSource woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration registration;
    private readonly List<IDisposable> watches = [];

    public AsyncWaitSession(CancellationToken cancellation) =>
        registration = cancellation.UnsafeRegister(static session => ((AsyncWaitSession)session!).Wake(), this);

    /// <summary>Done when the wait is over, for whatever reason.</summary>
    public Task Woken => woken.Task;

    /// <summary>Ends the wait.</summary>
    public void Wake() => woken.TrySetResult();

    /// <summary>Makes readiness of a file end the wait.</summary>
    public void Add(WasiFile file, bool write)
    {
        var watch = file.PollDescriptor is >= 0 and var descriptor ? LinuxPollThread.Watch(descriptor, write ? Libc.POLLOUT : Libc.POLLIN, Wake) : file.WatchReadiness(write, Wake);
        if (watch is not null)
            watches.Add(watch);
    }

    public void Dispose()
    {
        registration.Dispose();
        foreach (var watch in watches)
            watch.Dispose();
    }
}
