using Waxwing.AssemblyScript;
using Waxwing.Emscripten;
using Waxwing.Tests.AssemblyScript;
using Waxwing.Wasi;

namespace Waxwing.Tests.Runtime;

/// <summary>Every call that leaves a guest can be traced, whoever defined what it calls.</summary>
public sealed class HostTraceTests
{
    private readonly StringWriter log = new() { NewLine = "\n" };

    private string[] Lines() => log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private WasmRuntime NewRuntime(string filter = "all", WasmEngineKind engine = WasmEngineKind.Tiered) =>
        new(new() { Features = WasmFeatures.All, Engine = engine, HostTrace = new(log, filter) });

    [Theory]
    [InlineData(WasmEngineKind.Interpreter)]
    [InlineData(WasmEngineKind.Compiler)]
    public void Functions_of_the_embedder_are_shown_with_their_values(WasmEngineKind engine)
    {
        using var runtime = NewRuntime(engine: engine);
        runtime.Define("env", "log", (int a, long b, float c, double d) => { });
        runtime.Define("env", "pair", (int a) => (a, 2.5));
        runtime.Define("env", "fail", () => throw new InvalidOperationException("out of cheese"));
        runtime.Define("env", "take", (object? any) => any);
        runtime.Define("odd\nname", "\u202e", () => 1);
        var guest = runtime.Instantiate(WasmModule.Parse("""
            (module
              (import "env" "log" (func $log (param i32 i64 f32 f64))) (import "env" "pair" (func $pair (param i32) (result i32 f64))) (import "env" "fail" (func $fail))
              (import "env" "take" (func $take (param externref) (result externref))) (import "odd\nname" "\e2\80\ae" (func $odd (result i32)))
              (func (export "f") (param externref)
                (call $log (i32.const -1) (i64.const 1000000000000) (f32.const 0.5) (f64.const 1e300))
                (drop (drop (call $pair (i32.const 7))))
                (drop (call $take (ref.null extern))) (drop (call $take (local.get 0)))
                (drop (call $odd)) (call $fail)))
            """));
        Assert.Throws<InvalidOperationException>(() => guest.Invoke("f", WasmValue.FromReference("text")));
        Assert.Equal(
        [
            "env.log(-1, 1000000000000, 0.5, 1E+300)",
            "env.pair(7) = 7, 2.5",
            "env.take(null) = null",
            "env.take(String) = String",
            "odd\\u{a}name.\\u{202e}() = 1",
            "env.fail() = does not return",
        ], Lines());
    }

    [Fact]
    public async Task Functions_that_wait_are_reported_when_they_are_done()
    {
        List<WasmHostCall> calls = [];
        using var runtime = new WasmRuntime(new() { HostTrace = new(calls.Add) });
        runtime.Define("env", "later", async (int value) =>
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            return value + 1;
        });
        var guest = runtime.Instantiate(WasmModule.Parse("""(module (import "env" "later" (func $later (param i32) (result i32))) (func (export "f") (result i32) (call $later (i32.const 4))))"""));
        Assert.Equal(5, (await guest.GetFunction("f").InvokeAsync(TestContext.Current.CancellationToken))[0].AsInt32());
        var call = Assert.Single(calls);
        Assert.Equal("env.later(4) = 5", call.ToString());
        Assert.True(call.Duration > TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData("all", "env.host(1) = 2")]
    [InlineData("", "env.host(1) = 2")]
    [InlineData("guest", "lib.twice(3) = 6")]
    [InlineData("lib.*", "lib.twice(3) = 6")]
    [InlineData("all,guest", "env.host(1) = 2|lib.twice(3) = 6")]
    [InlineData("*,guest,-lib.t*", "env.host(1) = 2")]
    [InlineData("env.*", "env.host(1) = 2")]
    [InlineData("h?st", "env.host(1) = 2")]
    [InlineData("-host", "")]
    public void A_filter_chooses_by_module_and_name(string filter, string expected)
    {
        using var runtime = NewRuntime(filter);
        runtime.Define("env", "host", (int a) => a + 1);
        runtime.Instantiate(WasmModule.Parse("""(module (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))"""), "lib");
        runtime.Instantiate(WasmModule.Parse("""
            (module (import "env" "host" (func $host (param i32) (result i32))) (import "lib" "twice" (func $twice (param i32) (result i32)))
              (func (export "f") (drop (call $host (i32.const 1))) (drop (call $twice (i32.const 3)))))
            """)).Invoke("f");
        Assert.Equal(expected, string.Join('|', Lines()));
    }

    [Fact]
    public void What_a_guest_throws_passes_a_traced_call()
    {
        using var runtime = NewRuntime("guest");
        runtime.Instantiate(WasmModule.Parse("""(module (tag $t (export "t") (param i32)) (func (export "throws") (throw $t (i32.const 9))))"""), "lib");
        var guest = runtime.Instantiate(WasmModule.Parse("""
            (module (import "lib" "t" (tag $t (param i32))) (import "lib" "throws" (func $throws))
              (func (export "f") (result i32) (block $caught (result i32) (try_table (catch $t $caught) (call $throws)) (i32.const 0))))
            """));
        Assert.Equal(9, guest.Invoke("f")[0].AsInt32());
        Assert.Equal(["lib.throws() = does not return"], Lines());
    }

