using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Security;

/// <summary>Guests that never end, in every shape there is: each is stopped from outside, and by fuel.</summary>
public sealed class LoopTests
{
    private const string Guest = """
        (module
          (type $v (func))
          (type $i (func (param i32)))
          (tag $e)
          (memory 1 1) (memory $shared 1 1 shared)
          (table $t 2 funcref) (elem (i32.const 0) $tailIndirect $pingIndirect)
          (table $wide i64 1 funcref) (elem (table $wide) (i64.const 0) func $tailWide)
          (elem declare func $tailReference)
          (func (export "br 0") (loop $l (br $l)))
          (func (export "br_if") (loop $l (br_if $l (i32.const 1))))
          (func (export "br_if compare") (local i32) (loop $l (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br_if $l (i32.ne (i32.const 0) (i32.or (local.get 0) (i32.const 1))))))
          (func (export "br_if i64") (local i64) (loop $l (br_if $l (i64.eqz (local.get 0)))))
          (func (export "br_if f64") (local f64) (loop $l (local.set 0 (f64.add (local.get 0) (f64.const 1))) (br_if $l (f64.ge (local.get 0) (f64.const 0)))))
          (func (export "br_if eqz") (local i32) (loop $l (br_if $l (i32.eqz (local.get 0)))))
          (func (export "values") (i32.const 1) (i64.const 2) (loop $l (param i32 i64) (br $l)))
          (func (export "values br_if") (i32.const 1) (loop $l (param i32) (br_if $l (i32.const 1)) (drop)))
          (func (export "if") (loop $l (if (i32.const 1) (then (br $l)) (else (unreachable)))))
          (func (export "else") (local i32) (loop $l (if (local.get 0) (then) (else (br $l)))))
          (func (export "br_table") (loop $l (br_table $l $l (i32.const 0))))
          (func (export "br_table default") (local i32) (loop $l (local.set 0 (i32.add (local.get 0) (i32.const 1))) (block $b (br_table $b $b $l (i32.or (local.get 0) (i32.const 2))))))
          (func (export "irreducible") (local i32)
            (loop $outer (loop $inner (block $x (block $y
              (local.set 0 (i32.xor (local.get 0) (i32.const 1)))
              (br_table $x $y (local.get 0)))
              (br $inner))
              (br $outer))))
          (func (export "br_table values") (i32.const 1) (loop $l (param i32) (br_table $l $l (i32.const 0))))
          (func (export "nested empty") (loop $a (loop $b (loop $c) (br $b))))
          (func (export "br_on_null") (loop $l (br_on_null $l (ref.null func)) (drop)))
          (func (export "br_on_non_null") (ref.i31 (i32.const 1)) (loop $l (param (ref i31)) (br_on_non_null $l) (unreachable)))
          (func (export "br_on_cast") (ref.i31 (i32.const 1)) (loop $l (param anyref) (br_on_cast $l anyref anyref) (drop)))
          (func (export "br_on_cast_fail") (ref.i31 (i32.const 1)) (loop $l (param anyref) (drop (br_on_cast_fail $l anyref (ref null struct)))))
          (func (export "try_table") (loop $l (try_table (catch $e $l) (throw $e))))
          (func (export "try_table catch_all") (loop $l (try_table (catch_all $l) (call $throw))))
          (func (export "throw_ref") (loop $l (block $h (result exnref) (try_table (catch_all_ref $h) (throw $e)) (unreachable))
            (try_table (param exnref) (catch $e $l) (throw_ref))))
          (func (export "legacy") (loop $l (try (do (throw $e)) (catch_all (br $l)))))
          (func $throw (throw $e))
          (func $tail (export "tail") (return_call $tail))
          (func $ping (export "tail mutual") (return_call $pong)) (func $pong (return_call $ping))
          (func $tailIndirect (export "tail indirect") (return_call_indirect $t (type $v) (i32.const 0)))
          (func $pingIndirect (export "tail indirect mutual") (return_call $pongIndirect)) (func $pongIndirect (return_call_indirect $t (type $v) (i32.const 1)))
          (func $tailWide (export "tail indirect64") (return_call_indirect $wide (type $v) (i64.const 0)))
          (func $tailReference (export "tail reference") (return_call_ref $v (ref.func $tailReference)))
          (func $tree (export "recursion without loops") (param) (call $deep (i32.const 60)))
          (func $deep (type $i)
            (if (local.get 0) (then (call $deep (i32.sub (local.get 0) (i32.const 1))) (call $deep (i32.sub (local.get 0) (i32.const 1))))))
          (func (export "calls in a loop") (loop $l (call $nothing) (br $l))) (func $nothing)
          (func (export "bulk in a loop") (loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br $l)))
          (func (export "growing in a loop") (loop $l (drop (memory.grow (i32.const 1))) (br $l)))
          (func (export "allocating in a loop") (local anyref) (loop $l (local.set 0 (array.new_default $bytes (i32.const 1000))) (br $l))) (type $bytes (array (mut i8)))
          (func (export "trapless wait") (loop $l (drop (memory.atomic.wait32 $shared (i32.const 0) (i32.const 0) (i64.const 100000))) (br $l))))
        """;

