using System.Runtime.Intrinsics;
using Waxwing.Compiler;
using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Compiler;

/// <summary>Exceptions in compiled code: what is caught where, in one function, between functions, instances and engines, and through the host.</summary>
public abstract class ExceptionTests
{
    public static readonly TheoryData<WasmEngineKind, WasmEngineKind> Engines = new()
    {
        { WasmEngineKind.Compiler, WasmEngineKind.Compiler },
        { WasmEngineKind.Compiler, WasmEngineKind.Interpreter },
        { WasmEngineKind.Interpreter, WasmEngineKind.Compiler },
    };

    private static WasmRuntime NewRuntime(WasmEngineKind engine = WasmEngineKind.Compiler) => new(new WasmRuntimeOptions { Engine = engine, Features = WasmFeatures.All });

    private readonly GiantThresholds form;

    private protected ExceptionTests(GiantThresholds form) => this.form = form;

    private WasmInstance Instantiate(WasmRuntime runtime, string text)
    {
        var module = WasmModule.Parse(text);
        CompiledForms.Force(module, runtime, form);
        var instance = runtime.Instantiate(module);
        if (runtime.Engine is CompilerEngine)
            Emitted.AssertCompiled(module, form);
        return instance;
    }

    private WasmInstance Instantiate(string text) => Instantiate(NewRuntime(), text);

    [Fact]
    public void Values_of_every_type_arrive()
    {
        var app = Instantiate("""
            (module
              (tag $t (param i32 i64 f32 f64 v128 externref))
              (func $throw (param i32 externref)
                (throw $t (local.get 0) (i64.const 2) (f32.const 3) (f64.const 4) (v128.const i64x2 5 6) (local.get 1)))
              (func (export "f") (param i32 externref) (result i32 i64 f32 f64 v128 externref)
                (try_table (catch $t 0) (call $throw (local.get 0) (local.get 1)))
                unreachable)
              (func (export "g") (param i32 externref) (result i32 i64 f32 f64 v128 externref)
                (block $h (result i32 i64 f32 f64 v128 externref exnref)
                  (try_table (catch_ref $t $h) (call $throw (local.get 0) (local.get 1)))
                  unreachable)
                drop)
              (func (export "local") (param i32 externref) (result i32 i64 f32 f64 v128 externref)
                (block $h (result i32 i64 f32 f64 v128 externref exnref)
                  (try_table (catch_ref $t $h)
                    (throw $t (local.get 0) (i64.const 2) (f32.const 3) (f64.const 4) (v128.const i64x2 5 6) (local.get 1)))
                  unreachable)
                drop))
            """);
        WasmValue[] expected = [1, 2L, 3f, 4d, Vector128.Create(5L, 6L).AsByte(), WasmValue.FromReference("x")];
        foreach (var export in (string[])["f", "g", "local"])
            Assert.Equal(expected, app.Invoke(export, 1, WasmValue.FromReference("x")));
    }

    [Fact]
    public void Locals_and_operands_around_a_try_are_as_they_were_at_the_throw()
    {
        var app = Instantiate("""
            (module
              (tag $t (param i32))
              (memory (export "m") 1 3)
              (func $throw (param i32) (drop (memory.grow (i32.const 1))) (i32.store (i32.const 70000) (i32.const 5)) (throw $t (local.get 0)))
              (func (export "f") (param $a i32) (param $b i64) (result i32) (local $c i32)
                (i32.add
                  (i32.mul (local.get $a) (i32.const 1000))
                  (block $h (result i32)
                    (local.set $c (i32.const 1))
                    (i32.const 77)
                    (try_table (catch $t $h)
                      (local.set $a (i32.const 20))
                      (local.set $c (i32.const 30))
                      (call $throw (i32.const 4))
                      (local.set $c (i32.const 99)))
                    drop
                    (i32.const 0)))
                (i32.add (i32.add (local.get $a) (local.get $c)))
                (i32.add (i32.load (i32.const 70000)))))
            """);
        Assert.Equal(7000 + 4 + 20 + 30 + 5, app.Invoke("f", 7, 0L)[0].AsInt32());
    }

