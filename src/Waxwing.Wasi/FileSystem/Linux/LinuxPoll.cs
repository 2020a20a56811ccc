using System.Runtime.InteropServices;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>Waiting for descriptors in a way that a cancellation token ends at once.</summary>
internal static unsafe class LinuxPoll
{
    /// <summary>Which of the events (or error, hang-up) hold now.</summary>
    public static short Check(SafeHandle handle, short events)
    {
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var poll = new Libc.PollFd { Descriptor = (int)handle.DangerousGetHandle(), Events = events };
            var now = default(Libc.Timespec);
            return Libc.ppoll(&poll, 1, &now, 0) > 0 ? poll.Returned : (short)0;
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>Waits for an event; Intr when cancelled.</summary>
    public static WasiErrno Wait(SafeHandle handle, short events, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return WasiErrno.Intr;
        if (Check(handle, events) != 0)
            return WasiErrno.Success;
        var added = false;
        try
        {
            handle.DangerousAddRef(ref added);
            var poll = new Libc.PollFd { Descriptor = (int)handle.DangerousGetHandle(), Events = events };
            using var waker = new Waker(cancellation);
            waker.Wait(new Span<Libc.PollFd>(ref poll), null);
            return cancellation.IsCancellationRequested ? WasiErrno.Intr : WasiErrno.Success;
        }
        finally
        {
            if (added)
                handle.DangerousRelease();
        }
    }

    /// <summary>Something that ends a wait from another thread: an event descriptor that is waited for together with the others.</summary>
    internal sealed class Waker : IDisposable
    {
        private readonly LinuxHandle signal = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        private readonly CancellationTokenRegistration registration;

        public Waker(CancellationToken cancellation)
        {
            if (signal.IsInvalid)
                throw new IOException($"cannot wait: {Libc.LastError}");
            registration = cancellation.UnsafeRegister(static waker => ((Waker)waker!).Wake(), this);
        }

        public void Wake()
        {
            ulong one = 1;
            try
            {
                Libc.write(signal, (byte*)&one, sizeof(ulong));
            }
            catch (ObjectDisposedException)
            {
                // The wait ended meanwhile.
            }
        }

        /// <summary>Waits until one of the descriptors is ready, <see cref="Wake"/> was called, a signal came, or the time is over; null: no limit. Fills in what was returned.</summary>
        public void Wait(Span<Libc.PollFd> descriptors, TimeSpan? timeout)
        {
            var all = descriptors.Length < 64 ? stackalloc Libc.PollFd[descriptors.Length + 1] : new Libc.PollFd[descriptors.Length + 1];
            descriptors.CopyTo(all);
            all[^1] = new() { Descriptor = (int)signal.DangerousGetHandle(), Events = Libc.POLLIN };
            var ticks = timeout is { Ticks: > 0 } limit ? limit.Ticks : 0;
            var time = new Libc.Timespec { Seconds = ticks / TimeSpan.TicksPerSecond, Nanoseconds = ticks % TimeSpan.TicksPerSecond * 100 };
            fixed (Libc.PollFd* pointer = all)
                Libc.ppoll(pointer, (nuint)all.Length, timeout is null ? null : &time, 0);
            all[..^1].CopyTo(descriptors);
        }

        public void Dispose()
        {
            registration.Dispose();
            signal.Dispose();
        }
    }
}
