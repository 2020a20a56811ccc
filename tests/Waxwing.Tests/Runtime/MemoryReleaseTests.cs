using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>When memories are given back, and to whom what was in them is visible.</summary>
[Collection(nameof(ProcessWide))]
public sealed class MemoryReleaseTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 20)]
    [InlineData(20, 1)]
    [InlineData(20, 20)]
    public void The_next_tenant_sees_zeros(int first, int second)
    {
        for (var round = 0; round < 50; round++)
        {
            using (var dirty = new WasmMemory(new MemoryType(first)))
            {
                dirty.Grow(round % 3);
                dirty.AsSpan().Fill(0xAA);
            }
            using var clean = new WasmMemory(new MemoryType(second));
            Assert.False(clean.AsSpan().ContainsAnyExcept((byte)0));
            clean.Grow(30);
            Assert.False(clean.AsSpan().ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void A_memory_lives_as_long_as_an_instance_has_it()
    {
        using var runtime = Modules.NewRuntime();
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 1))", "env");
        var module = Modules.Parse("(module (import \"env\" \"memory\" (memory 1)) (func (export \"get\") (result i32) (i32.load (i32.const 0))))");
        var one = runtime.Instantiate(module);
        var two = runtime.Instantiate(module);
        var memory = provider.GetMemory();
        memory.Write(0, 77);
        provider.Dispose();
        one.Dispose();
        Assert.Equal(77, two.Invoke("get")[0]);
        two.Dispose();
        Assert.True(memory.IsReleased);
        Assert.Equal(0, memory.ByteLength);
        Assert.Equal(-1, memory.Grow(1));
        Assert.Throws<ObjectDisposedException>(() => memory.Read<int>(0));
        Assert.Equal(0, runtime.MemoryBytes);
    }

    [Fact]
    public void A_host_memory_lives_until_host_and_instances_are_done()
    {
        using var runtime = Modules.NewRuntime();
        var memory = new WasmMemory(new MemoryType(1));
        runtime.Define("env", "memory", memory);
        var module = Modules.Parse("(module (import \"env\" \"memory\" (memory 1)))");
        var app = runtime.Instantiate(module);
        memory.Dispose();
        memory.Dispose();
        Assert.Equal(0, memory.Read<int>(0));
        app.Dispose();
        Assert.True(memory.IsReleased);
        Assert.StartsWith("incompatible import type", Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module)).Message);
    }

    [Fact]
    public void Disposing_a_guest_s_memory_from_an_instance_does_nothing()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("(module (memory (export \"memory\") 1))");
        app.GetMemory().Dispose();
        app.GetMemory().Write(0, 1);
    }

    [Fact]
    public void Dropped_instances_give_their_memory_back()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("(module (memory 16))");
        Drop(runtime, module, 50);
        for (var i = 0; i < 10 && runtime.MemoryBytes > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(0, runtime.MemoryBytes);

        static void Drop(WasmRuntime runtime, WasmModule module, int count)
        {
            for (var i = 0; i < count; i++)
                runtime.Instantiate(module);
        }
    }

    [Fact]
    public async Task Disposing_under_running_code_waits_for_it()
    {
        using var runtime = Modules.NewRuntime();
        using var inside = new ManualResetEventSlim();
        using var disposed = new ManualResetEventSlim();
        runtime.Define("env", "pause", () =>
        {
            inside.Set();
            disposed.Wait();
        });
        var app = runtime.Instantiate("""
            (module
              (import "env" "pause" (func $pause))
              (memory (export "memory") 1)
              (func (export "run") (result i32)
                (i32.store (i32.const 0) (i32.const 5))
                (call $pause)
                (i32.load (i32.const 0))))
            """);
        var run = app.GetFunction("run");
        var outcome = Task.Run(() => Record.Exception(() => run.Invoke()));
        inside.Wait();
        var waitingBefore = Reclamation.Pending;
        app.Dispose();
        Assert.Equal(waitingBefore + 1, Reclamation.Pending);
        disposed.Set();
        // The guest goes on with the memory that it has, or looks for it anew, finds it empty, and traps.
        if (await outcome is { } exception)
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.IsType<WasmTrapException>(exception).Code);
        Assert.Equal(waitingBefore, Reclamation.Pending);
        Assert.Throws<ObjectDisposedException>(() => run.Invoke());
    }

    [Fact]
    public void A_host_function_may_dispose_the_runtime_that_calls_it()
    {
        var runtime = Modules.NewRuntime();
        runtime.Define("env", "end", () => runtime.Dispose());
        var app = runtime.Instantiate("""
            (module (import "env" "end" (func $end)) (memory 1)
              (func (export "run") (i32.store (i32.const 0) (i32.const 1)) (call $end) (i32.store (i32.const 4) (i32.const 1)))
              (func (export "quiet") (result i32) (call $end) (i32.const 3)))
            """);
        var waitingBefore = Reclamation.Pending;
        if (Record.Exception(() => app.Invoke("run")) is { } exception)
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.IsType<WasmTrapException>(exception).Code);
        Assert.Equal(waitingBefore, Reclamation.Pending);
        Assert.Equal(0, runtime.MemoryBytes);
        Assert.Throws<ObjectDisposedException>(() => app.Invoke("quiet"));
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(ThreadInterruptedException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(NullReferenceException))]
    public void Whatever_the_host_throws_the_guest_can_be_called_again(Type type)
    {
        using var runtime = Modules.NewRuntime();
        var fail = true;
        runtime.Define("env", "f", () =>
        {
            if (fail)
                throw (Exception)Activator.CreateInstance(type)!;
        });
        var app = runtime.Instantiate("(module (import \"env\" \"f\" (func $f)) (func (export \"run\") (result i32) (call $f) (i32.const 3)))");
        Assert.Throws(type, () => app.Invoke("run"));
        fail = false;
        Assert.Equal(3, app.Invoke("run")[0]);
    }

    [Fact]
    public async Task Guests_that_cannot_reach_a_memory_do_not_keep_it()
    {
        using var runtime = Modules.NewRuntime();
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        runtime.Define("env", "pause", () =>
        {
            inside.Set();
            go.Wait();
        });
        var busy = runtime.Instantiate("(module (import \"env\" \"pause\" (func $pause)) (memory 1) (func (export \"run\") call $pause))");
        var other = runtime.Instantiate("(module (memory 1))");
        var running = Task.Run(() => busy.Invoke("run"));
        inside.Wait();
        var waitingBefore = Reclamation.Pending;
        other.Dispose();
        Assert.Equal(waitingBefore, Reclamation.Pending);
        go.Set();
        await running;
    }

    [Fact]
    public async Task Disposing_under_loops_on_other_threads_never_faults()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("""
            (module
              (memory (export "memory") 1)
              (func (export "run") (local $i i32)
                (loop
                  (i32.store (local.get $i) (i32.add (i32.load (local.get $i)) (i32.const 1)))
                  (local.set $i (i32.and (i32.add (local.get $i) (i32.const 4)) (i32.const 0xfffc)))
                  br 0)))
            """);
        for (var round = 0; round < 30; round++)
        {
            var app = runtime.Instantiate(module);
            using var stop = new CancellationTokenSource();
            var threads = Enumerable.Range(0, 3).Select(_ => Task.Run(() => Record.Exception(() => app.GetFunction("run").Invoke(stop.Token)))).ToArray();
            Thread.Sleep(round % 5);
            app.Dispose();
            // The bytes are wiped and given to the next tenant only when the loops have ended.
            using (var next = new WasmMemory(new MemoryType(1)))
            {
                Thread.Sleep(1);
                Assert.False(next.AsSpan().ContainsAnyExcept((byte)0));
            }
            stop.Cancel();
            foreach (var outcome in await Task.WhenAll(threads))
                Assert.True(outcome is OperationCanceledException or ObjectDisposedException or WasmTrapException { Code: TrapCode.MemoryOutOfBounds }, outcome?.ToString());
        }
        Assert.Equal(0, runtime.MemoryBytes);
    }
}

/// <summary>Tests that look at process-wide counts run by themselves.</summary>
[CollectionDefinition(nameof(ProcessWide), DisableParallelization = true)]
public sealed class ProcessWide;
