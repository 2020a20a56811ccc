using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Security;

/// <summary>Host functions that misbehave, and guests that meet them.</summary>
public sealed class HostBoundaryTests
{
    private const string Guest = """
        (module
          (import "env" "host" (func $host (param i32) (result i32)))
          (memory (export "memory") 1)
          (tag $e (param i32))
          (func (export "call") (param i32) (result i32) (i32.add (call $host (local.get 0)) (i32.load8_u (i32.const 0))))
          (func (export "catch") (param i32) (result i32)
            (block $h (try_table (catch_all $h) (return (call $host (local.get 0)))))
            (i32.const -99))
          (func (export "legacy") (param i32) (result i32) (try (result i32) (do (call $host (local.get 0))) (catch_all (i32.const -99))))
          (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
        """;

    public static TheoryData<Exception> Exceptions =>
        [new InvalidOperationException("a"), new OutOfMemoryException("b"), new ThreadInterruptedException("c"), new OperationCanceledException("d"), new NullReferenceException("e"),
            new AccessViolationException("f"), new WasmExitException(3), new StackOverflowException("g"), new AggregateException(new FormatException())];

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task Host_exceptions_pass_once_and_leave_the_guest_usable(Exception error)
    {
        using var runtime = Modules.NewRuntime();
        var count = 0;
        runtime.Define("env", "host", (int x) => count++ >= 0 && x > 0 ? throw error : x);
        var instance = runtime.Instantiate(Guest);
        foreach (var name in (string[])["call", "catch", "legacy"])
        {
            count = 0;
            Assert.Same(error, Record.Exception(() => instance.Invoke(name, 1)));
            Assert.Equal(1, count);
            Assert.Same(error, await Record.ExceptionAsync(() => instance.GetFunction(name).InvokeAsync(1)));
            Assert.Equal(0, instance.Invoke(name, 0)[0].AsInt32());
        }
    }

