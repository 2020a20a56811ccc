using Waxwing.Compiler;
using Waxwing.Runtime;
using Waxwing.Tests.Compiler;
using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Tiers;

/// <summary>Functions begin in the interpreter and go on in compiled code.</summary>
public sealed class TierTests
{
    private static readonly TierThresholds Soon = new(Calls: 4, Turns: 10, Locals: 100);

    private static WasmRuntime NewRuntime(TierThresholds? tiers = null) => new(new WasmRuntimeOptions { Engine = WasmEngineKind.Tiered, Tiers = tiers ?? Soon, Features = WasmFeatures.All });

    private static CompiledModule CodeOf(WasmInstance instance) => ((CompiledInstance)instance.Code).Module;

    private static bool IsCompiled(WasmInstance instance, int function) => CodeOf(instance).Interpreter.IsPromoted(function);

    [Fact]
    public void A_function_is_interpreted_until_it_was_called_often()
    {
        using var runtime = NewRuntime();
        var instance = runtime.Instantiate("""(module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))) (func (export "g") (result i32) (i32.const 7)))""");
        var call = instance.GetFunction<Func<int, int>>("f");
        for (var i = 0; i < 4; i++)
            Assert.Equal(i + 1, call(i));
        Assert.False(IsCompiled(instance, 0));
        for (var i = 0; i < 10; i++)
            Assert.Equal(i + 1, call(i));
        Assert.True(IsCompiled(instance, 0));
        Assert.False(IsCompiled(instance, 1));
        Assert.Equal(42, instance.Invoke("f", 41)[0].AsInt32());
        Assert.Equal(7, instance.Invoke("g")[0].AsInt32());
    }

    [Fact]
    public void What_was_compiled_ahead_of_time_is_not_interpreted()
    {
        using var runtime = NewRuntime();
        var module = WasmModule.Parse("""(module (func (export "f") (result i32) (i32.const 7)))""");
        module.Compile(new WasmCompileOptions { Runtime = runtime.Options });
        var instance = runtime.Instantiate(module);
        Assert.False(CodeOf(instance).IsTiered);
        Assert.Equal(7, instance.GetFunction<Func<int>>("f")());
        Assert.NotEqual(0, instance.GetFunction("f").Code);
    }

    [Fact]
    public void An_instance_that_runs_goes_on_when_the_module_is_compiled_meanwhile()
    {
        using var runtime = NewRuntime();
        var module = WasmModule.Parse("""(module (func $g (param i32) (result i32) (local.get 0)) (func (export "f") (param i32) (result i32) (call $g (local.get 0))) (func (export "h") (result i32) (call $g (i32.const 9))))""");
        var instance = runtime.Instantiate(module);
        var call = instance.GetFunction<Func<int, int>>("f");
        for (var i = 0; i < 20; i++)
            Assert.Equal(i, call(i));
        module.Compile(new WasmCompileOptions { Runtime = runtime.Options });
        GC.Collect();
        for (var i = 0; i < 20; i++)
            Assert.Equal(i, call(i));
        Assert.Equal(9, instance.GetFunction<Func<int>>("h")());
        using var other = NewRuntime();
        Assert.Equal(9, other.Instantiate(module).GetFunction<Func<int>>("h")());
    }

    [Theory]
    [InlineData("i32", "i32.const 3", "i32.add", 3 * 1000)]
    [InlineData("i64", "i64.const 3", "i64.add", 3 * 1000)]
    [InlineData("f32", "f32.const 3", "f32.add", 3 * 1000)]
    [InlineData("f64", "f64.const 3", "f64.add", 3 * 1000)]
    public void A_function_is_entered_at_a_loop_with_its_locals(string type, string step, string add, int expected)
    {
        using var runtime = NewRuntime();
        var convert = type switch { "i32" => "", "i64" => "i32.wrap_i64", _ => $"i32.trunc_{type}_s" };
        var instance = runtime.Instantiate($"""
            (module (func (export "f") (param $turns i32) (param $unused i64) (result i32) (local $n i32) (local $sum {type}) (local $v v128)
              (loop $again
                (local.set $sum ({add} (local.get $sum) ({step})))
                (local.set $v (i32x4.add (local.get $v) (i32x4.splat (i32.const 1))))
                (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (local.get $turns))))
              (if (i32.ne (i32x4.extract_lane 3 (local.get $v)) (local.get $turns)) (then unreachable))
              {(convert.Length == 0 ? "(local.get $sum)" : $"({convert} (local.get $sum))")}))
            """);
        Assert.Equal(expected, instance.Invoke("f", 1000, 5L)[0].AsInt32());
        Assert.True(IsCompiled(instance, 0));
        Assert.Equal(expected, instance.Invoke("f", 1000, 5L)[0].AsInt32());
    }

