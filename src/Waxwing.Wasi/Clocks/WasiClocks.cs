using System.Diagnostics;
using Waxwing.Wasi.FileSystem.Linux;

namespace Waxwing.Wasi.Clocks;

/// <summary>Preview 1's <c>clockid</c>.</summary>
internal enum WasiClock : uint
{
    Realtime = 0,
    Monotonic = 1,
    ProcessCpuTime = 2,
    ThreadCpuTime = 3,
}

/// <summary>The guest's clocks, and waiting by them.</summary>
internal sealed class WasiClocks(TimeProvider? provider)
{
    private readonly TimeProvider source = provider ?? new DeterministicTime();
    private readonly long beginning = provider?.GetTimestamp() ?? 0;

    public WasiErrno GetResolution(WasiClock clock, out ulong nanoseconds)
    {
        nanoseconds = clock switch
        {
            _ when clock > WasiClock.ThreadCpuTime => 0,
            _ when source is DeterministicTime => DeterministicTime.Step,
            WasiClock.Monotonic => (ulong)Math.Max(1, 1_000_000_000 / source.TimestampFrequency),
            _ => 100, // .NET's ticks
        };
        return nanoseconds == 0 ? WasiErrno.Inval : WasiErrno.Success;
    }

    public WasiErrno GetTime(WasiClock clock, out ulong nanoseconds)
    {
        nanoseconds = 0;
        switch (clock)
        {
            case WasiClock.Realtime:
                // Before 1970 or after 2554 an unsigned number of nanoseconds cannot say.
                var time = (Int128)(source.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
                nanoseconds = (ulong)time;
                return time < 0 || time > ulong.MaxValue ? WasiErrno.Overflow : WasiErrno.Success;
            case WasiClock.Monotonic:
                nanoseconds = Monotonic;
                return WasiErrno.Success;
            case WasiClock.ProcessCpuTime or WasiClock.ThreadCpuTime when source is DeterministicTime:
                nanoseconds = Monotonic;
                return WasiErrno.Success;
            case WasiClock.ProcessCpuTime:
                nanoseconds = (ulong)ProcessCpuTime().Ticks * 100;
                return WasiErrno.Success;
            case WasiClock.ThreadCpuTime:
                nanoseconds = LinuxPlatform.IsSupported ? Libc.ThreadCpuTime() : (ulong)ProcessCpuTime().Ticks * 100;
                return WasiErrno.Success;
            default:
                return WasiErrno.Inval;
        }
    }

    /// <summary>Nanoseconds since the guest's beginning; never goes back.</summary>
    public ulong Monotonic
    {
        get
        {
            var ticks = Math.Max(0, source.GetTimestamp() - beginning);
            return (ulong)((UInt128)(ulong)ticks * 1_000_000_000 / (ulong)source.TimestampFrequency);
        }
    }

    /// <summary>
    /// Waits until the wait is woken, its token cancelled, or so much time is over (or a little less); null: no limit. By the deterministic clock time is over at once.
    /// </summary>
    public void Wait(WaitSession session, ulong? nanoseconds)
    {
        if (nanoseconds is not { } time)
        {
            session.Wait(null);
            return;
        }
        // A day at a time: what is longer waits again.
        var limit = TimeSpan.FromTicks((long)Math.Min(time / 100 + 1, (ulong)TimeSpan.TicksPerDay));
        if (source is DeterministicTime deterministic)
        {
            session.Wait(TimeSpan.Zero);
            deterministic.Skip(time);
        }
        else if (source == TimeProvider.System)
        {
            session.Wait(limit);
        }
        else
        {
            using var timer = source.CreateTimer(static waiting => ((WaitSession)waiting!).Wake(), session, limit, Timeout.InfiniteTimeSpan);
            session.Wait(null);
        }
    }

    /// <summary>The same without a thread.</summary>
    public async ValueTask WaitAsync(AsyncWaitSession session, ulong? nanoseconds)
    {
        if (nanoseconds is not { } time)
        {
            await session.Woken.ConfigureAwait(false);
        }
        else if (source is DeterministicTime deterministic)
        {
            deterministic.Skip(time);
        }
        else
        {
            // Timers count milliseconds; what is rounded down would be waited for in a loop.
            var limit = TimeSpan.FromMilliseconds(Math.Min(time / 1_000_000 + 1, (ulong)TimeSpan.FromDays(1).TotalMilliseconds));
            using var timer = source.CreateTimer(static waiting => ((AsyncWaitSession)waiting!).Wake(), session, limit, Timeout.InfiniteTimeSpan);
            await session.Woken.ConfigureAwait(false);
        }
    }

    private static TimeSpan ProcessCpuTime()
    {
        if (!OperatingSystem.IsIOS() && !OperatingSystem.IsTvOS() && !OperatingSystem.IsBrowser())
            return Environment.CpuUsage.TotalTime;
        return Stopwatch.GetElapsedTime(0);
    }
}