    /// <summary>A throw that a clause of its own function matches throws nothing in the sense of .NET.</summary>
    [Theory]
    [InlineData("(block $h (result i32) (try_table (catch $t $h) (throw $t (local.get 0))) unreachable)")]
    [InlineData("(block $h (result i32) (try_table (catch $u $h) (catch $t $h) (try_table (catch $u $h) (throw $t (local.get 0)))) unreachable)")]
    [InlineData("(block $h (result i32 exnref) (try_table (catch_ref $t $h) (throw $t (local.get 0))) unreachable) drop")]
    [InlineData("(block $h (result i32) (try_table (catch $t $h) (block $r (result exnref) (try_table (catch_all_ref $r) (throw $t (local.get 0))) unreachable) throw_ref) unreachable)")]
    [InlineData("(block $h (try_table (catch_all $h) (throw $t (local.get 0)))) (local.get 0)")]
    [InlineData("(try (result i32) (do (throw $t (local.get 0))) (catch $u) (catch $t))")]
    [InlineData("(try (result i32) (do (try (do (throw $t (local.get 0))) (catch $u drop)) unreachable) (catch $t))")]
    [InlineData("(try $o (result i32) (do (try (do (try (do (throw $t (local.get 0))) (delegate $o))) (catch_all unreachable)) unreachable) (catch $t))")]
    [InlineData("(try (result i32) (do (try (result i32) (do (throw $t (local.get 0))) (catch_all (rethrow 0)))) (catch $t))")]
    public void Throws_to_the_same_function_are_branches(string body)
    {
        var app = Instantiate($$"""
            (module (tag $t (param i32)) (tag $u (param i32)) (func (export "f") (param i32) (result i32) {{body}}))
            """);
        Assert.Equal(3, app.Invoke("f", 3)[0].AsInt32());
        var thrown = 0;
        var thread = Environment.CurrentManagedThreadId;
        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs e) => thrown += e.Exception is WasmThrownException && Environment.CurrentManagedThreadId == thread ? 1 : 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            Assert.Equal(4, app.Invoke("f", 4)[0].AsInt32());
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }
        Assert.Equal(0, thrown);
    }

    /// <summary>Two imports may be the same tag: the first clause of either name counts.</summary>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void Imported_tags_may_be_one(bool isSame, int expected)
    {
        using var runtime = NewRuntime();
        var tag = new WasmTag();
        runtime.Define("env", "a", tag);
        runtime.Define("env", "b", isSame ? tag : new WasmTag());
        var app = Instantiate(runtime, """
            (module
              (import "env" "a" (tag $a))
              (import "env" "b" (tag $b))
              (func (export "f") (result i32)
                (block $1
                  (block $2
                    (try_table (catch $b $1) (catch $a $2) (throw $a)))
                  (return (i32.const 2)))
                (i32.const 1)))
            """);
        Assert.Equal(expected, app.Invoke("f")[0].AsInt32());
    }

    /// <summary>What a delegate passes by: tries between it and its label, in this function, whatever they catch.</summary>
    [Theory]
    [InlineData("$outer", 1)]
    [InlineData("$middle", 2)]
    [InlineData("$inner", 3)]
    [InlineData("$block", 1)]
    [InlineData("$caller", 9)]
    public void Delegates_pass_tries_by(string label, int expected)
    {
        var app = Instantiate($$"""
            (module
              (tag $t)
              (func $throw (throw $t))
              (func $f (result i32)
                (block $caller
                  (try $outer (result i32)
                    (do
                      (block $block
                        (try $middle (result i32)
                          (do
                            (try $inner (result i32)
                              (do (try (do (call $throw)) (delegate {{label}})) (i32.const 0))
                              (catch $t (i32.const 3))))
                          (catch_all (i32.const 2)))
                        return)
                      (i32.const 0))
                    (catch $t (i32.const 1)))
                  return)
                (i32.const 8))
              (func (export "f") (result i32) (try (result i32) (do (call $f)) (catch_all (i32.const 9)))))
            """);
        Assert.Equal(expected, app.Invoke("f")[0].AsInt32());
        Assert.Equal(expected, app.Invoke("f")[0].AsInt32());
    }

    [Fact]
    public void Traps_and_exceptions_of_the_host_are_not_caught()
    {
        using var runtime = NewRuntime();
        runtime.Define("env", "fail", () => throw new InvalidDataException("the host's"));
        var app = Instantiate(runtime, """
            (module
              (import "env" "fail" (func $fail))
              (memory 1)
              (func (export "fail") (block $h (try_table (catch_all $h) (call $fail))))
              (func (export "unreachable") (block $h (try_table (catch_all $h) unreachable)))
              (func (export "memory") (param i32) (result i32) (block $h (try_table (catch_all $h) (return (i32.load (local.get 0))))) (i32.const 0))
              (func (export "divide") (param i32) (result i32) (block $h (try_table (catch_all $h) (return (i32.div_s (i32.const 1) (local.get 0))))) (i32.const 0))
              (func (export "null") (block $h (try_table (catch_all $h) (throw_ref (ref.null exn)))))
              (func $deep (export "deep") (block $h (try_table (catch_all $h) (call $deep)))))
            """);
        var own = Assert.Throws<InvalidDataException>(() => app.Invoke("fail"));
        Assert.Contains(nameof(Traps_and_exceptions_of_the_host_are_not_caught), own.StackTrace!, StringComparison.Ordinal);
        Assert.Equal(TrapCode.Unreachable, Assert.Throws<WasmTrapException>(() => app.Invoke("unreachable")).Code);
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => app.Invoke("memory", 70000)).Code);
        Assert.Equal(TrapCode.IntegerDivideByZero, Assert.Throws<WasmTrapException>(() => app.Invoke("divide", 0)).Code);
        Assert.Equal(TrapCode.NullExceptionReference, Assert.Throws<WasmTrapException>(() => app.Invoke("null")).Code);
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => app.Invoke("deep")).Code);
    }

    /// <summary>Thrown by one instance, through the host, caught by another with its payload, thrown on by reference, caught by the host.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Exceptions_cross_engines_and_the_host(WasmEngineKind throwing, WasmEngineKind catching)
    {
        using var first = NewRuntime(throwing);
        using var second = NewRuntime(catching);
        var tag = new WasmTag(ValueType.I32, ValueType.ExternRef);
        first.Define("env", "t", tag);
        second.Define("env", "t", tag);
        var source = Instantiate(first, """
            (module
              (import "env" "t" (tag $t (param i32 externref)))
              (func (export "throw") (param i32 externref) (throw $t (local.get 0) (local.get 1))))
            """);
        second.Define("env", "throw", source.GetFunction("throw"));
        second.Define("env", "through", (int value, object? payload) =>
        {
            source.Invoke("throw", value, WasmValue.FromReference(payload));
        });
        second.Define("env", "own", (int value, object? payload) =>
        {
            if (value >= 0)
                throw new WasmThrownException(tag, value, WasmValue.FromReference(payload));
        });
        var app = Instantiate(second, """
            (module
              (import "env" "t" (tag $t (param i32 externref)))
              (import "env" "throw" (func $throw (param i32 externref)))
              (import "env" "through" (func $through (param i32 externref)))
              (import "env" "own" (func $own (param i32 externref)))
              (table funcref (elem $throw $through $own))
              (func $catch (export "catch") (param i32 externref i32) (result i32 externref exnref)
                (block $h (result i32 externref exnref)
                  (try_table (catch_ref $t $h) (call_indirect (param i32 externref) (local.get 0) (local.get 1) (local.get 2)))
                  unreachable))
              (func (export "again") (param i32 externref i32)
                (call $catch (local.get 0) (local.get 1) (local.get 2))
                throw_ref)
              (func (export "uncaught") (param i32 externref) (call $throw (local.get 0) (local.get 1))))
            """);
        for (var which = 0; which < 3; which++)
        {
            for (var round = 0; round < 3; round++)
            {
                var caught = app.Invoke("catch", 5 + round, WasmValue.FromReference("payload"), which);
                Assert.Equal(5 + round, caught[0].AsInt32());
                Assert.Equal("payload", caught[1].AsReference());
                var thrown = Assert.Throws<WasmThrownException>(() => app.Invoke("again", 6, WasmValue.FromReference("p"), which));
                Assert.Same(tag, thrown.Tag);
                Assert.Equal([6, WasmValue.FromReference("p")], thrown.Values);
                Assert.StartsWith("uncaught exception", thrown.Message, StringComparison.Ordinal);
            }
        }
        Assert.Same(tag, Assert.Throws<WasmThrownException>(() => app.Invoke("uncaught", 1, WasmValue.Null)).Tag);
    }

    /// <summary>A guest called by a host function called by a guest of another engine uses the same stack: the frames below must stay.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public void Frames_survive_calls_through_other_engines_and_back(WasmEngineKind inner, WasmEngineKind outer)
    {
        using var first = NewRuntime(inner);
        using var second = NewRuntime(outer);
        WasmInstance? app = null;
        first.Define("env", "back", (int value) => app!.Invoke("leaf", value)[0].AsInt32());
        var middle = Instantiate(first, """
            (module
              (import "env" "back" (func $back (param i32) (result i32)))
              (func (export "middle") (param i32) (result i32) (i32.add (call $back (local.get 0)) (i32.const 1))))
            """);
        second.Define("env", "middle", middle.GetFunction("middle"));
        app = Instantiate(second, """
            (module
              (import "env" "middle" (func $middle (param i32) (result i32)))
              (func (export "leaf") (param i32) (result i32) (local i64 i64 i64 i64)
                (local.set 1 (i64.const -1)) (local.set 2 (i64.const -1)) (local.set 3 (i64.const -1)) (local.set 4 (i64.const -1))
                (i32.add (local.get 0) (i32.wrap_i64 (i64.add (local.get 1) (i64.add (local.get 2) (i64.add (local.get 3) (local.get 4)))))))
              (func (export "f") (param i32) (result i32) (local i64 i64)
                (local.set 1 (i64.const 100)) (local.set 2 (i64.const 1000))
                (i32.add (call $middle (local.get 0)) (i32.wrap_i64 (i64.add (local.get 1) (local.get 2))))))
            """);
        Assert.Equal(50 - 4 + 1 + 1100, app.Invoke("f", 50)[0].AsInt32());
    }

    /// <summary>Exceptions that every frame catches and throws on, from as deep as the stack goes.</summary>
    [Fact]
    public void Deep_frames_catch_and_throw_on()
    {
        var app = Instantiate("""
            (module
              (tag $t)
              (global $n (mut i32) (i32.const 0))
              (func $f (export "f") (param i32)
                (if (i32.eqz (local.get 0)) (then (throw $t)))
                (block $h (result exnref)
                  (try_table (catch_all_ref $h) (call $f (i32.sub (local.get 0) (i32.const 1))))
                  return)
                (global.set $n (i32.add (global.get $n) (i32.const 1)))
                throw_ref)
              (func (export "n") (result i32) (global.get $n)))
            """);
        Assert.Throws<WasmThrownException>(() => app.Invoke("f", 1000));
        Assert.Equal(1000, app.Invoke("n")[0].AsInt32());
    }

    /// <summary>A loop of throws is stopped like any other.</summary>
    [Theory]
    [InlineData("(throw $t)")]
    [InlineData("(call $throw)")]
    public void Endless_throwing_is_cancelled(string body)
    {
        var app = Instantiate($$"""
            (module (tag $t) (func $throw (throw $t)) (func (export "f") (loop $l (try_table (catch_all $l) {{body}}))))
            """);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => app.GetFunction("f").Invoke(cancellation.Token));
    }
}

/// <summary>With a region for each try.</summary>
public sealed class ExceptionsInOwnRegionsTests() : ExceptionTests(GiantThresholds.Default);

/// <summary>With one region for all tries of a function.</summary>
public sealed class ExceptionsInSharedRegionTests() : ExceptionTests(CompiledForms.Shared);

/// <summary>With one region, in a method that is inlined into a small one.</summary>
public sealed class ExceptionsInInlinedRegionTests() : ExceptionTests(CompiledForms.SharedInlined);

/// <summary>With one region in each part of a function that is cut.</summary>
public sealed class ExceptionsInPartsTests() : ExceptionTests(CompiledForms.SharedCut);
