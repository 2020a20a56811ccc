using System.Diagnostics;
using System.IO.Pipes;
using Waxwing.Wasi;

namespace Waxwing.Tests.Wasi;

/// <summary>poll_oneoff, sleeping and being woken; attack row 13.</summary>
public sealed class PollTests : IDisposable
{
    private const byte Clock = 0, Read = 1, Write = 2;
    private const uint Realtime = 0, Monotonic = 1;
    private const ulong Millisecond = 1_000_000;
    private readonly TemporaryDirectory temporary = new();

    public void Dispose() => temporary.Dispose();

    private static void WriteClock(Guest guest, uint address, ulong userData, uint clock, ulong timeout, ushort flags = 0)
    {
        guest.Memory.Write(address, userData);
        guest.Memory.Write(address + 8, Clock);
        guest.Memory.Write(address + 16, clock);
        guest.Memory.Write(address + 24, timeout);
        guest.Memory.Write(address + 40, flags);
    }

    private static void WriteDescriptor(Guest guest, uint address, ulong userData, byte type, uint fd)
    {
        guest.Memory.Write(address, userData);
        guest.Memory.Write(address + 8, type);
        guest.Memory.Write(address + 16, fd);
    }

    private static (ulong UserData, WasiErrno Error, byte Type, ulong Available, bool Hangup)[] Poll(Guest guest, uint subscriptions, uint count)
    {
        var (events, result) = (guest.Allocate((int)count * 32), guest.Allocate(4));
        guest.Do("poll_oneoff", subscriptions, events, count, result);
        return [.. Enumerable.Range(0, (int)guest.U32(result)).Select(i => events + (uint)i * 32).Select(address =>
            (guest.U64(address), (WasiErrno)guest.Memory.Read<ushort>(address + 8), guest.Memory.Read<byte>(address + 10), guest.U64(address + 16), guest.Memory.Read<ushort>(address + 24) != 0))];
    }

    [Fact]
    public void Sleeping_takes_its_time()
    {
        using var guest = new Guest(new WasiOptions().WithSystemClock());
        var (subscription, time) = (guest.Allocate(48), guest.Allocate(8));
        foreach (var clock in (uint[])[Realtime, Monotonic])
        {
            WriteClock(guest, subscription, 7, clock, 20 * Millisecond);
            var watch = Stopwatch.StartNew();
            Assert.Equal([(7UL, WasiErrno.Success, Clock, 0UL, false)], Poll(guest, subscription, 1));
            Assert.InRange(watch.Elapsed.TotalMilliseconds, 19.9, 20_000);
            // Until a moment.
            guest.Do("clock_time_get", clock, 1UL, time);
            WriteClock(guest, subscription, 7, clock, guest.U64(time) + 20 * Millisecond, 1);
            watch.Restart();
            Poll(guest, subscription, 1);
            Assert.InRange(watch.Elapsed.TotalMilliseconds, 19.0, 20_000);
            // A moment that is over.
            WriteClock(guest, subscription, 7, clock, 1, 1); // 1970
            Assert.Equal([(7UL, WasiErrno.Success, Clock, 0UL, false)], Poll(guest, subscription, 1));
        }
    }

