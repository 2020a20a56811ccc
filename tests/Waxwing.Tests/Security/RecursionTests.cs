using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Security;

/// <summary>Recursion without end, by every road: a trap, never the end of the process.</summary>
public sealed class RecursionTests
{
    private const string Guest = """
        (module
          (type $v (func))
          (type $n (func (param i32) (result i32)))
          (import "env" "back" (func $back (param i32) (result i32)))
          (table $t (export "table") 4 funcref)
          (elem (i32.const 0) $direct $indirect $indirect64 $throughHost)
          (table $wide i64 1 funcref)
          (elem (table $wide) (i64.const 0) func $indirect64)
          (memory 1)
          (func $direct (export "direct") (param i32) (result i32) (i32.add (i32.const 1) (call $direct (local.get 0))))
          (func $even (export "mutual") (param i32) (result i32) (i32.add (i32.const 1) (call $odd (local.get 0))))
          (func $odd (param i32) (result i32) (local i64 f64 v128) (i32.add (i32.const 1) (call $even (local.get 0))))
          (func $indirect (export "indirect") (param i32) (result i32) (i32.add (i32.const 1) (call_indirect $t (type $n) (local.get 0) (i32.const 1))))
          (func $indirect64 (export "indirect64") (param i32) (result i32) (i32.add (i32.const 1) (call_indirect $wide (type $n) (local.get 0) (i64.const 0))))
          (func $reference (export "reference") (param i32) (result i32) (i32.add (i32.const 1) (call_ref $n (local.get 0) (ref.func $reference))))
          (func $throughHost (export "host") (param i32) (result i32) (i32.add (i32.const 1) (call $back (local.get 0))))
          (func (export "host tail") (param i32) (result i32) (return_call $back (local.get 0)))
          (func (export "host tail indirect") (param i32) (result i32) (return_call_ref $n (local.get 0) (ref.func $back)))
          (func $wide_frame (export "wide") (param i32) (result i32) (local v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 externref)
            (i32.add (i32.const 1) (call $wide_frame (local.get 0))))
          (func $caught (export "in try") (param i32) (result i32)
            (block $h (try_table (catch_all $h) (return (i32.add (i32.const 1) (call $caught (local.get 0))))))
            (i32.const 77))
          (func $bounded (export "bounded") (param i32) (result i32)
            (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $bounded (i32.sub (local.get 0) (i32.const 1))))) (else (call $back (i32.const 0)))))
          (elem declare func $reference $back))
        """;

    public static TheoryData<string> Roads => ["direct", "mutual", "indirect", "indirect64", "reference", "wide", "in try", "host", "host tail", "host tail indirect"];