    private static readonly WasmModule Module = Modules.Parse(Guest);

    public static TheoryData<string> Shapes => [.. Module.Exports.Select(export => export.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Cancellation_stops_it(string shape)
    {
        using var runtime = Modules.NewRuntime();
        var function = runtime.Instantiate(Module).GetFunction(shape);
        using (var source = new CancellationTokenSource(20))
            Check(Assert.Throws<OperationCanceledException>(() => function.Invoke(source.Token, [])), source);
        using (var source = new CancellationTokenSource())
        {
            source.Cancel();
            Check(Assert.Throws<OperationCanceledException>(() => function.Invoke(source.Token, [])), source);
        }
        using (var source = new CancellationTokenSource(20))
            Check(await Assert.ThrowsAsync<OperationCanceledException>(() => Task.Run(() => function.InvokeAsync(source.Token, []))), source);
    }

    private static void Check(OperationCanceledException stopped, CancellationTokenSource source)
    {
        Assert.Equal(source.Token, stopped.CancellationToken);
        var trap = Assert.IsType<WasmTrapException>(stopped.InnerException);
        Assert.Equal(TrapCode.Interrupted, trap.Code);
        Assert.NotEmpty(trap.Frames);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Fuel_ends_it(string shape)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Features = WasmFeatures.All, Fuel = 1000 });
        var instance = runtime.Instantiate(Module);
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<WasmTrapException>(() => instance.Invoke(shape)).Code);
        Assert.Equal(0, instance.Fuel);
        instance.Fuel = 2000;
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<WasmTrapException>(() => instance.Invoke(shape)).Code);
    }

    [Fact]
    public void A_start_function_is_stopped_and_leaves_no_name()
    {
        using var runtime = Modules.NewRuntime();
        var module = Modules.Parse("(module (func $f (loop (br 0))) (start $f))");
        using var source = new CancellationTokenSource(30);
        Check(Assert.Throws<OperationCanceledException>(() => runtime.Instantiate(module, "app", cancellation: source.Token)), source);
        Assert.Null(runtime.GetInstance("app"));
        using var metered = new WasmRuntime(new WasmRuntimeOptions { Fuel = 500 });
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<WasmTrapException>(() => metered.Instantiate(module)).Code);
    }

    [Fact]
    public void Waiting_for_ever_is_stopped()
    {
        using var runtime = Modules.NewRuntime();
        var instance = runtime.Instantiate("""
            (module (memory 1 1 shared) (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
            """);
        using var source = new CancellationTokenSource(50);
        var stopped = Assert.Throws<OperationCanceledException>(() => instance.GetFunction("wait").Invoke(source.Token, []));
        Assert.Equal(source.Token, stopped.CancellationToken);
    }

    [Fact]
    public void A_guest_called_by_a_host_function_ends_with_its_caller()
    {
        using var runtime = Modules.NewRuntime();
        var inner = runtime.Instantiate("(module (func (export \"spin\") (loop (br 0))))");
        runtime.Define("env", "host", () => { inner.Invoke("spin"); });
        var outer = runtime.Instantiate("""(module (import "env" "host" (func $h)) (func (export "run") (call $h)))""");
        using var source = new CancellationTokenSource(50);
        // The inner call was given no token of its own; the outer one's must reach it.
        Assert.Throws<OperationCanceledException>(() => outer.GetFunction("run").Invoke(source.Token, []));
    }

    [Fact]
    public void A_stopped_thread_runs_the_next_guest()
    {
        using var runtime = Modules.NewRuntime();
        var instance = runtime.Instantiate(Module);
        var ok = runtime.Instantiate("""
            (module (func (export "sum") (param i32) (result i32) (local i32)
              (loop $l (local.set 1 (i32.add (local.get 1) (local.get 0))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get 1)))
            """);
        for (var i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource(i % 3);
            Assert.Throws<OperationCanceledException>(() => instance.GetFunction("br 0").Invoke(source.Token, []));
            Assert.Equal(5050, ok.Invoke("sum", 100)[0].AsInt32());
        }
    }
}