    [Fact]
    public void By_the_deterministic_clock_sleeping_takes_no_time_but_it_is_later()
    {
        using var guest = new Guest();
        var (subscription, time) = (guest.Allocate(48), guest.Allocate(8));
        guest.Do("clock_time_get", Realtime, 0UL, time);
        Assert.Equal(1_640_995_200_000_000_000UL, guest.U64(time));
        WriteClock(guest, subscription, 1, Monotonic, 3600_000 * Millisecond);
        var watch = Stopwatch.StartNew();
        Poll(guest, subscription, 1);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 600);
        guest.Do("clock_time_get", Realtime, 0UL, time);
        Assert.InRange(guest.U64(time), 1_640_998_799_900_000_000UL, 1_640_998_900_000_000_000UL);
    }

    [Theory]
    [InlineData(ulong.MaxValue, 0), InlineData(ulong.MaxValue, 1), InlineData(1UL << 63, 0), InlineData(0xFFFF_FFFF_0000_0000, 1)]
    public void A_sleep_of_centuries_ends_at_once_when_cancelled(ulong timeout, ushort flags)
    {
        using var guest = new Guest(new WasiOptions().WithSystemClock());
        using var cancellation = new CancellationTokenSource(50);
        guest.Cancellation = cancellation.Token;
        var subscription = guest.Allocate(48);
        WriteClock(guest, subscription, 1, Monotonic, timeout, flags);
        Assert.Equal(WasiErrno.Intr, guest.Call("poll_oneoff", subscription, guest.Allocate(32), 1u, guest.Allocate(4)));
        Assert.True(cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Time_comes_from_the_provider_given()
    {
        var provider = new ManualTime();
        using var guest = new Guest(new WasiOptions { TimeProvider = provider });
        var subscription = guest.Allocate(48);
        WriteClock(guest, subscription, 1, Monotonic, 10_000 * Millisecond);
        var polling = Task.Run(() => Poll(guest, subscription, 1), TestContext.Current.CancellationToken);
        Assert.True(await provider.Waiting.WaitAsync(10_000, TestContext.Current.CancellationToken));
        Assert.False(polling.IsCompleted);
        provider.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal([1UL], (await polling.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Select(e => e.UserData));
    }

    [Fact]
    public void Hostile_subscriptions_are_refused()
    {
        using var guest = new Guest();
        var (subscriptions, events, result) = (guest.Allocate(480), guest.Allocate(320), guest.Allocate(4));
        foreach (var count in (uint[])[0, 4097, 1 << 28, uint.MaxValue])
            Assert.Equal(WasiErrno.Inval, guest.Call("poll_oneoff", subscriptions, events, count, result));
        guest.Memory.Write<byte>(subscriptions + 8, 3);
        Assert.Equal(WasiErrno.Inval, guest.Call("poll_oneoff", subscriptions, events, 1u, result));
        // Clocks and descriptors that do not exist are errors of their subscription.
        WriteClock(guest, subscriptions, 1, 99, 0);
        WriteClock(guest, subscriptions + 48, 2, Monotonic, 0, 2);
        WriteDescriptor(guest, subscriptions + 96, 3, Read, 77);
        WriteDescriptor(guest, subscriptions + 144, 3, Write, 0);
        WriteClock(guest, subscriptions + 192, 4, Monotonic, ulong.MaxValue);
        Assert.Equal([(1UL, WasiErrno.Inval, Clock, 0UL, false), (2UL, WasiErrno.Inval, Clock, 0UL, false), (3UL, WasiErrno.Badf, Read, 0UL, false), (3UL, WasiErrno.Badf, Write, 0UL, false)], Poll(guest, subscriptions, 5));
        // Events may be written over the subscriptions.
        WriteClock(guest, subscriptions, 11, Monotonic, 0);
        WriteDescriptor(guest, subscriptions + 48, 12, Write, 1);
        guest.Do("poll_oneoff", subscriptions, subscriptions, 2u, subscriptions + 16);
        Assert.Equal(12UL, guest.U64(subscriptions + 32));
    }

    [Fact]
    public void Files_and_output_are_always_ready()
    {
        using var guest = new Guest(new WasiOptions { Stdin = new MemoryStream("abc"u8.ToArray()) }.AddDirectory(temporary.Sandbox, "/"));
        guest.WriteFile("file", "text");
        var fd = guest.Open("file", rights: Guest.Writing);
        guest.Seek(fd, 1, WasiWhence.Start);
        var subscriptions = guest.Allocate(240);
        WriteDescriptor(guest, subscriptions, 1, Read, fd);
        WriteDescriptor(guest, subscriptions + 48, 2, Write, fd);
        WriteDescriptor(guest, subscriptions + 96, 3, Write, 1);
        WriteDescriptor(guest, subscriptions + 144, 4, Read, 0);
        WriteClock(guest, subscriptions + 192, 5, Monotonic, 3600_000 * Millisecond);
        var events = Poll(guest, subscriptions, 5);
        Assert.Equal([(1UL, 3UL), (2UL, 0UL), (3UL, 0UL), (4UL, 0UL)], events.Select(e => (e.UserData, e.Available)));
    }

    [Fact]
    public async Task Input_from_a_pipe_ends_a_wait_and_cancellation_ends_a_read()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var guest = new Guest(new WasiOptions { Stdin = client }.WithSystemClock());
        var subscriptions = guest.Allocate(96);
        WriteDescriptor(guest, subscriptions, 1, Read, 0);
        WriteClock(guest, subscriptions + 48, 2, Monotonic, 30 * Millisecond);
        Assert.Equal([2UL], Poll(guest, subscriptions, 2).Select(e => e.UserData));
        WriteClock(guest, subscriptions + 48, 2, Monotonic, 20_000 * Millisecond);
        var polling = Task.Run(() => Poll(guest, subscriptions, 2), TestContext.Current.CancellationToken);
        await Task.Delay(30, TestContext.Current.CancellationToken);
        Assert.False(polling.IsCompleted);
        server.Write("hello"u8);
        Assert.Equal([(1UL, WasiErrno.Success, Read, 5UL, false)], await polling);
        Assert.Equal("hel", guest.Read(0, 3));
        Assert.Equal("lo", guest.Read(0, 3));

        using var cancellation = new CancellationTokenSource(50);
        guest.Cancellation = cancellation.Token;
        Assert.Equal(WasiErrno.Intr, guest.TryRead(0, 10, out _));
        Assert.True(cancellation.IsCancellationRequested);
        // What comes after a cancelled read is not lost.
        guest.Cancellation = default;
        server.Write("later"u8);
        Assert.Equal("later", guest.Read(0));
        guest.Do("fd_fdstat_set_flags", 0u, (uint)WasiFileFlags.NonBlocking);
        Assert.Equal(WasiErrno.Again, guest.TryRead(0, 10, out _));
        guest.Do("fd_fdstat_set_flags", 0u, 0u);
        server.Dispose();
        Assert.Equal("", guest.Read(0));
        Assert.Equal("", guest.Read(0));
    }

    [Fact]
    public void The_older_snapshot_has_larger_subscriptions()
    {
        using var guest = new Guest { IsUnstable = true };
        var subscriptions = guest.Allocate(112);
        guest.Memory.Write(subscriptions, 5UL);
        guest.Memory.Write(subscriptions + 16, 99UL); // identifier
        guest.Memory.Write(subscriptions + 24, Monotonic);
        guest.Memory.Write(subscriptions + 32, 1000 * Millisecond);
        WriteDescriptor(guest, subscriptions + 56, 6, Write, 1);
        Assert.Equal([6UL], Poll(guest, subscriptions, 2).Select(e => e.UserData));
        Assert.Equal([5UL], Poll(guest, subscriptions, 1).Select(e => e.UserData));
    }

    /// <summary>Time that moves when told to.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly Lock gate = new();
        private readonly List<(long Due, TimerCallback Callback, object? State)> timers = [];
        private long now;

        public SemaphoreSlim Waiting { get; } = new(0);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref now);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (gate)
                timers.Add((now + dueTime.Ticks, callback, state));
            Waiting.Release();
            return new System.Threading.Timer(_ => { });
        }

        public void Advance(TimeSpan time)
        {
            lock (gate)
            {
                now += time.Ticks;
                foreach (var timer in timers.Where(timer => timer.Due <= now))
                    timer.Callback(timer.State);
            }
        }
    }
}
