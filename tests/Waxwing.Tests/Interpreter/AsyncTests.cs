using System.Diagnostics;
using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Interpreter;

/// <summary>Guests that wait without a thread.</summary>
public sealed class AsyncTests(ITestOutputHelper output)
{
    private const string Guest = """
        (module
          (import "env" "tag" (tag $e (param i32)))
          (import "env" "later" (func $later (param i32) (result i32)))
          (import "env" "object" (func $object (param externref) (result externref i64)))
          (memory (export "memory") 1)
          (func $deep (param i32) (result i32)
            (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1))))) (else (call $later (i32.const 1)))))
          (func (export "once") (param i32) (result i32) (i32.add (i32.const 1) (call $later (local.get 0))))
          (func (export "tail") (param i32) (result i32) (return_call $later (local.get 0)))
          (func (export "deep") (param i32) (result i32) (call $deep (local.get 0)))
          (func (export "sum") (param $n i32) (result i32) (local $sum i32)
            (loop $l
              (local.set $sum (i32.add (local.get $sum) (call $later (local.get $n))))
              (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "objects") (param externref) (result externref i64) (local externref)
            (local.set 1 (local.get 0))
            (call $object (local.get 1)))
          (func (export "caught") (param i32) (result i32)
            (block $h (result i32)
              (try_table (catch $e $h) (return (call $later (local.get 0))))
              (unreachable))
            (i32.mul (i32.const 10)))
          (func (export "grow") (result i32)
            (drop (call $later (i32.const 0)))
            (i32.store (i32.const 196604) (i32.const 42))
            (i32.load (i32.const 196604))))
        """;

    private static WasmInstance Instantiate(WasmRuntime runtime, Func<WasmCaller, int, Task<int>> later)
    {
        runtime.Define("env", "tag", Tag);
        runtime.Define("env", "later", later);
        runtime.Define("env", "object", async (object? o) =>
        {
            await Task.Yield();
            GC.Collect(0);
            return (o, 7L);
        });
        return runtime.Instantiate(Guest);
    }

    private static readonly WasmTag Tag = new(ValueType.I32);

