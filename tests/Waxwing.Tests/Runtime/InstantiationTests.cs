using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

public sealed class InstantiationTests
{
    [Fact]
    public void What_segments_wrote_before_one_failed_stays()
    {
        using var runtime = Modules.NewRuntime();
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 1) (table (export \"table\") 4 funcref))", "env");
        var trap = Assert.Throws<WasmTrapException>(() => runtime.Instantiate("""
            (module
              (import "env" "memory" (memory 1))
              (import "env" "table" (table 4 funcref))
              (func $f (result i32) i32.const 42)
              (elem (i32.const 1) $f)
              (data (i32.const 5) "first")
              (data (i32.const 65533) "over"))
            """));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal("out of bounds memory access: data segment 1 puts 4 bytes at 65533 of a memory with 65536", trap.Message);
        Assert.Equal("first", provider.GetMemory().ReadUtf8(5, 5));
        Assert.Equal(0, provider.GetMemory().Read<byte>(65533));
        Assert.Equal(42, provider.GetTable("table").GetFunction(1)!.Invoke()[0]);
    }

    [Fact]
    public void Element_segments_come_before_data()
    {
        using var runtime = Modules.NewRuntime();
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 1) (table (export \"table\") 4 funcref))", "env");
        var trap = Assert.Throws<WasmTrapException>(() => runtime.Instantiate("""
            (module
              (import "env" "memory" (memory 1))
              (import "env" "table" (table 4 funcref))
              (func $f)
              (data (i32.const 5) "first")
              (elem (i32.const 3) $f $f))
            """));
        Assert.Equal("out of bounds table access: element segment 0 puts 2 entries at 3 of a table with 4", trap.Message);
        Assert.Equal(0, provider.GetMemory().Read<byte>(5));
        Assert.Null(provider.GetTable("table")[3]);
    }

    [Fact]
    public void A_function_in_a_shared_table_outlives_its_failed_instantiation()
    {
        using var runtime = Modules.NewRuntime();
        var table = new WasmTable(new TableType(ValueType.FuncRef, 1));
        runtime.Define("env", "table", table);
        Assert.Throws<WasmTrapException>(() => runtime.Instantiate("""
            (module
              (import "env" "table" (table 1 funcref))
              (memory 1)
              (data (i32.const 8) "\2a")
              (func $f (result i32) (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1))) (i32.add (i32.load8_u (i32.const 8)) (i32.load (i32.const 16))))
              (elem (i32.const 0) $f)
              (func $start unreachable)
              (start $start))
            """));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(43, table.GetFunction(0)!.Invoke()[0]);
        Assert.Equal(44, table.GetFunction(0)!.Invoke()[0]);
    }

