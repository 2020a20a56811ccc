using System.Globalization;
using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>Many threads on one runtime, and many instances one after the other.</summary>
[Collection(nameof(ProcessWide))]
public sealed class ConcurrencyTests
{
    /// <summary>Instantiations of the churn test: a few by default, a million to prove the point (WAXWING_CHURN=1000000).</summary>
    private static int Churn => int.TryParse(Environment.GetEnvironmentVariable("WAXWING_CHURN"), CultureInfo.InvariantCulture, out var count) ? count : 20_000;

    [Fact]
    public void Sixty_four_threads_hammer_one_runtime()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "twice", (int x) => 2 * x);
        runtime.Instantiate("(module (memory (export \"memory\") 1 100 shared) (table (export \"table\") 64 funcref))", "shared");
        var shared = runtime.GetInstance("shared")!;
        var module = Modules.Parse("""
            (module
              (import "shared" "memory" (memory $shared 1 100 shared))
              (import "shared" "table" (table $table 64 funcref))
              (import "env" "twice" (func $twice (param i32) (result i32)))
              (memory $own (export "own") 1 3)
              (type $t (func (param i32) (result i32)))
              (func $f (export "f") (param i32) (result i32)
                (i32.store $own (i32.const 4) (call $twice (local.get 0)))
                (drop (i32.atomic.rmw.add $shared (i32.const 0) (i32.const 1)))
                (i32.load $own (i32.const 4)))
              (func (export "publish") (param i32) (table.set $table (local.get 0) (ref.func $f)))
              (func (export "other") (param i32 i32) (result i32) (call_indirect $table (type $t) (local.get 1) (local.get 0)))
              (func (export "grow") (result i32) (drop (memory.grow $shared (i32.const 1))) (memory.grow $own (i32.const 1)))
              (elem declare func $f))
            """);
        var calls = 0;
        var unexpected = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, 64).Select(number => new Thread(() =>
        {
            var random = new Random(number);
            try
            {
                for (var i = 0; i < 60; i++)
                {
                    var app = runtime.Instantiate(module, random.Next(4) == 0 ? $"{number}-{i}" : null);
                    var f = app.GetFunction<Func<int, int>>("f");
                    for (var j = 0; j < 5; j++)
                    {
                        Assert.Equal(2 * (i + j), f(i + j));
                        Interlocked.Increment(ref calls);
                    }
                    app.Invoke("publish", number);
                    app.Invoke("grow");
                    try
                    {
                        // Whoever is there may just be disposed, or never have been.
                        if (app.Invoke("other", random.Next(64), 21)[0] == 42)
                            Interlocked.Increment(ref calls);
                    }
                    catch (WasmTrapException trap) when (trap.Code is TrapCode.UninitializedElement or TrapCode.MemoryOutOfBounds)
                    {
                    }
                    if (random.Next(3) > 0)
                        app.Dispose();
                }
            }
            catch (Exception error)
            {
                unexpected.Enqueue(error);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(unexpected);
        // A call of a disposed instance's function traps before or after it has counted.
        Assert.InRange(shared.GetMemory().AtomicRead32(0), calls, calls + (64 * 60));
        Assert.Equal(100, shared.GetMemory().Pages);
    }

    [Fact]
    public void Instances_come_and_go_without_a_trace()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("""
            (module
              (memory (export "memory") 1) (table 4 funcref) (global (mut i32) (i32.const 1)) (data (i32.const 8) "data")
              (func $f (export "f") (result i32) (i32.store (i32.const 100) (i32.const 5)) (i32.load8_u (i32.const 8)))
              (elem (i32.const 0) $f))
            """);
        Cycle(runtime, module, 2000);
        GC.Collect();
        var memory = GC.GetTotalMemory(true);
        var mappings = ReservationPool.Live;
        Cycle(runtime, module, Churn);
        Assert.Equal(0, runtime.MemoryBytes);
        Assert.Equal(mappings, ReservationPool.Live);
        Assert.InRange(GC.GetTotalMemory(true), 0, memory + (2 << 20));

        static void Cycle(WasmRuntime runtime, WasmModule module, int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var app = runtime.Instantiate(module, (i & 7) == 0 ? "name" : null);
                if (app.Invoke("f")[0] != (int)'d')
                    throw new InvalidOperationException("wrong result");
            }
        }
    }

    [Fact]
    public void Many_instances_at_once_fall_back_when_address_space_ends()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("(module (memory (export \"memory\") 1 2 ))");
        // 40,000 reservations of 8 GiB are more than 47 bits of address space hold, and more mappings than Linux allows: the .NET runtime must still get its own.
        var instances = Enumerable.Range(0, 40_000).Select(_ => runtime.Instantiate(module)).ToList();
        for (var i = 0; i < instances.Count; i += 9)
            instances[i].GetMemory().Write(65000, 7);
        instances[^1].GetMemory().Write(65000, 7);
        Assert.Equal(1, instances[^1].GetMemory().Grow(1));
        Assert.Equal(7, instances[^1].GetMemory().Read<int>(65000));
        Assert.InRange(ReservationPool.Live, 0, 65536);
        instances.ForEach(instance => instance.Dispose());
        Assert.Equal(0, runtime.MemoryBytes);
    }
}
