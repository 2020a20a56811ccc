using Waxwing.AssemblyScript;
using Waxwing.Emscripten;
using Waxwing.Wasi;

namespace Waxwing.PublicApi.Tests;

/// <summary>The hosts of toolchains, as the documents show them.</summary>
public sealed class ToolchainTests
{
    [Fact]
    public void A_module_of_Emscripten_gets_its_memory_and_functions()
    {
        using var runtime = new WasmRuntime();
        using var output = new MemoryStream();
        using var host = new EmscriptenHost(runtime, new() { Wasi = new WasiOptions { Stdout = output } });
        host.Imports.Define("env", "answer", () => 42);
        host.Instantiate(WasmModule.Parse("""
            (module
              (import "env" "memory" (memory 2 10)) (import "env" "answer" (func $answer (result i32)))
              (import "env" "emscripten_resize_heap" (func $resize (param i32) (result i32))) (import "env" "emscripten_console_log" (func $log (param i32)))
              (data (i32.const 100) "hello\00")
              (func (export "main") (param i32 i32) (result i32) (call $log (i32.const 100)) (drop (call $resize (i32.const 300000))) (call $answer))
              (func (export "stackAlloc") (param i32) (result i32) (i32.const 1024)))
            """), TestContext.Current.CancellationToken);
        Assert.Equal(new MemoryType(2, 10), host.Memory.Type);
        Assert.Equal(42, host.Run(TestContext.Current.CancellationToken));
        Assert.Equal(5, host.Memory.Pages);
        Assert.Equal("hello\n"u8.ToArray(), output.ToArray());
    }

    [Fact]
    public void A_module_of_AssemblyScript_gets_its_functions()
    {
        using var runtime = new WasmRuntime();
        runtime.AddAssemblyScript();
        var guest = runtime.Instantiate(WasmModule.Parse("""
            (module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) (memory 1)
              (data (i32.const 16) "\04\00\00\00n\00o\00") (data (i32.const 32) "\06\00\00\00a\00.\00t\00")
              (func (export "fail") (call $abort (i32.const 20) (i32.const 36) (i32.const 3) (i32.const 7))))
            """));
        var abort = Assert.Throws<AssemblyScriptAbortException>(() => guest.Invoke("fail"));
        Assert.Equal(("no", "a.t", 3, 7), (abort.Reason, abort.FileName, abort.Line, abort.Column));
        Assert.Equal("no", new AssemblyScriptObjects(guest).ReadString(20));
    }

    [Fact]
    public void Programs_of_WASI_have_threads()
    {
        using var runtime = new WasmRuntime(new() { Features = WasmFeatures.All });
        using var process = runtime.AddWasi();
        using var threads = runtime.AddWasiThreads(maximumThreads: 4);
        var module = WasmModule.Parse("""
            (module (import "env" "memory" (memory 1 1 shared)) (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (func (export "wasi_thread_start") (param i32 i32) (call $exit (local.get 1)))
              (func (export "_start") (drop (call $spawn (i32.const 9))) (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
            """);
        runtime.ProvideMemories(module);
        Assert.Equal(9, threads.Run(runtime.Instantiate(module), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Public_classes_are_sealed_abstract_or_static_and_in_one_namespace_each() =>
        Assert.All(typeof(EmscriptenHost).Assembly.GetExportedTypes().Concat(typeof(AssemblyScriptObjects).Assembly.GetExportedTypes()), type =>
        {
            Assert.True(!type.IsClass || type.IsSealed || type.IsAbstract, $"{type} is open");
            Assert.Equal(type.Assembly.GetName().Name, type.Namespace);
        });

    [Fact]
    public void The_hosts_depend_on_nothing_but_Waxwing_and_the_framework() =>
        Assert.All(typeof(EmscriptenHost).Assembly.GetReferencedAssemblies().Concat(typeof(AssemblyScriptObjects).Assembly.GetReferencedAssemblies()),
            name => Assert.True(name.Name!.StartsWith("System.", StringComparison.Ordinal) || name.Name.StartsWith("Waxwing", StringComparison.Ordinal), name.Name));
}
