using System.Diagnostics;

namespace Waxwing.Tests.Runtime;

public sealed class WaitingTests
{
    private static readonly TimeSpan Ever = Timeout.InfiniteTimeSpan, Soon = TimeSpan.FromSeconds(30);

    private static WasmMemory Shared() => new(new MemoryType(1, 2, Shared: true));

    [Fact]
    public void Another_value_or_no_time_does_not_wait()
    {
        using var memory = Shared();
        memory.Write(8, 5L);
        Assert.Equal(WasmWaitResult.NotEqual, memory.AtomicWait32(8, 6, Ever));
        Assert.Equal(WasmWaitResult.NotEqual, memory.AtomicWait64(8, 5L + (1L << 32), Ever));
        Assert.Equal(WasmWaitResult.TimedOut, memory.AtomicWait32(8, 5, TimeSpan.Zero));
        Assert.Equal(WasmWaitResult.TimedOut, memory.AtomicWait64(8, 5, TimeSpan.FromMicroseconds(10)));
    }

    [Fact]
    public void A_wait_times_out_not_too_early()
    {
        using var memory = Shared();
        var start = Stopwatch.GetTimestamp();
        Assert.Equal(WasmWaitResult.TimedOut, memory.AtomicWait32(0, 0, TimeSpan.FromMilliseconds(30)));
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(30));
        Assert.Equal(0, memory.AtomicNotify(0)); // and it is out of the queue
    }

    [Fact]
    public void Waiters_wake_in_order_and_only_at_their_address()
    {
        using var memory = Shared();
        var woken = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var threads = new List<Thread>();
        for (var i = 0; i < 4; i++)
        {
            var number = i;
            var thread = new Thread(() =>
            {
                Assert.Equal(WasmWaitResult.Ok, memory.AtomicWait32(16, 0, Soon));
                woken.Enqueue(number);
            });
            thread.Start();
            threads.Add(thread);
            SpinWait.SpinUntil(() => thread.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin));
        }
        Assert.Equal(0, memory.AtomicNotify(20));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, memory.AtomicNotify(16, 1));
            SpinWait.SpinUntil(() => woken.Count == i + 1);
        }
        Assert.Equal(1, memory.AtomicNotify(16));
        threads.ForEach(thread => thread.Join());
        Assert.Equal([0, 1, 2, 3], woken);
        Assert.Equal(0, memory.AtomicNotify(16));
    }

    [Fact]
    public async Task No_wake_up_is_lost()
    {
        using var memory = Shared();
        const int Turns = 2000;
        var pong = Task.Run(() =>
        {
            for (var i = 0; i < Turns; i++)
            {
                while (memory.AtomicRead32(0) == 2 * i)
                    Assert.NotEqual(WasmWaitResult.TimedOut, memory.AtomicWait32(0, 2 * i, Soon));
                memory.AtomicWrite32(0, (2 * i) + 2);
                memory.AtomicNotify(0);
            }
        });
        for (var i = 0; i < Turns; i++)
        {
            memory.AtomicWrite32(0, (2 * i) + 1);
            memory.AtomicNotify(0);
            while (memory.AtomicRead32(0) == (2 * i) + 1)
                Assert.NotEqual(WasmWaitResult.TimedOut, memory.AtomicWait32(0, (2 * i) + 1, Soon));
        }
        await pong;
        Assert.Equal(2 * Turns, memory.AtomicRead32(0));
    }

    [Fact]
    public void A_wait_can_be_cancelled()
    {
        using var memory = Shared();
        using var stop = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => memory.AtomicWait32(0, 0, Ever, stop.Token));
        Assert.Throws<OperationCanceledException>(() => memory.AtomicWait32(0, 0, Ever, stop.Token));
        Assert.Equal(0, memory.AtomicNotify(0));
    }

    [Fact]
    public void Releasing_the_memory_ends_waits()
    {
        var memory = Shared();
        var waiting = new Thread(() => Assert.Throws<ObjectDisposedException>(() => memory.AtomicWait64(0, 0, Ever)));
        waiting.Start();
        SpinWait.SpinUntil(() => waiting.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin));
        memory.Dispose();
        waiting.Join();
    }

    [Fact]
    public void Misuse_is_reported()
    {
        using var memory = Shared();
        using var plain = new WasmMemory(new MemoryType(1));
        Assert.Throws<InvalidOperationException>(() => plain.AtomicWait32(0, 0, Ever));
        Assert.Throws<ArgumentException>(() => memory.AtomicWait32(2, 0, Ever));
        Assert.Throws<ArgumentException>(() => memory.AtomicWait64(4, 0, Ever));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.AtomicWait32(65536, 0, Ever));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.AtomicNotify(65536));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.AtomicWait32(0, 0, TimeSpan.FromSeconds(-2)));
        Assert.Equal(0, plain.AtomicNotify(0));
    }

    [Fact]
    public async Task Guests_and_the_host_wait_on_each_other()
    {
        using var runtime = Modules.NewRuntime();
        var memory = Shared();
        runtime.Define("env", "memory", memory);
        var module = Modules.Parse("""
            (module
              (import "env" "memory" (memory 1 2 shared))
              (func (export "work") (param $count i32)
                (loop (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) (br_if 0 (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
                (drop (i32.atomic.rmw.add (i32.const 4) (i32.const 1)))
                (drop (memory.atomic.notify (i32.const 4) (i32.const -1)))
                (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))))
            """);
        var guests = Enumerable.Range(0, 4).Select(_ => runtime.Instantiate(module).GetFunction("work")).Select(work => Task.Factory.StartNew(() => work.Invoke(10_000), TaskCreationOptions.LongRunning)).ToArray();
        for (int done; (done = memory.AtomicRead32(4)) < 4;)
            Assert.NotEqual(WasmWaitResult.TimedOut, memory.AtomicWait32(4, done, Soon));
        Assert.Equal(40_000, memory.AtomicRead32(0));
        memory.AtomicWrite32(8, 1);
        memory.AtomicNotify(8);
        await Task.WhenAll(guests);
    }

    [Fact]
    public void A_waiting_guest_can_be_stopped()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("(module (memory 1 1 shared) (func (export \"wait\") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))");
        using var stop = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => app.GetFunction("wait").Invoke(stop.Token));
    }

    [Fact]
    public void Atomic_members_do_what_they_say()
    {
        using var memory = Shared();
        Assert.Equal(0, memory.AtomicAdd32(0, 5));
        Assert.Equal(5, memory.AtomicAdd32(0, -7));
        Assert.Equal(-2, memory.AtomicExchange32(0, 0b1100));
        Assert.Equal(0b1100, memory.AtomicAnd32(0, 0b0110));
        Assert.Equal(0b0100, memory.AtomicOr32(0, 0b0001));
        Assert.Equal(0b0101, memory.AtomicCompareExchange32(0, 1, 9));
        Assert.Equal(0b0101, memory.AtomicCompareExchange32(0, 5, 9));
        Assert.Equal(9, memory.AtomicRead32(0));
        Assert.Equal(0, memory.AtomicAdd64(8, 1L << 40));
        Assert.Equal(1L << 40, memory.AtomicExchange64(8, 0b1100));
        Assert.Equal(0b1100, memory.AtomicAnd64(8, 0b0110));
        Assert.Equal(0b0100, memory.AtomicOr64(8, 0b0001));
        Assert.Equal(5, memory.AtomicCompareExchange64(8, 5, -1));
        Assert.Equal(-1, memory.AtomicRead64(8));
        memory.AtomicWrite64(8, 3);
        Assert.Equal(3, memory.Read<long>(8));
        Assert.Throws<ArgumentException>(() => memory.AtomicAdd64(4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.AtomicRead64(65536));
    }
}