    [Fact]
    public void References_go_along()
    {
        using var runtime = NewRuntime();
        var instance = runtime.Instantiate("""
            (module (type $pair (struct (field (mut i32)) (field externref)))
              (func (export "f") (param $text externref) (param $turns i32) (result externref i32) (local $p (ref null $pair)) (local $n i32)
                (local.set $p (struct.new $pair (i32.const 0) (local.get $text)))
                (loop $again
                  (struct.set $pair 0 (local.get $p) (i32.add (struct.get $pair 0 (local.get $p)) (i32.const 2)))
                  (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (local.get $turns))))
                (struct.get $pair 1 (local.get $p)) (struct.get $pair 0 (local.get $p))))
            """);
        var text = new string('x', 3);
        var results = instance.Invoke("f", WasmValue.FromReference(text), 500);
        Assert.Same(text, results[0].AsReference());
        Assert.Equal(1000, results[1].AsInt32());
    }

    [Fact]
    public void A_loop_in_a_loop_goes_on_to_the_end_of_both()
    {
        using var runtime = NewRuntime();
        var instance = runtime.Instantiate("""
            (module (func (export "f") (param $n i32) (result i32) (local $i i32) (local $j i32) (local $sum i32)
              (loop $outer
                (local.set $j (i32.const 0))
                (loop $inner
                  (local.set $sum (i32.add (local.get $sum) (i32.mul (local.get $i) (local.get $j))))
                  (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (local.get $n))))
                (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.get $sum)))
            """);
        var sum = 0;
        for (var i = 0; i < 40; i++)
        {
            for (var j = 0; j < 40; j++)
                sum += i * j;
        }
        Assert.Equal(sum, instance.Invoke("f", 40)[0].AsInt32());
    }

