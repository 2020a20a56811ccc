using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Runtime;

/// <summary>Typed and untyped calls in both directions.</summary>
public sealed class FunctionTests
{
    private delegate int Custom(int a, long b);

    private const string Echo = """
        (module
          (import "env" "f" (func $f (param i32 i64 f32 f64 v128 externref) (result i32 i64 f32 f64 v128 externref)))
          (func (export "g") (param i32 i64 f32 f64 v128 externref) (result i32 i64 f32 f64 v128 externref)
            (call $f (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5))))
        """;

    [Fact]
    public async Task Every_type_goes_through_in_both_directions()
    {
        using var runtime = Modules.NewRuntime();
        ValueType[] types = [ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64, ValueType.V128, ValueType.ExternRef];
        runtime.DefineRaw("env", "f", types, types, (_, arguments, results) => arguments.CopyTo(results));
        var app = runtime.Instantiate(Echo);
        WasmValue[] values = [-1, long.MinValue, BitConverter.Int32BitsToSingle(0x7FA00001), -0.0, Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), WasmValue.FromReference("x")];
        Assert.Equal(values, app.Invoke("g", values));
        var results = new WasmValue[6];
        app.GetFunction("g").Invoke(values, results);
        Assert.Equal(values, results);
        Assert.Equal(values, await app.GetFunction("g").InvokeAsync(values));
    }

    [Fact]
    public void Delegates_of_every_shape_are_called()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "none", () => { });
        runtime.Define("env", "many", (int a, uint b, long c, ulong d, float e, double f, bool g, Vector128<byte> h, object? i, string? j) =>
            $"{a} {b} {c} {d} {e} {f} {g} {h[3]} {i} {j}".Length == 0 ? null : (object)$"{a} {b} {c} {d} {e} {f} {g} {h[3]} {i} {j}");
        runtime.Define("env", "pair", (int a, long b) => (b, a));
        runtime.Define("env", "quad", (WasmCaller caller) => (1, 2L, 3.0f, 4.0));
        runtime.Define("env", "flag", (int a) => a > 3);
        var app = runtime.Instantiate("""
            (module
              (import "env" "none" (func $none))
              (import "env" "many" (func $many (param i32 i32 i64 i64 f32 f64 i32 v128 externref externref) (result externref)))
              (import "env" "pair" (func $pair (param i32 i64) (result i64 i32)))
              (import "env" "quad" (func $quad (result i32 i64 f32 f64)))
              (import "env" "flag" (func $flag (param i32) (result i32)))
              (func (export "none") call $none)
              (func (export "many") (param externref externref) (result externref)
                (call $many (i32.const -1) (i32.const -1) (i64.const -1) (i64.const -1) (f32.const 1.5) (f64.const -2.5) (i32.const 1) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                  (local.get 0) (local.get 1)))
              (func (export "pair") (param i32 i64) (result i64 i32) (call $pair (local.get 0) (local.get 1)))
              (func (export "quad") (result i32 i64 f32 f64) call $quad)
              (func (export "flag") (param i32) (result i32) (call $flag (local.get 0))))
            """);
        app.GetFunction<Action>("none")();
        Assert.Equal("-1 4294967295 -1 18446744073709551615 1.5 -2.5 True 3 o s", app.GetFunction<Func<object, string, object>>("many")("o", "s"));
        Assert.Equal((5L, 4), app.GetFunction<Func<int, long, (long, int)>>("pair")(4, 5));
        Assert.Equal((1, 2L, 3.0f, 4.0), app.GetFunction<Func<(int, long, float, double)>>("quad")());
        Assert.True(app.GetFunction<Func<int, bool>>("flag")(4));
        Assert.Equal(0u, app.GetFunction<Func<uint, uint>>("flag")(3));
        Assert.Equal(1, app.GetFunction("flag").AsFunc<int, int>()(9));
        app.GetFunction("none").AsAction()();
        // A string was promised: what else arrives is the guest's, and refused.
        Assert.Throws<InvalidCastException>(() => app.GetFunction<Func<object, object, object>>("many")("o", 5));
    }

    [Fact]
    public void A_delegate_type_of_one_s_own_will_do()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "f", (Delegate)(Custom)((a, b) => a + (int)b));
        var app = runtime.Instantiate("(module (import \"env\" \"f\" (func $f (param i32 i64) (result i32))) (func (export \"g\") (param i32 i64) (result i32) (call $f (local.get 0) (local.get 1))))");
        Assert.Equal(42, app.GetFunction<Custom>("g")(2, 40));
    }

    [Fact]
    public void Other_signatures_are_refused_when_the_delegate_is_made()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("(module (func (export \"f\") (param i32 i64) (result f32) f32.const 0))");
        Assert.Equal("incompatible export type: f is (func (param i32 i64) (result f32)), which the delegate type (Int32, Int32) -> (Single) does not fit",
            Assert.Throws<WasmLinkException>(() => app.GetFunction<Func<int, int, float>>("f")).Message);
        Assert.Throws<WasmLinkException>(() => app.GetFunction<Action<int, long>>("f"));
        Assert.Throws<WasmLinkException>(() => app.GetFunction<Func<int, long, (float, float)>>("f"));
        Assert.Throws<WasmLinkException>(() => app.GetFunction("f").AsFunc<int, float>());
        Assert.Throws<ArgumentException>(() => runtime.Define("env", "f", (DateTime when) => { }));
        Assert.Throws<ArgumentException>(() => runtime.Define("env", "f", () => 1m));
        Assert.Throws<ArgumentException>(() => runtime.Define("env", "f", (int a, WasmCaller caller) => { }));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("(module (type $t (struct)) (func (export \"f\") (param i32 (ref $t)) (result i32) local.get 0))");
        var f = app.GetFunction("f");
        var t = WasmStruct.Create(f.Type.Parameters[1].Heap.Definition!);
        Assert.Equal(1, f.Invoke(1, WasmValue.FromReference(t))[0]);
        Assert.Equal(1, f.As<Func<int, WasmStruct, int>>()(1, t));
        Assert.Equal("2 arguments expected, 1 given.", Assert.Throws<ArgumentException>(() => f.Invoke(1)).Message);
        Assert.Equal("argument 0 must be i32, not i64.", Assert.Throws<ArgumentException>(() => f.Invoke(1L, WasmValue.Null)).Message);
        Assert.StartsWith("argument 1 must be (ref (struct)), not null.", Assert.Throws<ArgumentException>(() => f.Invoke(1, WasmValue.Null)).Message);
        Assert.Throws<ArgumentException>(() => f.As<Func<int, object, int>>()(1, "x"));
        Assert.Throws<ArgumentException>(() => f.Invoke([1, WasmValue.FromReference(t)], new WasmValue[2]));
    }

    [Fact]
    public void A_raw_function_must_return_what_it_promised()
    {
        using var runtime = Modules.NewRuntime();
        runtime.DefineRaw("env", "f", [], [ValueType.I32], (_, _, results) => results[0] = 1L);
        runtime.DefineRaw("env", "g", [], [ValueType.Ref(HeapType.Func, nullable: false)], (_, _, _) => { });
        var app = runtime.Instantiate("""
            (module (import "env" "f" (func $f (result i32))) (import "env" "g" (func $g (result (ref func)))) (func (export "f") (result i32) call $f) (func (export "g") (drop (call $g))))
            """);
        Assert.Equal("host function result 0 must be i32, not i64.", Assert.Throws<ArgumentException>(() => app.Invoke("f")).Message);
        Assert.Equal("host function result 0 must be (ref func), not null.", Assert.Throws<ArgumentException>(() => app.Invoke("g")).Message);
    }

    [Fact]
    public async Task Host_exceptions_pass_through_as_they_are()
    {
        using var runtime = Modules.NewRuntime();
        var thrown = new FileNotFoundException("gone");
        runtime.Define("env", "f", (Action)(() => throw thrown));
        var app = runtime.Instantiate("(module (import \"env\" \"f\" (func $f)) (func $g call $f) (func (export \"g\") call $g))");
        Assert.Same(thrown, Assert.Throws<FileNotFoundException>(() => app.Invoke("g")));
        Assert.Same(thrown, Assert.Throws<FileNotFoundException>(() => app.GetFunction<Action>("g")()));
        Assert.Same(thrown, await Assert.ThrowsAsync<FileNotFoundException>(() => app.GetFunction("g").InvokeAsync()));
    }

    [Fact]
    public void The_caller_gives_memory_functions_and_instance()
    {
        using var runtime = Modules.NewRuntime();
        WasmInstance? seen = null;
        runtime.Define("env", "log", (WasmCaller caller, int address, int length) =>
        {
            seen = caller.Instance;
            Assert.Equal("hello", caller.Memory.ReadUtf8(address, length));
            Assert.Same(caller.Memory, caller.GetMemory("memory"));
            return caller.GetFunction("inc").Invoke(length)[0].AsInt32();
        });
        var app = runtime.Instantiate("""
            (module
              (import "env" "log" (func $log (param i32 i32) (result i32)))
              (memory 1) (memory (export "memory") 1)
              (data (memory 1) (i32.const 10) "hello")
              (func (export "inc") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "run") (result i32) (call $log (i32.const 10) (i32.const 5))))
            """);
        Assert.Equal(6, app.Invoke("run")[0]);
        Assert.Same(app, seen);
        Assert.Throws<InvalidOperationException>(() => WasmFunction.FromDelegate((WasmCaller caller) => { _ = caller.Instance; }).Invoke());
    }

    [Fact]
    public void Host_and_guest_recurse_until_the_stack_ends_not_the_process()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "again", (WasmCaller caller) => { caller.GetFunction("run").Invoke(); });
        var app = runtime.Instantiate("(module (import \"env\" \"again\" (func $again)) (func (export \"run\") call $again))");
        for (var i = 0; i < 3; i++)
            Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => app.Invoke("run")).Code);
    }

    [Fact]
    public async Task Tasks_are_awaited()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "later", async (int a) =>
        {
            await Task.Yield();
            return a + 1;
        });
        runtime.Define("env", "pair", async ValueTask<(int, long)> (WasmCaller caller) =>
        {
            await Task.Delay(1, caller.CancellationToken);
            return (1, 2L);
        });
        runtime.Define("env", "done", () => Task.CompletedTask);
        runtime.Define("env", "fail", () => Task.FromException(new TimeoutException("late")));
        var app = runtime.Instantiate("""
            (module
              (import "env" "later" (func $later (param i32) (result i32)))
              (import "env" "pair" (func $pair (result i32 i64)))
              (import "env" "done" (func $done))
              (import "env" "fail" (func $fail))
              (func (export "run") (param i32) (result i32 i32 i64) call $done (call $later (call $later (local.get 0))) call $pair)
              (func (export "fail") call $fail))
            """);
        WasmValue[] expected = [7, 1, 2L];
        Assert.Equal(expected, app.Invoke("run", 5));
        Assert.Equal(expected, await app.GetFunction("run").InvokeAsync(5));
        Assert.Equal((7, 1, 2L), await app.GetFunction<Func<int, Task<(int, int, long)>>>("run")(5));
        Assert.Equal("late", Assert.Throws<TimeoutException>(() => app.Invoke("fail")).Message);
        Assert.Equal("late", (await Assert.ThrowsAsync<TimeoutException>(() => app.GetFunction("fail").InvokeAsync())).Message);
    }

    [Fact]
    public void Functions_travel_as_references()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "pick", (WasmFunction? a, WasmFunction? b) => a ?? b);
        var app = runtime.Instantiate("""
            (module
              (import "env" "pick" (func $pick (param funcref funcref) (result funcref)))
              (func $one (export "one") (result i32) i32.const 1)
              (elem declare func $one)
              (func (export "run") (result funcref) (call $pick (ref.null func) (ref.func $one))))
            """);
        Assert.Same(app.GetFunction("one"), app.Invoke("run")[0].AsFunction());
        Assert.Same(app.GetFunction("one"), app.GetFunction<Func<WasmFunction>>("run")());
    }

    [Fact]
    public void Wasm_exceptions_cross_the_border_both_ways()
    {
        using var runtime = Modules.NewRuntime();
        var tag = new WasmTag(ValueType.I32, ValueType.ExternRef);
        runtime.Define("env", "tag", tag);
        runtime.Define("env", "throw", (Action)(() => throw new WasmThrownException(tag, 7, WasmValue.FromReference("why"))));
        var app = runtime.Instantiate("""
            (module
              (import "env" "tag" (tag $tag (param i32 externref)))
              (import "env" "throw" (func $throw))
              (func (export "catch") (result i32 externref) (block $h (result i32 externref) (try_table (catch $tag $h) (call $throw)) unreachable))
              (func (export "out") (throw $tag (i32.const 9) (ref.null extern)))
              (func (export "through") (call $throw)))
            """);
        WasmValue[] expected = [7, WasmValue.FromReference("why")];
        Assert.Equal(expected, app.Invoke("catch"));
        var thrown = Assert.Throws<WasmThrownException>(() => app.Invoke("out"));
        Assert.Same(tag, thrown.Tag);
        Assert.Equal([9, WasmValue.Null], thrown.Values);
        Assert.StartsWith("uncaught exception", thrown.Message);
        Assert.Equal(expected, Assert.Throws<WasmThrownException>(() => app.Invoke("through")).Values);
        Assert.Throws<ArgumentException>(() => new WasmThrownException(tag, 1));
    }

    [Fact]
    public void Fuel_is_counted_and_refilled()
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Fuel = 1000 });
        var app = runtime.Instantiate("(module (func (export \"loop\") (loop br 0)) (func (export \"f\")))");
        Assert.Equal(1000, app.Fuel);
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<WasmTrapException>(() => app.Invoke("loop")).Code);
        Assert.Equal(0, app.Fuel);
        Assert.Throws<WasmTrapException>(() => app.Invoke("f"));
        app.Fuel = 100;
        app.Invoke("f");
        Assert.InRange(app.Fuel, 1, 99);
    }
}
