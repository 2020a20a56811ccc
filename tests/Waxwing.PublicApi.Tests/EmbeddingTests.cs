namespace Waxwing.PublicApi.Tests;

/// <summary>The first steps of an embedder, as the documents show them.</summary>
public sealed class EmbeddingTests
{
    [Fact]
    public void A_function_is_called_through_a_typed_delegate()
    {
        using var runtime = new WasmRuntime();
        var module = WasmModule.Parse("""(module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))""");
        var app = runtime.Instantiate(module);
        Func<int, int, int> add = app.GetFunction<Func<int, int, int>>("add");
        Assert.Equal(5, add(2, 3));
        Assert.Equal(["export \"add\": (func (param i32 i32) (result i32))"], module.Exports.Select(export => export.ToString()));
    }

    [Fact]
    public void One_module_provides_a_memory_and_others_import_it()
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Features = WasmFeatures.Default | WasmFeatures.Threads });
        runtime.Instantiate(WasmModule.Parse("""(module (memory (export "memory") 102 65536 shared))"""), name: "env");
        var main = WasmModule.Parse("""
            (module
              (import "env" "memory" (memory 102 65536 shared))
              (func (export "count") (result i32) (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
            """);
        var (one, two) = (runtime.Instantiate(main), runtime.Instantiate(main));
        Assert.Equal([0, 1, 2], [one.Invoke("count")[0], two.Invoke("count")[0], one.Invoke("count")[0]]);
        Assert.Equal(3, runtime.GetInstance("env")!.GetMemory().AtomicRead32(0));
    }

    [Fact]
    public void A_memory_is_defined_by_the_host_or_sized_by_the_module()
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Features = WasmFeatures.Default | WasmFeatures.Threads });
        runtime.Define("env", "memory", new WasmMemory(new MemoryType(Minimum: 1024, Maximum: 65536, Shared: true)));
        var main = WasmModule.Parse("""(module (import "env" "memory" (memory 1024 65536 shared)) (import "env" "heap" (memory 2)))""");
        Assert.Equal(1, runtime.ProvideMemories(main));
        runtime.Instantiate(main);
        Assert.Equal(["import \"env\" \"memory\": memory 1024..65536 pages shared", "import \"env\" \"heap\": memory 2.. pages"], main.Imports.Select(import => import.ToString()));
    }

    [Fact]
    public void Host_functions_are_plain_lambdas()
    {
        using var runtime = new WasmRuntime();
        var lines = new List<string>();
        runtime.Define("env", "log", (WasmCaller caller, int ptr, int len) => lines.Add(caller.Memory.ReadUtf8(ptr, len)));
        var app = runtime.Instantiate(WasmModule.Parse("""
            (module
              (import "env" "log" (func $log (param i32 i32)))
              (memory (export "memory") 1)
              (data (i32.const 16) "hello")
              (func (export "_start") (call $log (i32.const 16) (i32.const 5))))
            """));
        Assert.Equal(0, app.Run());
        Assert.Equal(["hello"], lines);
    }

    [Fact]
    public async Task A_task_returning_host_function_suspends_the_guest()
    {
        using var runtime = new WasmRuntime();
        var gate = new TaskCompletionSource<int>();
        runtime.Define("env", "answer", () => gate.Task);
        var app = runtime.Instantiate(WasmModule.Parse("""
            (module (import "env" "answer" (func $answer (result i32))) (func (export "ask") (result i32) (i32.add (call $answer) (i32.const 2))))
            """));
        var guests = Enumerable.Range(0, 1000).Select(_ => app.GetFunction("ask").InvokeAsync()).ToList();
        Assert.DoesNotContain(guests, guest => guest.IsCompleted);
        gate.SetResult(40);
        Assert.All(await Task.WhenAll(guests), results => Assert.Equal(42, results[0]));
    }

    [Fact]
    public void Modules_load_from_files_bytes_and_streams()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        byte[] binary = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0];
        try
        {
            File.WriteAllText(path, "(module $named (memory 1))");
            Assert.Equal("named", WasmModule.Load(path).Name);
            File.WriteAllBytes(path, binary);
            Assert.Empty(WasmModule.Load(path).Exports);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Null(WasmModule.Load(binary).Name);
        Assert.Empty(WasmModule.Load(new MemoryStream(binary)).Imports);
        Assert.Empty(WasmModule.Load("\uFEFF ;; text\n(module)"u8.ToArray()).Imports);
        Assert.StartsWith("magic header not detected", Assert.Throws<WasmFormatException>(() => WasmModule.Load("nonsense"u8.ToArray())).Message);
        Assert.Null(WasmModule.Validate(binary));
        Assert.IsType<WasmFormatException>(WasmModule.Validate(binary.AsMemory()[..6]));
    }

    [Fact]
    public void A_trap_is_an_exception_with_a_code_and_a_backtrace()
    {
        using var runtime = new WasmRuntime();
        var app = runtime.Instantiate(WasmModule.Parse("""(module $m (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0))) (func (export "run") (result i32) (call $inner (i32.const 0))))"""));
        var trap = Assert.Throws<WasmTrapException>(() => app.Invoke("run"));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.StartsWith("integer divide by zero", trap.Message);
        Assert.Equal(["inner", "run"], trap.Frames.Select(frame => frame.FunctionName));
    }
}
