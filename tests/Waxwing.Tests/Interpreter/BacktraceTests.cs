using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Interpreter;

/// <summary>What a trap says about where it happened.</summary>
public sealed class BacktraceTests
{
    private const string Library = """
        (module $library
          (type $f (func (param i32) (result i32)))
          (import "env" "table" (table 1 funcref))
          (func $divide (export "divide") (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
          (func $back (export "back") (param i32) (result i32) (i32.add (i32.const 1) (call_indirect (type $f) (local.get 0) (i32.const 0)))))
        """;

    private const string App = """
        (module $app
          (import "env" "table" (table 1 funcref))
          (import "library" "divide" (func $divide (param i32) (result i32)))
          (import "library" "back" (func $back (param i32) (result i32)))
          (import "env" "host" (func $host (param i32) (result i32)))
          (elem (i32.const 0) $inner)
          (func $inner (param i32) (result i32) (i32.add (i32.const 1) (call $divide (local.get 0))))
          (func $outer (export "outer") (param i32) (result i32) (i32.add (i32.const 1) (call $back (local.get 0))))
          (func (export "exported only") (param i32) (result i32) (i32.add (i32.const 1) (call $divide (local.get 0))))
          (func $tail (export "tail") (param i32) (result i32) (return_call $divide (local.get 0)))
          (func $before (export "before tail") (param i32) (result i32) (i32.add (i32.const 1) (call $tail (local.get 0))))
          (func $viaHost (export "host") (param i32) (result i32) (i32.add (i32.const 1) (call $host (local.get 0)))))
        """;

    private static WasmRuntime NewRuntime()
    {
        var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        runtime.Define("env", "table", new WasmTable(new TableType(ValueType.FuncRef, 1)));
        runtime.Define("env", "host", (WasmCaller caller, int x) => caller.GetFunction("outer").Invoke(x)[0].AsInt32());
        runtime.Instantiate(Library, "library");
        runtime.Instantiate(App, "app");
        return runtime;
    }

    private static string[] Names(WasmTrapException trap) => [.. trap.Frames.Select(frame => $"{frame.Module}!{frame.FunctionName}")];

    [Theory]
    [InlineData("outer", "library!divide app!inner library!back app!outer")]
    [InlineData("exported only", "library!divide|app!exported only")]
    [InlineData("tail", "library!divide")]
    [InlineData("before tail", "library!divide app!before")]
    public void Frames_cross_instances(string export, string expected)
    {
        using var runtime = NewRuntime();
        var trap = Assert.Throws<WasmTrapException>(() => runtime.GetInstance("app")!.Invoke(export, 0));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Equal(expected.Split(expected.Contains('|') ? '|' : ' '), Names(trap));
        foreach (var frame in trap.Frames)
            Assert.Contains($"\n  at {frame}", trap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trap_below_a_host_function_shows_the_guest_that_trapped()
    {
        using var runtime = NewRuntime();
        var trap = Assert.Throws<WasmTrapException>(() => runtime.GetInstance("app")!.Invoke("host", 0));
        Assert.Equal(["library!divide", "app!inner", "library!back", "app!outer"], Names(trap));
        // And the thread's stack is in order afterwards.
        Assert.Equal(104, runtime.GetInstance("app")!.Invoke("host", 1)[0].AsInt32());
        Assert.Equal(Names(trap), Names(Assert.Throws<WasmTrapException>(() => runtime.GetInstance("app")!.Invoke("host", 0))));
    }

    [Fact]
    public void Offsets_are_those_of_the_instructions_in_the_binary()
    {
        // One function per trapping instruction; the offset found must be that of the opcode.
        (string Text, byte[] Opcode)[] cases =
        [
            ("(drop (i32.div_s (i32.const 1) (local.get 0)))", [0x6D]),
            ("(drop (i64.rem_u (i64.const 1) (i64.extend_i32_u (local.get 0))))", [0x82]),
            ("(drop (i32.trunc_f64_s (f64.const nan)))", [0xAA]),
            ("(drop (i32.load offset=65536 (local.get 0)))", [0x28]),
            ("(i64.store8 (i32.const -1) (i64.const 0))", [0x3C]),
            ("(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))", [0xFC, 0x0B]),
            ("(unreachable)", [0x00]),
            ("(call_indirect (i32.const 9))", [0x11]),
            ("(drop (table.get 0 (i32.const 9)))", [0x25]),
            ("(drop (v128.load (i32.const 65530)))", [0xFD, 0x00]),
            ("(throw_ref (ref.null exn))", [0x0A]),
            ("(drop (i31.get_s (ref.null i31)))", [0xFB, 0x1D]),
            ("(drop (ref.as_non_null (ref.null any)))", [0xD4]),
        ];
        foreach (var (text, opcode) in cases)
        {
            var bytes = Text.TextModules.Encode(
                $"(module (memory 1) (table 2 funcref) (func (export \"f\") (param i32) (nop) (local.set 0 (i32.add (local.get 0) (i32.const 0))) {text} (nop)))");
            using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
            var instance = runtime.Instantiate(WasmModule.Load(bytes));
            var exception = Record.Exception(() => instance.Invoke("f", 0));
            var trap = Assert.IsType<WasmTrapException>(exception);
            var offset = (int)Assert.Single(trap.Frames).Offset;
            Assert.True(bytes.AsSpan(offset).StartsWith(opcode), $"{text}: offset 0x{offset:x} is {Convert.ToHexString(bytes, offset, 2)}");
        }
    }

    [Fact]
    public void Deep_stacks_show_their_innermost_frames()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var instance = runtime.Instantiate("""
            (module (func $f (export "f") (param i32) (result i32)
              (if (i32.eqz (local.get 0)) (then (unreachable)))
              (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1))))))
            """);
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("f", 5000));
        Assert.Equal(64, trap.Frames.Count);
        Assert.Equal(trap.Frames[1], trap.Frames[63]);
        Assert.NotEqual(trap.Frames[0].Offset, trap.Frames[1].Offset);
        Assert.Equal(11, Assert.Throws<WasmTrapException>(() => instance.Invoke("f", 10)).Frames.Count);
    }

    [Fact]
    public void Hostile_names_stay_names()
    {
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var name = new string('x', 60_000) + "\\u{202e}\\00\\n";
        var instance = runtime.Instantiate($"""(module (func (@name "{name}") (export "f") (unreachable)))""");
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke("f"));
        Assert.Equal(60_003, trap.Frames[0].FunctionName!.Length);
    }
}