    [Fact]
    public void A_failed_instantiation_gives_its_memories_back()
    {
        using var runtime = Modules.NewRuntime();
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 1))", "env");
        var module = Modules.Parse("(module (import \"env\" \"memory\" (memory 1)) (memory 10) (func $start unreachable) (start $start))");
        var before = runtime.MemoryBytes;
        for (var i = 0; i < 100; i++)
            Assert.Throws<WasmTrapException>(() => runtime.Instantiate(module));
        Assert.Equal(before, runtime.MemoryBytes);
        var memory = provider.GetMemory();
        provider.Dispose();
        Assert.True(memory.IsReleased);
    }

    [Fact]
    public void Nothing_happens_when_an_import_does_not_fit()
    {
        using var runtime = Modules.NewRuntime();
        var started = false;
        runtime.Define("env", "start", () => { started = true; });
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 1))", "m");
        Assert.Throws<WasmLinkException>(() => runtime.Instantiate("""
            (module (import "env" "start" (func $f)) (import "m" "memory" (memory 1)) (import "m" "none" (func)) (data (i32.const 0) "x") (start $f))
            """));
        Assert.False(started);
        Assert.Equal(0, provider.GetMemory().Read<byte>(0));
    }

    [Fact]
    public void Constant_expressions_are_evaluated()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "base", new WasmGlobal(new GlobalType(ValueType.I32, false), 5));
        var app = runtime.Instantiate("""
            (module
              (type $s (struct (field i32) (field (mut i8)) (field v128) (field (ref null any))))
              (type $a (array (mut i16)))
              (import "env" "base" (global $base i32))
              (global (export "i32") i32 (i32.mul (i32.add (global.get $base) (i32.const 4)) (i32.sub (i32.const 3) (i32.const 5))))
              (global (export "i64") i64 (i64.mul (i64.const 0x1_0000_0000) (i64.sub (i64.const 1) (i64.add (i64.const 2) (i64.const 3)))))
              (global (export "f32") f32 (f32.const -0x1p-149))
              (global (export "f64") f64 (f64.const nan:0x123))
              (global (export "v128") v128 (v128.const i32x4 1 2 3 4))
              (global (export "i31") (ref i31) (ref.i31 (i32.const -7)))
              (global (export "func") funcref (ref.func $f))
              (global (export "null") externref (ref.null extern))
              (global (export "struct") (ref $s) (struct.new $s (i32.const 9) (i32.const 300) (v128.const i64x2 5 6) (ref.i31 (i32.const 1))))
              (global (export "zero") (ref $s) (struct.new_default $s))
              (global (export "array") (ref $a) (array.new $a (i32.const 70000) (i32.const 3)))
              (global (export "fixed") (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2)))
              (global (export "empty") (ref $a) (array.new_default $a (i32.const 4)))
              (global (export "extern") externref (extern.convert_any (ref.i31 (i32.const 8))))
              (func $f (export "f")))
            """);
        WasmValue Global(string name) => app.GetGlobal(name).Value;
        Assert.Equal(-18, Global("i32"));
        Assert.Equal(-4L << 32, Global("i64"));
        Assert.Equal(-float.Epsilon, Global("f32"));
        Assert.Equal(0x7FF0000000000123UL, BitConverter.DoubleToUInt64Bits(Global("f64").AsDouble()));
        Assert.Equal("0x00000001 0x00000002 0x00000003 0x00000004", Global("v128").ToString());
        Assert.Equal(-7, ((I31)Global("i31").AsReference()!).Value);
        Assert.Same(app.GetFunction("f"), Global("func").AsFunction());
        Assert.Equal(WasmValue.Null, Global("null"));
        var made = (WasmStruct)Global("struct").AsReference()!;
        Assert.Equal([9, 300 & 0xFF], [made.Get(0), made.Get(1)]);
        Assert.Equal("0x00000005 0x00000000 0x00000006 0x00000000", made.Get(2).ToString());
        Assert.Equal(I31.Of(1), made.Get(3).AsReference());
        var zero = (WasmStruct)Global("zero").AsReference()!;
        Assert.Equal([0, 0, WasmValue.Null], [zero.Get(0), zero.Get(1), zero.Get(3)]);
        var array = (WasmArray)Global("array").AsReference()!;
        Assert.Equal((3, 70000 & 0xFFFF), (array.Length, array.Get(2).AsInt32()));
        Assert.Equal(2, ((WasmArray)Global("fixed").AsReference()!).Get(1));
        Assert.Equal(4, ((WasmArray)Global("empty").AsReference()!).Length);
        Assert.Equal(I31.Of(8), Global("extern").AsReference());
    }

    [Fact]
    public void A_huge_array_in_a_constant_expression_is_refused()
    {
        using var runtime = Modules.NewRuntime();
        var trap = Assert.Throws<WasmTrapException>(() => runtime.Instantiate("(module (type $a (array i64)) (global (ref $a) (array.new_default $a (i32.const -1))))"));
        Assert.Equal(TrapCode.AllocationRefused, trap.Code);
    }

    [Fact]
    public void Table_initialisers_and_expressions_fill_tables()
    {
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate("""
            (module
              (func $f (export "f")) (func $g (export "g"))
              (table (export "t") 3 3 (ref func) (ref.func $f))
              (elem (table 0) (i32.const 1) (ref func) (item ref.func $g)))
            """);
        var (f, g, table) = (app.GetFunction("f"), app.GetFunction("g"), app.GetTable("t"));
        Assert.Equal([f, g, f], [table[0], table[1], table[2]]);
    }

    [Fact]
    public void Start_can_be_an_imported_host_function_that_sees_the_instance()
    {
        using var runtime = Modules.NewRuntime();
        string? seen = null;
        runtime.Define("env", "start", (WasmCaller caller) => { seen = caller.Memory.ReadUtf8(0, 2); });
        runtime.Instantiate("(module (import \"env\" \"start\" (func $s)) (memory 1) (data (i32.const 0) \"hi\") (start $s))");
        Assert.Equal("hi", seen);
    }

    [Fact]
    public void A_start_function_that_never_ends_is_stopped()
    {
        using var runtime = Modules.NewRuntime();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var stopped = Assert.Throws<OperationCanceledException>(() => runtime.Instantiate(Modules.Parse("(module (func $f (loop br 0)) (start $f))"), cancellation: stop.Token));
        Assert.Equal(TrapCode.Interrupted, Assert.IsType<WasmTrapException>(stopped.InnerException).Code);
    }

    [Fact]
    public void Run_returns_the_exit_code()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "exit", (int code) => throw new WasmExitException(code));
        Assert.Equal(3, runtime.Instantiate("(module (import \"env\" \"exit\" (func $e (param i32))) (func (export \"_start\") (call $e (i32.const 3))))").Run());
        Assert.Equal(0, runtime.Instantiate("(module (func (export \"_initialize\")))").Run());
        Assert.StartsWith("unknown export", Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module)").Run()).Message);
        Assert.StartsWith("incompatible export type", Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (func (export \"_start\") (param i32)))").Run()).Message);
    }
}