    [Fact]
    public void A_function_that_passes_through_a_module_is_shown_once()
    {
        using var runtime = NewRuntime("all,guest");
        runtime.Define("env", "host", () => 5);
        runtime.Instantiate(WasmModule.Parse("""(module (import "env" "host" (func $host (result i32))) (export "passed" (func $host)))"""), "lib");
        runtime.Instantiate(WasmModule.Parse("""(module (import "lib" "passed" (func $passed (result i32))) (func (export "f") (drop (call $passed))))""")).Invoke("f");
        Assert.Equal(["env.host() = 5"], Lines());
    }

    [Fact]
    public void Threads_of_WASI_are_shown_as_they_begin()
    {
        using var runtime = NewRuntime("thread,sched_yield");
        using var process = runtime.AddWasi();
        using var threads = runtime.AddWasiThreads(1);
        var module = WasmModule.Parse("""
            (module (import "env" "memory" (memory 1 1 shared)) (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
              (func (export "wasi_thread_start") (param i32 i32) (drop (call $yield)) (i32.atomic.store (i32.const 0) (i32.const 1)) (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
              (func (export "_start") (drop (call $spawn (i32.const 42))) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
            """);
        runtime.ProvideMemories(module);
        Assert.Equal(0, threads.Run(runtime.Instantiate(module), TestContext.Current.CancellationToken));
        Assert.Equal(["sched_yield() = ok", "thread-spawn(start_arg: 42) = thread 1"], Lines().Order());
    }

    [Fact]
    public void Calls_of_Emscriptens_programs_are_decoded()
    {
        using var runtime = NewRuntime("file,process,-fd_write,-__syscall_fstat64,-fd_seek");
        using var host = new EmscriptenHost(runtime, new() { Wasi = new WasiOptions { Args = ["descriptors"] }.AddDirectory(new MemoryFileSystem().Root, "/data") });
        host.Instantiate(Tests.Emscripten.ProgramTests.Program("descriptors"), TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Run(TestContext.Current.CancellationToken));
        var lines = Lines();
        Assert.Equal(
        [
            "__syscall_open(path: \"/data/a\", flags: 33346, arguments: *) = 4 /data/a",
            "__syscall_dup(fd: 4 /data/a) = 5 /data/a",
            "fd_read(fd: 4 /data/a, iovs: 1 buffer, 2 bytes) = nread: 2",
        ], lines[..3].Select(line => System.Text.RegularExpressions.Regex.Replace(line, "arguments: [0-9]+", "arguments: *")));
        Assert.Contains("__syscall_dup3(fd: 5 /data/a, to: 20 not open, flags: 0) = 20 /data/a", lines);
        Assert.Contains("__syscall_dup(fd: 99 not open) = badf", lines);
        Assert.Contains("fd_close(fd: 4 /data/a) = ok", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("__syscall_socket", StringComparison.Ordinal));
    }

    [Fact]
    public void Calls_of_AssemblyScripts_programs_are_decoded()
    {
        using var runtime = NewRuntime();
        runtime.AddAssemblyScript();
        var guest = runtime.Instantiate(HostTests.Program("program"));
        guest.Invoke("talk");
        Assert.Throws<AssemblyScriptAbortException>(() => guest.Invoke("check", 3));
        var lines = Lines();
        Assert.Contains("console.log(text: \"log\")", lines);
        Assert.Contains("trace(message: \"numbers\", count: 3, a: 1, b: 2.5, c: -3, d: 0, e: 0)", lines);
        Assert.Contains("abort(message: \"three is not allowed\", file: \"program.ts\", line: 71, column: 3) = does not return", lines);
    }

    [Fact]
    public void A_format_of_ones_own_decodes()
    {
        using var runtime = NewRuntime("greeting");
        runtime.Define("env", "hello", WasmFunction.FromDelegate((WasmCaller caller, int address, int length) => length).WithFormat(new Greeting()));
        var guest = runtime.Instantiate(WasmModule.Parse("""
            (module (import "env" "hello" (func $hello (param i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 8) "Ada\22")
              (func (export "f") (drop (call $hello (i32.const 8) (i32.const 4)))))
            """));
        guest.Invoke("f");
        Assert.Equal(["hello(name: \"Ada\\\"\") = greeted 4"], Lines());
        Assert.Throws<InvalidOperationException>(() => guest.GetFunction("f").WithFormat(new Greeting()));
    }

    [Fact]
    public void Without_a_trace_functions_are_linked_as_they_are()
    {
        using var runtime = new WasmRuntime();
        var function = WasmFunction.FromDelegate(() => 1);
        runtime.Define("env", "f", function);
        var guest = runtime.Instantiate(WasmModule.Parse("""(module (import "env" "f" (func $f (result i32))) (export "g" (func $f)))"""));
        Assert.Same(function, guest.GetFunction("g"));
    }

    private sealed class Greeting : WasmCallFormat
    {
        public override string Scope => "greeting";

        public override IReadOnlyList<KeyValuePair<string, string>> Arguments(WasmCaller caller, ReadOnlySpan<WasmValue> arguments) =>
            [new("name", $"\"{Escape(caller.Memory.ReadUtf8(arguments[0].AsInt32(), arguments[1].AsInt32()))}\"")];

        public override string Result(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, ReadOnlySpan<WasmValue> results) => $"greeted {Value(results[0])}";
    }
}