    [Fact]
    public void Traps_are_nobodys_to_catch()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "host", (WasmCaller caller, int x) => caller.GetFunction("trap").Invoke(x)[0].AsInt32());
        var instance = runtime.Instantiate("""
            (module
              (import "env" "host" (func $host (param i32) (result i32)))
              (func $trap (export "trap") (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
              (func $deep (param i32) (result i32) (i32.add (i32.const 1) (call $deep (local.get 0))))
              (func (export "own") (param i32) (result i32) (block $h (try_table (catch_all $h) (return (call $trap (local.get 0))))) (i32.const -99))
              (func (export "host") (param i32) (result i32) (block $h (try_table (catch_all $h) (return (call $host (local.get 0))))) (i32.const -99))
              (func (export "stack") (param i32) (result i32) (block $h (try_table (catch_all $h) (return (call $deep (local.get 0))))) (i32.const -99))
              (func (export "legacy") (param i32) (result i32) (try (result i32) (do (call $host (local.get 0))) (catch_all (i32.const -99)))))
            """);
        foreach (var name in (string[])["own", "host", "legacy"])
            Assert.Equal(TrapCode.IntegerDivideByZero, Assert.Throws<WasmTrapException>(() => instance.Invoke(name, 0)).Code);
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => instance.Invoke("stack", 0)).Code);
    }

    [Fact]
    public void Results_of_other_types_are_refused()
    {
        using var runtime = Modules.NewRuntime();
        WasmValue wrong = default;
        runtime.DefineRaw("env", "host", [ValueType.I32], [ValueType.I32], (_, _, results) => results[0] = wrong);
        runtime.DefineRaw("env", "ref", [], [ValueType.FuncRef], (_, _, results) => results[0] = wrong);
        runtime.DefineRaw("env", "nonnull", [], [ValueType.Ref(HeapType.Any, nullable: false)], (_, _, results) => results[0] = wrong);
        var instance = runtime.Instantiate(Guest);
        foreach (var value in (WasmValue[])[5L, 1.0f, 1.0, WasmValue.Null, WasmValue.FromReference("x")])
        {
            wrong = value;
            Assert.Throws<ArgumentException>(() => instance.Invoke("catch", 1));
        }
        wrong = 6;
        Assert.Equal(6, instance.Invoke("call", 1)[0].AsInt32());
        var references = runtime.Instantiate("""
            (module (type $v (func)) (import "env" "ref" (func $r (result funcref))) (import "env" "nonnull" (func $n (result (ref any))))
              (func (export "ref") (result i32) (ref.is_null (call $r)))
              (func (export "nonnull") (result i32) (ref.test (ref i31) (call $n))))
            """);
        wrong = WasmValue.FromReference("not a function");
        Assert.Throws<ArgumentException>(() => references.Invoke("ref"));
        wrong = WasmValue.Null;
        Assert.Equal(1, references.Invoke("ref")[0].AsInt32());
        Assert.Throws<ArgumentException>(() => references.Invoke("nonnull"));
    }

    [Theory]
    [InlineData(false, WasmMemoryPolicy.Portable)]
    [InlineData(true, WasmMemoryPolicy.Portable)]
    [InlineData(false, WasmMemoryPolicy.Automatic)]
    [InlineData(true, WasmMemoryPolicy.Automatic)]
    public void Disposing_what_runs_is_safe(bool wholeRuntime, WasmMemoryPolicy policy)
    {
        using var runtime = Modules.NewRuntime(policy: policy);
        WasmInstance? instance = null;
        runtime.Define("env", "host", (int x) =>
        {
            if (wholeRuntime)
                runtime.Dispose();
            else
                instance!.Dispose();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return x;
        });
        instance = runtime.Instantiate(Guest);
        // The guest either goes on with what it has, or finds its memory gone; then its functions refuse.
        var error = Record.Exception(() => instance.Invoke("call", 1));
        Assert.True(error is null or WasmTrapException { Code: TrapCode.MemoryOutOfBounds }, $"{error}");
        Assert.Throws<ObjectDisposedException>(() => instance.Invoke("add", 1));
    }

    [Fact]
    public void Other_threads_may_enter_the_same_instance()
    {
        using var runtime = Modules.NewRuntime();
        WasmInstance? instance = null;
        runtime.Define("env", "host", (int x) =>
        {
            var sum = 0;
            Parallel.For(0, 8, i => Interlocked.Add(ref sum, instance!.Invoke("add", i)[0].AsInt32()));
            return sum + x;
        });
        instance = runtime.Instantiate(Guest);
        for (var i = 0; i < 50; i++)
            Assert.Equal(36 + i, instance.Invoke("call", i)[0].AsInt32());
    }

    [Fact]
    public void Indirect_calls_check_index_null_and_type()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Instantiate("""
            (module
              (type $same (func (param i32) (result i32))) (type $sub (sub (func (param i32) (result i32)))) (type $subsub (sub $sub (func (param i32) (result i32))))
              (rec (type $grouped (func (param i32) (result i32))) (type (struct)))
              (table (export "t") 8 funcref)
              (elem (i32.const 0) $same $sub $subsub $grouped $other)
              (func $same (type $same) (i32.const 10)) (func $sub (type $sub) (i32.const 11)) (func $subsub (type $subsub) (i32.const 12)) (func $grouped (type $grouped) (i32.const 13))
              (func $other (result i32) (i32.const 14)))
            """, "provider");
        var app = runtime.Instantiate("""
            (module
              (type $padding (struct)) (type $same (func (param i32) (result i32))) (type $sub (sub (func (param i32) (result i32))))
              (import "provider" "t" (table $t 8 funcref))
              (table $empty 0 funcref)
              (func (export "same") (param i32) (result i32) (call_indirect $t (type $same) (i32.const 0) (local.get 0)))
              (func (export "sub") (param i32) (result i32) (call_indirect $t (type $sub) (i32.const 0) (local.get 0)))
              (func (export "tail") (param i32) (result i32) (return_call_indirect $t (type $same) (i32.const 0) (local.get 0)))
              (func (export "empty") (param i32) (result i32) (call_indirect $empty (type $same) (i32.const 0) (local.get 0))))
            """);
        string Call(string name, int index)
        {
            try
            {
                return $"{app.Invoke(name, index)[0]}";
            }
            catch (WasmTrapException trap)
            {
                return $"{trap.Code}";
            }
        }
        foreach (var name in (string[])["same", "tail"])
        {
            // Structurally equal types of two modules are one type; a type in a group with others, and one that is open, are not.
            Assert.Equal("10", Call(name, 0));
            Assert.Equal("IndirectCallTypeMismatch", Call(name, 1));
            Assert.Equal("IndirectCallTypeMismatch", Call(name, 2));
            Assert.Equal("IndirectCallTypeMismatch", Call(name, 3));
            Assert.Equal("IndirectCallTypeMismatch", Call(name, 4));
            Assert.Equal("UninitializedElement", Call(name, 5));
            Assert.Equal("UninitializedElement", Call(name, 7));
            foreach (var beyond in (int[])[8, -1, int.MaxValue, int.MinValue])
                Assert.Equal("UndefinedElement", Call(name, beyond));
        }
        Assert.Equal("IndirectCallTypeMismatch", Call("sub", 0));
        Assert.Equal("11", Call("sub", 1));
        Assert.Equal("12", Call("sub", 2));
        Assert.Equal("UndefinedElement", Call("empty", 0));
    }

    [Fact]
    public void Tables_change_under_indirect_calls_on_other_threads()
    {
        using var runtime = Modules.NewRuntime();
        var instance = runtime.Instantiate("""
            (module
              (type $f (func (result i32)))
              (table $t (export "t") 4 100000 funcref)
              (elem (i32.const 0) $one $two)
              (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2)) (func $other (param i64))
              (elem declare func $other)
              (func (export "call") (param i32) (result i32) (call_indirect (type $f) (local.get 0)))
              (func (export "change") (param i32) (table.set (local.get 0) (ref.func $other)) (table.set (local.get 0) (ref.null func)) (table.set (local.get 0) (ref.func $two)))
              (func (export "grow") (result i32) (table.grow (ref.func $one) (i32.const 1))))
            """);
        var until = Environment.TickCount64 + 300;
        var calls = 0;
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; Environment.TickCount64 < until; i++)
            {
                if (worker == 0)
                    instance.Invoke("change", i % 4);
                else if (worker == 1)
                    instance.Invoke("grow");
                else
                {
                    try
                    {
                        Assert.InRange(instance.Invoke("call", i % 6)[0].AsInt32(), 1, 2);
                    }
                    catch (WasmTrapException trap)
                    {
                        Assert.True(trap.Code is TrapCode.UninitializedElement or TrapCode.IndirectCallTypeMismatch or TrapCode.UndefinedElement, $"{trap.Code}");
                    }
                    Interlocked.Increment(ref calls);
                }
            }
        });
        Assert.True(calls > 100);
    }
}