    [Fact]
    public async Task Guests_resume_on_other_threads()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var threads = new HashSet<int>();
        var instance = Instantiate(runtime, async (_, x) =>
        {
            await Task.Run(() => Thread.Sleep(1));
            // Not from the thread pool at all.
            var completion = new TaskCompletionSource<int>();
            new Thread(() =>
            {
                lock (threads)
                    threads.Add(Environment.CurrentManagedThreadId);
                completion.SetResult(x * 2);
            }).Start();
            return await completion.Task;
        });
        Assert.Equal(21, (await instance.GetFunction("once").InvokeAsync(10))[0].AsInt32());
        Assert.Equal(20, (await instance.GetFunction("tail").InvokeAsync(10))[0].AsInt32());
        Assert.Equal(110, (await instance.GetFunction("sum").InvokeAsync(10))[0].AsInt32());
        // Deeper than a new guest stack is: the stack grew and moved while frames waited on it.
        Assert.Equal(20_002, (await instance.GetFunction("deep").InvokeAsync(20_000))[0].AsInt32());
        Assert.True(threads.Count > 1);
        var text = new string('o', 3);
        var results = await instance.GetFunction("objects").InvokeAsync(WasmValue.FromReference(text));
        Assert.Same(text, results[0].AsReference());
        Assert.Equal(7, results[1].AsInt64());
        // The same functions called synchronously block, and give the same.
        Assert.Equal(110, instance.Invoke("sum", 10)[0].AsInt32());
    }

    [Fact]
    public async Task Ten_thousand_guests_wait_at_once()
    {
        const int Guests = 10_000;
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = 0;
        var instance = Instantiate(runtime, async (_, x) =>
        {
            Interlocked.Increment(ref waiting);
            await gate.Task.ConfigureAwait(false);
            return x;
        });
        var function = instance.GetFunction("once");
        var (managed, resident) = (GC.GetTotalMemory(forceFullCollection: true), Resident());
        var guests = new Task<WasmValue[]>[Guests];
        for (var i = 0; i < Guests; i++)
            guests[i] = function.InvokeAsync(i);
        Assert.Equal(Guests, waiting);
        Assert.DoesNotContain(guests, guest => guest.IsCompleted);
        var (managedEach, residentEach) = ((GC.GetTotalMemory(forceFullCollection: true) - managed) / Guests, (Resident() - resident) / Guests);
        output.WriteLine($"a waiting guest: {managedEach} bytes of managed memory, {residentEach} bytes of the process");
        Assert.InRange(managedEach, 1, 16 << 10);
        Assert.True(residentEach < 32 << 10, $"{residentEach}");
        gate.SetResult();
        var results = await Task.WhenAll(guests).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        for (var i = 0; i < Guests; i++)
            Assert.Equal(i + 1, results[i][0].AsInt32());
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    [Fact]
    public async Task Cancellation_ends_the_waiting()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var seen = CancellationToken.None;
        var never = new TaskCompletionSource<int>();
        var instance = Instantiate(runtime, (caller, _) =>
        {
            seen = caller.CancellationToken;
            return never.Task;
        });
        using var source = new CancellationTokenSource(30);
        var stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => instance.GetFunction("once").InvokeAsync(source.Token, 1));
        Assert.Equal(source.Token, stopped.CancellationToken);
        Assert.Equal(source.Token, seen);
        // What the host delivers too late does no harm.
        never.SetResult(5);
        Assert.Equal(6, (await instance.GetFunction("once").InvokeAsync(1))[0].AsInt32());
    }

    [Fact]
    public async Task Cancellation_stops_a_guest_that_has_resumed()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        runtime.Define("env", "later", async () => await Task.Delay(1));
        var instance = runtime.Instantiate("""(module (import "env" "later" (func $l)) (func (export "run") (loop (call $l) (br 0))) (func (export "spin") (call $l) (loop (br 0))))""");
        foreach (var name in (string[])["run", "spin"])
        {
            using var source = new CancellationTokenSource(30);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => instance.GetFunction(name).InvokeAsync(source.Token, []));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Thrown_exceptions_are_the_guests_to_catch(bool atOnce)
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var instance = Instantiate(runtime, async (_, x) =>
        {
            if (!atOnce)
                await Task.Delay(1);
            throw new WasmThrownException(Tag, x + 1);
        });
        Assert.Equal(50, (await instance.GetFunction("caught").InvokeAsync(4))[0].AsInt32());
        Assert.Equal(50, instance.Invoke("caught", 4)[0].AsInt32());
        var thrown = await Assert.ThrowsAsync<WasmThrownException>(() => instance.GetFunction("once").InvokeAsync(4));
        Assert.Equal(5, thrown.Values[0].AsInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Other_exceptions_pass_as_they_are(bool atOnce)
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var error = new InvalidTimeZoneException("mine");
        var instance = Instantiate(runtime, async (_, _) =>
        {
            if (!atOnce)
                await Task.Delay(1);
            throw error;
        });
        Assert.Same(error, await Assert.ThrowsAsync<InvalidTimeZoneException>(() => instance.GetFunction("caught").InvokeAsync(4)));
        Assert.Same(error, Assert.Throws<InvalidTimeZoneException>(() => instance.Invoke("caught", 4)));
    }

    [Fact]
    public async Task Calls_nest_inside_of_what_is_awaited()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var depth = 0;
        var instance = Instantiate(runtime, async (caller, x) =>
        {
            if (Interlocked.Increment(ref depth) > 4)
                return x;
            var before = caller.GetFunction("once").Invoke(x)[0].AsInt32();
            await Task.Yield();
            var after = await caller.GetFunction("once").InvokeAsync(x);
            return before + after[0].AsInt32();
        });
        Assert.True((await instance.GetFunction("once").InvokeAsync(1))[0].AsInt32() > 4);
    }

    [Fact]
    public async Task Memory_that_grew_while_the_guest_waited_is_seen()
    {
        foreach (var policy in (WasmMemoryPolicy[])[WasmMemoryPolicy.Automatic, WasmMemoryPolicy.Portable])
        {
            using var runtime = Modules.NewRuntime(policy: policy, engine: WasmEngineKind.Interpreter);
            var instance = Instantiate(runtime, async (caller, x) =>
            {
                var memory = caller.Memory;
                await Task.Yield();
                memory.Grow(2);
                return x;
            });
            Assert.Equal(42, (await instance.GetFunction("grow").InvokeAsync())[0].AsInt32());
        }
    }

    [Fact]
    public async Task Fuel_counts_across_waiting()
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter, Fuel = 200 });
        var instance = Instantiate(runtime, async (_, x) =>
        {
            await Task.Yield();
            return x;
        });
        Assert.Equal(3, (await instance.GetFunction("sum").InvokeAsync(2))[0].AsInt32());
        Assert.InRange(instance.Fuel, 100, 199);
        Assert.Equal(TrapCode.OutOfFuel, (await Assert.ThrowsAsync<WasmTrapException>(() => instance.GetFunction("sum").InvokeAsync(1000))).Code);
    }

    [Fact]
    public async Task Disposing_the_instance_while_it_waits_is_safe()
    {
        foreach (var policy in (WasmMemoryPolicy[])[WasmMemoryPolicy.Automatic, WasmMemoryPolicy.Portable])
        {
            using var runtime = Modules.NewRuntime(policy: policy, engine: WasmEngineKind.Interpreter);
            var gate = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            var instance = Instantiate(runtime, (_, _) => gate.Task);
            var call = instance.GetFunction("grow").InvokeAsync();
            instance.Dispose();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            gate.SetResult(1);
            Assert.Equal(TrapCode.MemoryOutOfBounds, (await Assert.ThrowsAsync<WasmTrapException>(() => call)).Code);
        }
    }
}