    [Theory]
    [InlineData("as always")]
    [InlineData("shared, cut")]
    public void Large_functions_are_entered_at_a_loop(string form)
    {
        var statements = string.Concat(Enumerable.Range(0, 3000).Select(i => $"(local.set $x (i32.add (i32.xor (local.get $x) (i32.const {i})) (local.get $i)))\n"));
        var module = WasmModule.Parse($"""
            (module (func (export "f") (param $n i32) (result i32) (local $x i32) (local $i i32)
              (loop $again
                {statements}
                (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (local.get $x)))
            """);
        using var interpreted = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter });
        var expected = interpreted.Instantiate(module).Invoke("f", 500)[0].AsInt32();
        using var runtime = NewRuntime();
        CompiledForms.Force(module, runtime, CompiledForms.All[form]);
        var instance = runtime.Instantiate(module);
        Assert.Equal(expected, instance.Invoke("f", 500)[0].AsInt32());
        Assert.True(IsCompiled(instance, 0));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Large_programs_compute_what_the_interpreter_does(string name)
    {
        var text = GiantPrograms.All.Single(program => program.Name == name).Text;
        using var interpreted = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter });
        using var runtime = NewRuntime();
        var (expected, actual) = (interpreted.Instantiate(WasmModule.Parse(text)), runtime.Instantiate(WasmModule.Parse(text)));
        foreach (var argument in (int[])[0, 1, 7, 1000, 4095])
            Assert.Equal(expected.Invoke("run", argument)[0].AsInt64(), actual.Invoke("run", argument)[0].AsInt64());
    }

    public static TheoryData<string> Programs => [.. GiantPrograms.All.Select(program => program.Name)];

    [Fact]
    public void Compiled_code_calls_what_is_interpreted_still()
    {
        using var runtime = NewRuntime(new(Calls: 100, Turns: 10, Locals: 100));
        var instance = runtime.Instantiate("""
            (module (table funcref (elem $rare)) (type $f (func (param i32) (result i32)))
              (func $rare (type $f) (i32.mul (local.get 0) (i32.const 2)))
              (func $pair (param i32) (result i32 i64 f64) (local.get 0) (i64.const 5) (f64.const 0.5))
              (func $last (type $f) (i32.add (local.get 0) (i32.const 1)))
              (func $tail (type $f) (return_call $last (local.get 0)))
              (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
                (loop $again
                  (if (i32.eq (local.get $i) (i32.const 50)) (then
                    (local.set $sum (i32.add (local.get $sum) (call $rare (i32.const 1000))))
                    (local.set $sum (i32.add (local.get $sum) (call_indirect (type $f) (i32.const 10000) (i32.const 0))))
                    (local.set $sum (i32.add (local.get $sum) (call $tail (i32.const 99999))))
                    (call $pair (i32.const 1000000)) (drop) (drop)
                    (local.set $sum (i32.add (local.get $sum)))))
                  (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (local.get $sum)))
            """);
        Assert.Equal(2000 + 20000 + 100000 + 1000000, instance.Invoke("f", 100)[0].AsInt32());
        Assert.True(IsCompiled(instance, 4));
        foreach (var function in (int[])[0, 1, 2, 3])
            Assert.False(IsCompiled(instance, function));
    }

    [Fact]
    public void Calls_from_compiled_code_count_too()
    {
        using var runtime = NewRuntime();
        var instance = runtime.Instantiate("""
            (module
              (func $g (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
                (loop $again
                  (if (i32.gt_u (local.get $i) (i32.const 50)) (then (local.set $sum (call $g (local.get $sum)))))
                  (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (local.get $sum)))
            """);
        Assert.Equal(1000 - 51, instance.Invoke("f", 1000)[0].AsInt32());
        Assert.True(IsCompiled(instance, 0));
        Assert.NotEqual(0, instance.GetFunctionRecord(0).Code);
    }

    [Fact]
    public void A_trap_names_the_frames_of_both_tiers()
    {
        // $inner is compiled, $middle interpreted, $outer compiled from its loop on, and $start interpreted.
        using var runtime = NewRuntime(new(Calls: 60, Turns: 100, Locals: 100));
        var instance = runtime.Instantiate("""
            (module $app (memory 1)
              (func $inner (param i32) (result i32) (i32.load (local.get 0)))
              (func $middle (param i32) (result i32) (call $inner (local.get 0)))
              (func $outer (param $n i32) (result i32) (local $i i32)
                (loop $again
                  (drop (call $inner (i32.const 0)))
                  (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (i32.add (call $middle (i32.const -4)) (i32.const 1)))
              (func (export "start") (param i32) (result i32) (i32.add (call $outer (local.get 0)) (i32.const 1))))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("start", 1000));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal(["inner", "middle", "outer", "start"], trap.Frames.Select(frame => frame.FunctionName));
        Assert.All(trap.Frames, frame => Assert.Equal("app", frame.Module));
        Assert.True(IsCompiled(instance, 0));
        Assert.False(IsCompiled(instance, 1));
        using var interpreted = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter });
        var expected = Assert.Throws<WasmTrapException>(() => interpreted.Instantiate(instance.Module).Invoke("start", 1000));
        Assert.Equal(expected.Frames.Select(frame => (frame.FunctionIndex, frame.Offset)), trap.Frames.Select(frame => (frame.FunctionIndex, frame.Offset)));
    }

    [Fact]
    public void Exceptions_go_from_tier_to_tier()
    {
        using var runtime = NewRuntime(new(Calls: 10, Turns: 10, Locals: 100));
        var instance = runtime.Instantiate("""
            (module (tag $e (param i32))
              (func $throw (param i32) (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 3))) (then (throw $e (local.get 0)))))
              (func $pass (param i32) (call $throw (local.get 0)))
              (func (export "f") (param i32) (result i32)
                (block $caught (result i32)
                  (try_table (catch $e $caught) (call $pass (local.get 0)))
                  (i32.const -1))))
            """);
        var call = instance.GetFunction<Func<int, int>>("f");
        for (var i = 0; i < 100; i++)
            Assert.Equal(i % 3 == 0 ? i : -1, call(i));
        Assert.True(IsCompiled(instance, 0));
        Assert.True(IsCompiled(instance, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Endless_recursion_through_both_tiers_is_a_trap(int callsOfOther)
    {
        using var runtime = NewRuntime(new(Calls: 1000, Turns: 10, Locals: 100));
        // $a is compiled from its loop on, and calls $b, which stays interpreted for long.
        var instance = runtime.Instantiate("""
            (module
              (func $a (export "a") (param i32) (result i32) (local $i i32)
                (loop $again (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50))))
                (i32.add (call $b (local.get 0)) (i32.const 1)))
              (func $b (export "b") (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.add (call $a (local.get 0)) (i32.const 1))) (else (i32.const 0)))))
            """);
        for (var i = 0; i < callsOfOther; i++)
            Assert.Equal(0, instance.Invoke("b", 0)[0].AsInt32());
        for (var i = 0; i < 3; i++)
            Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => instance.Invoke("a", 1)).Code);
        Assert.Equal(1, instance.Invoke("a", 0)[0].AsInt32());
    }

    [Fact]
    public void Both_tiers_can_be_cancelled()
    {
        using var runtime = NewRuntime(new(Calls: 4, Turns: 1000, Locals: 100));
        var instance = runtime.Instantiate("""
            (module
              (func $spin (loop $again (br $again)))
              (func $protected (block $out (try_table (catch_all $out) (loop $again (br $again)))))
              (func (export "compiled") (call $spin))
              (func (export "first") (call $protected)))
            """);
        foreach (var name in (string[])["compiled", "compiled", "first", "compiled"])
        {
            using var source = new CancellationTokenSource(20);
            Assert.Throws<OperationCanceledException>(() => instance.GetFunction(name).Invoke(source.Token));
        }
    }

    [Fact]
    public async Task A_guest_that_waits_without_a_thread_is_interpreted_throughout()
    {
        using var runtime = NewRuntime();
        runtime.Define("env", "wait", async (int n) =>
        {
            await Task.Yield();
            return n + 1;
        });
        var instance = runtime.Instantiate("""
            (module (import "env" "wait" (func $wait (param i32) (result i32)))
              (func $step (param i32) (result i32) (call $wait (local.get 0)))
              (func $plain (export "plain") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func (export "f") (param $n i32) (result i32) (local $i i32)
                (loop $again
                  (local.set $i (call $plain (i32.sub (call $step (local.get $i)) (i32.const 1))))
                  (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
                (local.get $i)))
            """);
        var plain = instance.GetFunction<Func<int, int>>("plain");
        for (var i = 0; i < 20; i++)
            Assert.Equal(i + 1, plain(i));
        Assert.True(IsCompiled(instance, 2));
        Assert.Equal(100, (await instance.GetFunction("f").InvokeAsync(100))[0].AsInt32());
    }

    [Fact]
    public void Tail_calls_between_the_tiers_keep_the_stack_flat()
    {
        using var runtime = NewRuntime(new(Calls: 20_000, Turns: 10, Locals: 100));
        // $even is compiled from its first loop on, $odd interpreted for long.
        var instance = runtime.Instantiate("""
            (module
              (func $even (export "even") (param i32) (result i32) (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
              (func $odd (param i32) (result i32) (if (i32.le_s (local.get 0) (i32.const 0)) (then (return (i32.const 7)))) (return_call $even (i32.sub (local.get 0) (i32.const 1)))))
            """);
        Assert.Equal(7, instance.Invoke("even", 1_000_000)[0].AsInt32());
        Assert.Equal(7, instance.Invoke("even", 1_000_000)[0].AsInt32());
    }

    [Fact]
    public void Instances_of_a_module_share_what_was_found()
    {
        using var runtime = NewRuntime();
        var module = WasmModule.Parse("""
            (module (memory 1) (global $g (mut i32) (i32.const 0))
              (func $next (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (i32.store (i32.const 0) (global.get $g)) (global.get $g))
              (func (export "f") (result i32) (drop (call $next)) (i32.load (i32.const 0))))
            """);
        var instances = Enumerable.Range(0, 3).Select(_ => runtime.Instantiate(module)).ToArray();
        foreach (var instance in instances)
        {
            for (var i = 1; i <= 20; i++)
                Assert.Equal(i, instance.Invoke("f")[0].AsInt32());
        }
        Assert.All(instances, instance => Assert.True(IsCompiled(instance, 0)));
    }

    [Fact]
    public async Task Threads_may_find_the_same_function_at_the_same_time()
    {
        for (var round = 0; round < 20; round++)
        {
            using var runtime = NewRuntime(new(Calls: 50, Turns: 50, Locals: 100));
            var module = WasmModule.Parse("""
                (module
                  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
                  (func $other (param i32) (result i32) (i32.add (call $square (local.get 0)) (i32.const 1)))
                  (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
                    (loop $again
                      (local.set $sum (i32.add (local.get $sum) (call $other (local.get $i))))
                      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                    (local.get $sum)))
                """);
            var expected = Enumerable.Range(0, 200).Sum(i => i * i + 1);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                var instance = runtime.Instantiate(module);
                for (var i = 0; i < 5; i++)
                    Assert.Equal(expected, instance.Invoke("f", 200)[0].AsInt32());
            })));
        }
    }

    [Fact]
    public void Calls_between_instances_come_to_be_direct()
    {
        using var runtime = NewRuntime();
        runtime.Instantiate("""(module (func (export "double") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))""", "library");
        var instance = runtime.Instantiate("""
            (module (import "library" "double" (func $double (param i32) (result i32)))
              (func (export "f") (param $n i32) (result i32) (local $i i32) (local $sum i32)
                (loop $again
                  (local.set $sum (i32.add (local.get $sum) (call $double (local.get $i))))
                  (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
                (local.get $sum)))
            """);
        Assert.Equal(999 * 1000, instance.Invoke("f", 1000)[0].AsInt32());
        var context = ((CompiledInstance)instance.Code).Context;
        Assert.IsType<GuestContext>(context.ImportTargets[0]);
    }

    [Fact]
    public void Metered_code_is_compiled_from_the_first_call_on()
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Tiered, Fuel = 1000 });
        var instance = runtime.Instantiate("""(module (func (export "f") (loop $again (br $again))))""");
        Assert.False(CodeOf(instance).IsTiered);
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<WasmTrapException>(() => instance.Invoke("f")).Code);
    }
}
