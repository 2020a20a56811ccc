using System.Text;
using Waxwing.Emscripten;
using Waxwing.Tests.Wasi;
using Waxwing.Wasi;

namespace Waxwing.Tests.Emscripten;

/// <summary>Dynamic linking, and what is said of imports that are not known.</summary>
public sealed class LinkingTests : IDisposable
{
    private const string Expected =
        """
        other constructed
        side constructed
        function 5112, value 99
        function 5113, shared 9
        same pointer 1
        missing symbol 1: Tried to lookup unknown symbol "nothing" in dynamic lib
        missing library 1: Could not load dynamic lib: none.wasm: there is no such file

        """;

    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly MemoryStream output = new();

    public void Dispose() => runtime.Dispose();

    [Fact]
    public void Side_modules_share_memory_table_and_symbols()
    {
        using var host = new EmscriptenHost(runtime, new()
        {
            Wasi = new() { Stdout = output },
            LibraryResolver = name => name == "none.wasm" ? null : ProgramTests.Program(Path.GetFileNameWithoutExtension(name)),
        });
        host.Instantiate(ProgramTests.Program("main"), TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Run(TestContext.Current.CancellationToken));
        Assert.Equal(Expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void Side_modules_are_files_of_the_guest()
    {
        using var temporary = new TemporaryDirectory();
        foreach (var name in (string[])["side.wasm", "other.wasm"])
            File.Copy(Repository.PathOf("tests", "Waxwing.Tests", "Emscripten", "programs", name), Path.Combine(temporary.Sandbox, name));
        using var host = new EmscriptenHost(runtime, new() { Wasi = new WasiOptions { Stdout = output }.AddDirectory(temporary.Sandbox, "/lib"), WorkingDirectory = "/lib" });
        host.Instantiate(ProgramTests.Program("main"), TestContext.Current.CancellationToken);
        Assert.Equal(0, host.Run(TestContext.Current.CancellationToken));
        Assert.Equal(Expected, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void The_host_loads_side_modules_and_calls_them()
    {
        using var host = new EmscriptenHost(runtime, new() { LibraryResolver = name => ProgramTests.Program(Path.GetFileNameWithoutExtension(name)) });
        host.Instantiate(ProgramTests.Program("main"), TestContext.Current.CancellationToken);
        var side = host.LoadLibrary("side.wasm", ProgramTests.Program("side"), TestContext.Current.CancellationToken);
        Assert.Same(side, host.LoadLibrary("side.wasm", ProgramTests.Program("side"), TestContext.Current.CancellationToken));
        Assert.Same(host.Memory, side.Memory);
        Assert.Equal(5112, side.Invoke("side_function", 5)[0].AsInt32());
    }

    [Fact]
    public void A_side_module_that_nobody_completes_says_what_it_lacks()
    {
        using var host = new EmscriptenHost(runtime, new() { LibraryResolver = _ => null });
        host.Instantiate(ProgramTests.Program("main"), TestContext.Current.CancellationToken);
        var problem = Assert.Throws<WasmLinkException>(() => host.LoadLibrary("side.wasm", ProgramTests.Program("side"), TestContext.Current.CancellationToken));
        Assert.Contains("\"side.wasm\" needs the side module", problem.Message, StringComparison.Ordinal);
        problem = Assert.Throws<WasmLinkException>(() => host.LoadLibrary("jumps.wasm", ProgramTests.Program("jumps"), TestContext.Current.CancellationToken));
        Assert.Contains("is not a side module", problem.Message, StringComparison.Ordinal);
        problem = Assert.Throws<WasmLinkException>(() => host.LoadLibrary("x.wasm", WithDylink([1, 4, 0, 0, 0, 0], """
            (import "env" "memory" (memory 0)) (import "GOT.mem" "somewhere" (global (mut i32))) (import "GOT.func" "other_function" (global (mut i32)))
            """), TestContext.Current.CancellationToken));
        Assert.Equal("""unknown import: no loaded module defines what "x.wasm" refers to: somewhere, other_function""", problem.Message);
        Assert.Equal(2, problem.Imports.Count);
    }

    [Theory]
    [InlineData(new byte[] { 1 }, "unexpected end")]
    [InlineData(new byte[] { 1, 200, 1 }, "unexpected end")]
    [InlineData(new byte[] { 1, 4, 0, 17, 0, 0 }, "an alignment of 2^17 bytes")]
    [InlineData(new byte[] { 1, 8, 255, 255, 255, 255, 31, 0, 0, 0 }, "integer too large")]
    [InlineData(new byte[] { 1, 255, 255, 255, 255, 255, 0 }, "integer representation too long")]
    [InlineData(new byte[] { 2, 5, 255, 255, 255, 255, 15 }, "unexpected end")]
    public void A_malformed_section_is_an_error_of_linking(byte[] content, string detail)
    {
        using var host = new EmscriptenHost(runtime);
        var problem = Assert.Throws<WasmLinkException>(() => host.Instantiate(WithDylink(content, """(import "env" "memory" (memory 256))"""), TestContext.Current.CancellationToken));
        Assert.StartsWith("malformed custom section: ", problem.Message, StringComparison.Ordinal);
        Assert.EndsWith(detail, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_whose_data_leaves_no_room_is_refused()
    {
        using var host = new EmscriptenHost(runtime);
        var problem = Assert.Throws<WasmLinkException>(() =>
            host.Instantiate(WithDylink([1, 7, 0xC0, 0x84, 0x3D, 4, 0, 0, 0], """(import "env" "memory" (memory 15))"""), TestContext.Current.CancellationToken));
        Assert.StartsWith("memory too small: ", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WasmEngineKind.Interpreter)]
    [InlineData(WasmEngineKind.Tiered)]
    public void Threads_have_all_modules_of_a_program(WasmEngineKind engine)
    {
        using var own = new WasmRuntime(new() { Features = WasmFeatures.All, Engine = engine });
        using var host = new EmscriptenHost(own, new() { Wasi = new() { Stdout = output }, LibraryResolver = name => ProgramTests.Program(Path.GetFileNameWithoutExtension(name)) });
        host.Instantiate(ProgramTests.Program("linked-threads"), TestContext.Current.CancellationToken);
        Assert.True(host.Memory.IsShared);
        Assert.Equal(0, host.Run(TestContext.Current.CancellationToken));
        Assert.Equal("thread 0: 1116\nthread 1: 1119\nthread 2: 1122\ncounted 3000, local 3, from the side 30100137\nrefused 1\n", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(0, host.ThreadCount);
    }

    [Fact]
    public void Modules_with_and_without_threads_do_not_go_together()
    {
        using var plain = new EmscriptenHost(runtime, new() { LibraryResolver = name => ProgramTests.Program(Path.GetFileNameWithoutExtension(name)) });
        plain.Instantiate(ProgramTests.Program("main"), TestContext.Current.CancellationToken);
        var problem = Assert.Throws<WasmLinkException>(() =>
            plain.LoadLibrary("x.wasm", WithDylink([1, 4, 0, 0, 0, 0], """(import "env" "memory" (memory 1 65536 shared))"""), TestContext.Current.CancellationToken));
        Assert.StartsWith("incompatible import type", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_imports_are_named_all_at_once_or_trap_when_called()
    {
        var module = WasmModule.Parse("""
            (module (import "env" "one" (func $one (param i32))) (import "env" "emscripten_asm_const_int" (func (param i32 i32 i32) (result i32))) (import "env" "exit" (func (param i64)))
              (import "env" "memory" (memory 1)) (import "env" "emscripten_resize_heap" (func (param i32) (result i32)))
              (func (export "f") (call $one (i32.const 1))))
            """);
        using (var host = new EmscriptenHost(runtime))
        {
            var problem = Assert.Throws<WasmLinkException>(() => host.Instantiate(module, TestContext.Current.CancellationToken));
            Assert.Equal(["one", "emscripten_asm_const_int", "exit"], problem.Imports.Select(import => import.Name));
            Assert.Contains("\"env\" \"emscripten_asm_const_int\": (func (param i32 i32 i32) (result i32)) (runs JavaScript)", problem.Message, StringComparison.Ordinal);
            Assert.Contains("(known, but with other parameters)", problem.Message, StringComparison.Ordinal);
        }
        using var lenient = new EmscriptenHost(runtime, new() { UnknownImports = EmscriptenUnknownImports.Trap });
        lenient.Instantiate(module, TestContext.Current.CancellationToken);
        var trap = Assert.Throws<WasmTrapException>(() => lenient.Invoke("f"));
        Assert.Contains("import \"env\" \"one\"", trap.Message, StringComparison.Ordinal);
        using var own = new EmscriptenHost(runtime, new() { UnknownImports = EmscriptenUnknownImports.Trap });
        var called = 0;
        own.Imports.Define("env", "one", (int value) => { called += value; });
        own.Instantiate(module, TestContext.Current.CancellationToken);
        own.Invoke("f");
        Assert.Equal(1, called);
    }

    [Fact]
    public void Minified_imports_are_explained()
    {
        using var host = new EmscriptenHost(runtime);
        var problem = Assert.Throws<WasmLinkException>(() => host.Instantiate(ProgramTests.Program("minified"), TestContext.Current.CancellationToken));
        Assert.Contains("The names are minified", problem.Message, StringComparison.Ordinal);
        Assert.True(EmscriptenHost.IsEmscripten(ProgramTests.Program("minified")));
    }

    [Theory]
    [InlineData("(module)", false)]
    [InlineData("""(module (import "env" "memory" (memory 1)) (import "env" "abort" (func (param i32 i32 i32 i32))))""", false)]
    [InlineData("""(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))""", false)]
    [InlineData("""(module (import "env" "invoke_vi" (func (param i32 i32))))""", true)]
    [InlineData("""(module (import "env" "emscripten_resize_heap" (func (param i32) (result i32))))""", true)]
    public void Modules_of_Emscripten_are_recognised(string text, bool expected) => Assert.Equal(expected, EmscriptenHost.IsEmscripten(WasmModule.Parse(text)));

    /// <summary>A module with a section "dylink.0" in front.</summary>
    private static WasmModule WithDylink(byte[] content, string imports)
    {
        var name = "dylink.0"u8;
        var bytes = Waxwing.Binary.Encoder.Encode(WasmModule.Parse($"(module {imports})").Context.Module);
        byte[] section = [0, (byte)(1 + name.Length + content.Length), (byte)name.Length, .. name, .. content];
        return WasmModule.Load((byte[])[.. bytes[..8], .. section, .. bytes[8..]]);
    }
}