    [Theory]
    [MemberData(nameof(Roads))]
    public async Task Endless_recursion_traps(string road)
    {
        using var runtime = Modules.NewRuntime(new WasmLimits { StackBytes = 1 << 20 });
        var depth = 0;
        runtime.Define("env", "back", (WasmCaller caller, int x) =>
        {
            depth++;
            return caller.GetFunction(road).Invoke(x)[0].AsInt32();
        });
        var instance = runtime.Instantiate(Guest);
        for (var round = 0; round < 2; round++)
        {
            var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke(road, 1));
            Assert.Equal(TrapCode.StackExhausted, trap.Code);
            Assert.StartsWith("call stack exhausted", trap.Message, StringComparison.Ordinal);
            Assert.True(trap.Frames.Count is > 0 and <= 64 || road.StartsWith("host", StringComparison.Ordinal), $"{trap}");
        }
        Assert.Equal(TrapCode.StackExhausted, (await Assert.ThrowsAsync<WasmTrapException>(() => instance.GetFunction(road).InvokeAsync(1))).Code);
        Assert.Equal(road.StartsWith("host", StringComparison.Ordinal), depth > 100);
    }

    [Fact]
    public void Typed_delegates_are_counted_too()
    {
        using var runtime = Modules.NewRuntime();
        Func<int, int>? again = null;
        runtime.Define("env", "back", (int x) => again!(x));
        var instance = runtime.Instantiate(Guest);
        again = instance.GetFunction<Func<int, int>>("host");
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => again(1)).Code);
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => again(1)).Code);
    }

    [Fact]
    public void Between_two_instances()
    {
        using var runtime = Modules.NewRuntime(new WasmLimits { StackBytes = 1 << 20 });
        runtime.Instantiate("""
            (module (type $f (func (result i32))) (table (export "t") 1 funcref)
              (func (export "f") (result i32) (i32.add (i32.const 1) (call_indirect (type $f) (i32.const 0)))))
            """, "a");
        var b = runtime.Instantiate("""
            (module (import "a" "t" (table 1 funcref)) (import "a" "f" (func $f (result i32)))
              (func $g (export "g") (result i32) (i32.mul (i32.const 3) (call $f)))
              (elem (i32.const 0) $g))
            """, "b");
        var trap = Assert.Throws<WasmTrapException>(() => b.Invoke("g"));
        Assert.Equal(TrapCode.StackExhausted, trap.Code);
        Assert.Contains(trap.Frames, frame => frame is { Module: "a", FunctionName: "f" });
        Assert.Contains(trap.Frames, frame => frame is { Module: "b", FunctionName: "g" });
    }

    [Fact]
    public void From_the_start_function()
    {
        using var runtime = Modules.NewRuntime(new WasmLimits { StackBytes = 512 << 10 });
        var trap = Assert.Throws<WasmTrapException>(() => runtime.Instantiate("(module (func $f (call $f) (nop)) (start $f))", "app"));
        Assert.Equal(TrapCode.StackExhausted, trap.Code);
        Assert.Null(runtime.GetInstance("app"));
    }

    [Fact]
    public void Instantiations_inside_start_functions()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("""(module (import "env" "again" (func $f)) (func $s (call $f) (nop)) (start $s))""");
        var depth = 0;
        runtime.Define("env", "again", () =>
        {
            depth++;
            runtime.Instantiate(module);
        });
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => runtime.Instantiate(module)).Code);
        Assert.True(depth > 50);
    }

    [Fact]
    public void A_small_thread_suffices()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "back", (WasmCaller caller, int x) => caller.GetFunction("host").Invoke(x)[0].AsInt32());
        var instance = runtime.Instantiate(Guest);
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(() => instance.Invoke("host", 1)), 256 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(TrapCode.StackExhausted, Assert.IsType<WasmTrapException>(error).Code);
    }

    [Fact]
    public void Deep_guests_do_not_slow_the_collector()
    {
        using var runtime = Modules.NewRuntime();
        var longest = TimeSpan.Zero;
        runtime.Define("env", "back", (int x) =>
        {
            for (var i = 0; i < 20; i++)
            {
                var start = System.Diagnostics.Stopwatch.GetTimestamp();
                GC.KeepAlive(new byte[1 << 20]);
                GC.Collect(0);
                var time = System.Diagnostics.Stopwatch.GetElapsedTime(start);
                longest = time > longest ? time : longest;
            }
            return x;
        });
        var instance = runtime.Instantiate(Guest);
        const int Depth = 150_000;
        Assert.Equal(Depth, instance.Invoke("bounded", Depth)[0].AsInt32());
        Assert.True(longest < TimeSpan.FromSeconds(2), $"{longest}");
    }

    [Fact]
    public void Tail_calls_need_no_stack()
    {
        using var runtime = Modules.NewRuntime(new WasmLimits { StackBytes = 64 << 10 });
        runtime.Define("env", "last", (int x) => x + 1000);
        runtime.Instantiate("""(module (table (export "t") 1 funcref))""", "a");
        var other = runtime.Instantiate("""
            (module (type $f (func (param i32 i32) (result i32))) (import "a" "t" (table 1 funcref))
              (func (export "g") (param i32 i32) (result i32) (return_call_indirect (type $f) (local.get 0) (i32.add (local.get 1) (i32.const 1)) (i32.const 0))))
            """, "b");
        var app = runtime.Instantiate("""
            (module
              (type $f (func (param i32 i32) (result i32)))
              (import "a" "t" (table 1 funcref)) (import "b" "g" (func $g (param i32 i32) (result i32))) (import "env" "last" (func $last (param i32) (result i32)))
              (table $own 2 funcref) (elem (table $own) (i32.const 0) func $direct $indirect)
              (elem (table 0) (i32.const 0) func $across)
              (elem declare func $reference)
              (func $direct (export "direct") (param i32 i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return_call $last (local.get 1))))
                (return_call $direct (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
              (func $indirect (export "indirect") (param i32 i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return_call $last (local.get 1))))
                (return_call_indirect $own (type $f) (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1)) (i32.const 1)))
              (func $reference (export "reference") (param i32 i32) (result i32) (local externref v128)
                (if (i32.eqz (local.get 0)) (then (return_call $last (local.get 1))))
                (return_call_ref $f (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1)) (ref.func $reference)))
              (func $across (export "across") (param i32 i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return_call $last (local.get 1))))
                (return_call $g (i32.sub (local.get 0) (i32.const 1)) (local.get 1))))
            """, "app");
        foreach (var road in (string[])["direct", "indirect", "reference", "across"])
            Assert.Equal(301_000, app.Invoke(road, 300_000, 0)[0].AsInt32());
        GC.KeepAlive(other);
    }

    [Fact]
    public void What_a_tail_called_function_throws_is_not_caught_by_the_frame_it_replaced()
    {
        using var runtime = Modules.NewRuntime();
        var tag = new WasmTag();
        runtime.Define("env", "tag", tag);
        runtime.Define("env", "throw", () => throw new WasmThrownException(tag));
        runtime.Instantiate("""(module (import "env" "tag" (tag $e)) (func (export "throw") (throw $e)))""", "other");
        var app = runtime.Instantiate("""
            (module
              (import "env" "tag" (tag $e)) (import "env" "throw" (func $host)) (import "other" "throw" (func $other))
              (type $v (func))
              (func $own (throw $e))
              (elem declare func $host $own $other)
              (func $a (block $h (try_table (catch_all $h) (return_call $own))))
              (func $b (block $h (try_table (catch_all $h) (return_call $host))))
              (func $c (block $h (try_table (catch_all $h) (return_call $other))))
              (func $d (block $h (try_table (catch_all $h) (return_call_ref $v (ref.func $host)))))
              (func (export "bare") (param i32)
                (if (i32.eq (local.get 0) (i32.const 0)) (then (return_call $a)))
                (if (i32.eq (local.get 0) (i32.const 1)) (then (return_call $b)))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (return_call $c)))
                (return_call $d))
              (func (export "outer") (param i32) (result i32)
                (block $h (try_table (catch_all $h)
                  (if (i32.eq (local.get 0) (i32.const 0)) (then (call $a)))
                  (if (i32.eq (local.get 0) (i32.const 1)) (then (call $b)))
                  (if (i32.eq (local.get 0) (i32.const 2)) (then (call $c)))
                  (if (i32.eq (local.get 0) (i32.const 3)) (then (call $d)))
                  (return (i32.const 0))))
                (i32.const 1)))
            """);
        for (var road = 0; road < 4; road++)
        {
            Assert.Same(tag, Assert.Throws<WasmThrownException>(() => app.Invoke("bare", road)).Tag);
            Assert.Equal(1, app.Invoke("outer", road)[0].AsInt32());
        }
    }
}
