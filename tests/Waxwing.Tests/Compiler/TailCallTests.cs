using System.Runtime.Intrinsics;
using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Compiler;

/// <summary>Tail calls of compiled functions: the stack stays flat whatever is called, with whatever arguments.</summary>
public sealed class TailCallTests
{
    private const int Many = 10_000_000;

    /// <summary>Less than the frames of a thousandth of the calls would take.</summary>
    private const int SmallStack = 256 << 10;

    /// <summary>Runs on a thread with little stack, and rethrows what that throws.</summary>
    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), SmallStack);
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw new Xunit.Sdk.XunitException(failure.ToString());
    }

    private static WasmRuntime NewRuntime(WasmEngineKind engine = WasmEngineKind.Compiler) => new(new WasmRuntimeOptions { Engine = engine, Features = WasmFeatures.All });

    private static WasmInstance Instantiate(WasmRuntime runtime, string text)
    {
        var module = WasmModule.Parse(text);
        Emitted.AssertCompiled(module);
        return runtime.Instantiate(module);
    }

    [Theory]
    [InlineData("(return_call_indirect (type $step) (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (i32.const 0))")]
    [InlineData("(return_call_ref $step (i32.sub (local.get 0) (i32.const 1)) (local.get 1) (ref.cast (ref $step) (table.get (i32.const 0))))")]
    public void Instances_that_call_each_other_through_tables_stay_flat(string call)
    {
        using var runtime = NewRuntime();
        var text = $"""
            (type $step (func (param i32 i32) (result i32)))
            (memory 1)
            (table (export "next") 1 funcref)
            (global $steps (export "steps") (mut i32) (i32.const 0))
            (func (export "step") (type $step)
              (global.set $steps (i32.add (global.get $steps) (i32.const 1)))
              (if (i32.eqz (local.get 0)) (then (return (i32.load8_u (local.get 1)))))
              {call})
            """;
        var (ping, pong) = (Instantiate(runtime, text), Instantiate(runtime, text));
        ping.GetTable("next")[0] = pong.GetFunction("step");
        pong.GetTable("next")[0] = ping.GetFunction("step");
        OnSmallStack(() => Assert.Equal(0, ping.GetFunction<Func<int, int, int>>("step")(Many / 10 - 1, 0)));
        Assert.Equal((Many / 20, Many / 20), (ping.GetGlobal("steps").Value.AsInt32(), pong.GetGlobal("steps").Value.AsInt32()));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => ping.GetFunction<Func<int, int, int>>("step")(3, -1)).Code);
    }

    [Fact]
    public void Mutual_calls_with_equal_signatures_stay_flat()
    {
        using var runtime = NewRuntime();
        var app = Instantiate(runtime, """
            (module
              (func $even (export "even") (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
                (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
              (func $odd (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                (return_call $even (i32.sub (local.get 0) (i32.const 1)))))
            """);
        OnSmallStack(() => Assert.Equal(1, app.Invoke("even", Many)[0].AsInt32()));
    }

    /// <summary>From one argument to twenty, vectors and references among them, and back; results of several values.</summary>
    [Theory]
    [InlineData("return_call $wide", "return_call $narrow")]
    [InlineData("return_call_indirect (type $wide)", "return_call_indirect (type $narrow)")]
    [InlineData("return_call_ref $wide", "return_call_ref $narrow")]
    public void Growing_and_shrinking_signatures_stay_flat(string toWide, string toNarrow)
    {
        using var runtime = NewRuntime();
        var isIndirect = toWide.Contains("indirect", StringComparison.Ordinal);
        var isReference = toWide.Contains("_ref", StringComparison.Ordinal);
        var wideTarget = isIndirect ? "(i32.const 1)" : isReference ? "(global.get $wide)" : "";
        var narrowTarget = isIndirect ? "(i32.const 0)" : isReference ? "(global.get $narrow)" : "";
        var app = Instantiate(runtime, $$"""
            (module
              (type $narrow (func (param i32) (result i64 f64 v128 externref)))
              (type $wide (func (param i32 i64 i64 i64 i64 i64 i64 i64 v128 v128 f32 f64 f64 f64 f64 f64 f64 f64 f64 f64 externref) (result i64 f64 v128 externref)))
              (table funcref (elem $narrow $wide))
              (global $narrow (ref $narrow) (ref.func $narrow))
              (global $wide (ref $wide) (ref.func $wide))
              (global $text (export "text") (mut externref) (ref.null extern))
              (func (export "set") (param externref) (global.set $text (local.get 0)))
              (func $narrow (export "run") (type $narrow)
                ({{toWide}} (i32.sub (local.get 0) (i32.const 1))
                  (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7)
                  (i32x4.splat (local.get 0)) (v128.const i64x2 8 9) (f32.const 10)
                  (f64.const 11) (f64.const 12) (f64.const 13) (f64.const 14) (f64.const 15) (f64.const 16) (f64.const 17) (f64.const 18) (f64.const 19)
                  (global.get $text) {{wideTarget}}))
              (func $wide (type $wide)
                (if (i32.eqz (local.get 0))
                  (then (return
                    (i64.add (local.get 1) (local.get 7))
                    (f64.add (local.get 11) (local.get 19))
                    (i64x2.add (local.get 8) (local.get 9))
                    (local.get 20))))
                ({{toNarrow}} (local.get 0) {{narrowTarget}})))
            """);
        app.Invoke("set", WasmValue.FromReference("here"));
        OnSmallStack(() =>
        {
            var results = app.Invoke("run", Many / 20);
            Assert.Equal(8, results[0].AsInt64());
            Assert.Equal(30, results[1].AsDouble());
            Assert.Equal(Vector128.Create(0x1_0000_0009L, 0x1_0000_000AL).AsByte(), results[2].AsVector128());
            Assert.Equal("here", results[3].AsReference());
        });
    }

    [Theory]
    [InlineData("(return_call $f (i32.sub (local.get 0) (i32.const 1)))")]
    [InlineData("(return_call_indirect (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))")]
    public void Calls_out_of_a_try_stay_flat_and_escape_its_handlers(string call)
    {
        using var runtime = NewRuntime();
        var app = Instantiate(runtime, $$"""
            (module
              (tag $t)
              (table funcref (elem $f))
              (func $f (export "f") (param i32) (result i32)
                (block $h
                  (try_table (catch_all $h)
                    (if (i32.eqz (local.get 0)) (then (return (i32.const 42))))
                    (if (i32.eq (local.get 0) (i32.const -1000)) (then (throw $t)))
                    {{call}}))
                (i32.const 7)))
            """);
        OnSmallStack(() => Assert.Equal(42, app.Invoke("f", Many / 10)[0].AsInt32()));
        Assert.Equal(7, app.Invoke("f", -1000)[0].AsInt32());
        var other = Instantiate(runtime, $$"""
            (module
              (tag $t)
              (func $g (param i32) (result i32) (throw $t))
              (func (export "f") (param i32) (result i32)
                (block $h (try_table (catch_all $h) (return_call $g (local.get 0))))
                (i32.const 7)))
            """);
        Assert.Throws<WasmThrownException>(() => other.Invoke("f", 1));
    }

    [Fact]
    public void Host_functions_are_called_in_place()
    {
        using var runtime = NewRuntime();
        runtime.Define("env", "add", (int a, long b) => a + b);
        var app = Instantiate(runtime, """
            (module
              (import "env" "add" (func $add (param i32 i64) (result i64)))
              (func (export "f") (param i32) (result i64) (return_call $add (local.get 0) (i64.const 5)))
              (func (export "loop") (param i32) (result i64) (local i64)
                (loop $l
                  (local.set 1 (call $g (local.get 0)))
                  (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 1))
              (func $g (param i32) (result i64) (return_call $add (local.get 0) (i64.const 1))))
            """);
        Assert.Equal(12, app.Invoke("f", 7)[0].AsInt64());
        OnSmallStack(() => Assert.Equal(2, app.Invoke("loop", 100_000)[0].AsInt64()));
    }

    /// <summary>Two instances that call each other in tail position for ever: stopped, one way or another, and the process lives.</summary>
    [Theory]
    [InlineData(WasmEngineKind.Compiler)]
    [InlineData(WasmEngineKind.Interpreter)]
    public void Endless_calls_between_instances_end(WasmEngineKind other)
    {
        using var runtime = NewRuntime();
        using var second = NewRuntime(other);
        var table = new WasmTable(new TableType(ValueType.FuncRef, 2));
        const string Text = """
            (module
              (import "env" "t" (table 2 funcref))
              (func (export "f") (param i32) (result i32)
                (return_call_indirect (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)) (i32.and (local.get 0) (i32.const 1)))))
            """;
        runtime.Define("env", "t", table);
        second.Define("env", "t", table);
        var (a, b) = (Instantiate(runtime, Text), second.Instantiate(Text));
        table[0] = b.GetFunction("f");
        table[1] = a.GetFunction("f");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var failure = Record.Exception(() => a.GetFunction("f").Invoke(cancellation.Token, 0));
        Assert.True(failure is OperationCanceledException or WasmTrapException { Code: TrapCode.StackExhausted }, failure?.ToString());
    }

    [Fact]
    public void An_endless_loop_of_calls_is_cancelled()
    {
        using var runtime = NewRuntime();
        var app = Instantiate(runtime, """
            (module
              (func $f (export "f") (param i32 i32) (return_call $g (local.get 1)))
              (func $g (param i32) (return_call $f (local.get 0) (local.get 0))))
            """);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => app.GetFunction("f").Invoke(cancellation.Token, 0, 0));
    }
}
