using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>Accesses without bounds checks to guarded memories: each is within the memory or throws a NullReferenceException that can be caught, and the process goes on.</summary>
[Collection(nameof(ProcessWide))]
public sealed class GuardedMemoryTests
{
    public static TheoryData<int> Widths => [1, 2, 4, 8, 16];

    public GuardedMemoryTests() => Assert.SkipUnless(FaultShim.IsAvailable, "no guarded accesses on this platform, or switched off");

    [Theory, MemberData(nameof(Widths))]
    public void An_access_is_within_the_memory_or_traps(int width)
    {
        foreach (var pages in (int[])[0, 1, 3])
        {
            using var memory = new WasmMemory(new MemoryType(pages));
            Assert.True(memory.IsGuarded);
            uint size = (uint)pages << 16;
            uint[] edges = [0, 1, size - 17, size - 16, size - 9, size - 8, size - 5, size - 4, size - 3, size - 2, size - 1, size, size + 1, size + 4095, size + 65535, int.MaxValue, int.MaxValue + 1u, uint.MaxValue - 15, uint.MaxValue];
            foreach (var index in edges)
            {
                foreach (var offset in edges)
                {
                    var fits = (ulong)index + offset + (uint)width <= size;
                    Assert.True(fits == GuardedAccess.Try(width, memory, index, offset), $"{pages} pages, {width} bytes at {index} + {offset}: {(fits ? "traps" : "does not trap")}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void The_end_moves_with_growth_and_falls_back_with_the_next_tenant(int width)
    {
        for (var round = 0; round < 3; round++)
        {
            using var memory = new WasmMemory(new MemoryType(1));
            for (uint size = 65536; size < 65536 * 9; size += 65536)
            {
                Assert.True(GuardedAccess.Try(width, memory, size - (uint)width, 0));
                Assert.False(GuardedAccess.Try(width, memory, size - (uint)width + 1, 0));
                memory.AsSpan().Fill(0x11);
                memory.Grow(1);
            }
        }
    }

    [Theory]
    [InlineData(65529)]
    [InlineData(65530)]
    [InlineData(65535)]
    public void A_load_that_the_JIT_narrows_traps_if_its_last_byte_is_touched(int index)
    {
        // Of (i32.wrap_i64 (i64.load)) the JIT loads four bytes, which may be within the memory.
        using var memory = new WasmMemory(new MemoryType(1));
        var narrow = GuardedAccess.EmitWrappedLoad();
        Assert.Throws<NullReferenceException>(() => narrow(GuardedAccess.StartOf(memory), (uint)index));
        memory.Write(65528, 0x11223344_55667788);
        Assert.Equal(0x55667788, narrow(GuardedAccess.StartOf(memory), 65528));
    }

    [Fact]
    public void Only_memories_of_32_bits_and_large_pages_in_guard_regions_are_guarded()
    {
        foreach (var type in (MemoryType[])[new(1, Is64: true), new(1, 131072, Is64: true), new(100, PageSizeLog2: 0)])
        {
            using var memory = new WasmMemory(type);
            Assert.False(memory.IsGuarded);
            Assert.Equal(0, GuardedAccess.StartOf(memory));
        }
        using var portable = new WasmMemory(new MemoryType(1), WasmMemoryPolicy.Portable);
        Assert.False(portable.IsGuarded);
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { GuardRegions = false });
        Assert.False(runtime.Instantiate("(module (memory (export \"memory\") 1))").GetMemory().IsGuarded);
        using var shared = new WasmMemory(new MemoryType(1, 65536, Shared: true));
        Assert.True(shared.IsGuarded);
    }

    [Fact]
    public void A_memory_that_was_given_back_has_no_byte()
    {
        var memory = new WasmMemory(new MemoryType(1));
        memory.Write(0, 5);
        memory.Dispose();
        Assert.True(memory.IsGuarded);
        // The next tenant of the reservation is out of reach.
        using var next = new WasmMemory(new MemoryType(1));
        next.Write(0, 7);
        Assert.NotEqual(GuardedAccess.StartOf(memory), GuardedAccess.StartOf(next));
        foreach (var index in (uint[])[0, 65535, uint.MaxValue])
            Assert.Throws<NullReferenceException>(() => GuardedAccess.EmitLoad<byte>(uint.MaxValue)(GuardedAccess.StartOf(memory), index));
        Assert.Throws<NullReferenceException>(() => GuardedAccess.EmitStore<byte>(0)(GuardedAccess.StartOf(memory), 0, 1));
    }

    [Fact]
    public async Task Traps_on_many_threads_survive_garbage_collection()
    {
        const int each = 10_000;
        using var memory = new WasmMemory(new MemoryType(1));
        var load = GuardedAccess.EmitLoad<int>(65536);
        var left = Environment.ProcessorCount + 2;
        var threads = Enumerable.Range(0, left).Select(number => Task.Run(() =>
        {
            var caught = 0;
            for (var i = 0; i < each; i++)
            {
                // Something for the collector to find and move while the stack is unwound.
                var garbage = new string[] { i.ToString(), new('x', i % 100) };
                try
                {
                    load(GuardedAccess.StartOf(memory), (uint)((i * 7919) + number));
                }
                catch (NullReferenceException)
                {
                    caught++;
                }
                Assert.Equal(i.ToString(), garbage[0]);
                Assert.Equal(i % 100, garbage[1].Length);
            }
            Interlocked.Decrement(ref left);
            return caught;
        })).ToArray();
        while (Volatile.Read(ref left) > 0 && !threads.Any(thread => thread.IsFaulted))
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        Assert.All(await Task.WhenAll(threads), caught => Assert.Equal(each, caught));
    }

    [Fact]
    public async Task Memories_come_and_go_while_others_trap()
    {
        var store = GuardedAccess.EmitStore<long>(0);
        var load = GuardedAccess.EmitLoad<byte>(0);
        using var stop = new CancellationTokenSource();
        var makers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            var kept = new Queue<WasmMemory>();
            for (var i = 0; i < 600; i++)
            {
                var memory = new WasmMemory(new MemoryType(i % 3));
                memory.Grow(i % 5);
                Assert.True(memory.IsGuarded);
                Assert.Throws<NullReferenceException>(() => store(GuardedAccess.StartOf(memory), (uint)memory.ByteLength - 7, 1));
                kept.Enqueue(memory);
                // More than the pool keeps, so that ranges are registered and unregistered.
                while (kept.Count > 50 + (i % 40))
                    kept.Dequeue().Dispose();
            }
            foreach (var memory in kept)
                memory.Dispose();
        })).ToArray();
        var trappers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            using var memory = new WasmMemory(new MemoryType(1));
            var traps = 0L;
            while (!stop.IsCancellationRequested)
            {
                Assert.Throws<NullReferenceException>(() => store(GuardedAccess.StartOf(memory), (uint)(65529 + (traps % 100_000)), -1));
                traps++;
            }
            Assert.Equal(0, load(GuardedAccess.StartOf(memory), 65535));
            return traps;
        })).ToArray();
        try
        {
            await Task.WhenAll(makers);
        }
        finally
        {
            stop.Cancel();
        }
        Assert.All(await Task.WhenAll(trappers), traps => Assert.InRange(traps, 1, long.MaxValue));
    }

    [Fact]
    public void A_trap_unwinds_through_many_frames()
    {
        using var memory = new WasmMemory(new MemoryType(1));
        var load = GuardedAccess.EmitLoad<int>(0);
        var finallies = 0;
        for (var i = 1; i <= 20; i++)
        {
            Assert.Throws<NullReferenceException>(() => Descend(1000));
            Assert.Equal(1000 * i, finallies);
        }

        int Descend(int depth)
        {
            if (depth == 0)
                return load(GuardedAccess.StartOf(memory), 65533);
            try
            {
                return Descend(depth - 1) + 1;
            }
            finally
            {
                finallies++;
            }
        }
    }

    [Fact]
    public void An_ordinary_null_is_still_an_ordinary_exception()
    {
        string? nothing = null;
        for (var i = 0; i < 100; i++)
            Assert.Throws<NullReferenceException>(() => nothing!.Length);
        Assert.Throws<NullReferenceException>(() => GuardedAccess.EmitLoad<int>(0)(0, 100));
    }
}
