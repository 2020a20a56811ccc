using System.Text;

namespace Waxwing.Tests.Runtime;

public sealed class ModuleTests
{
    [Fact]
    public void An_invalid_body_shows_at_load_or_at_its_first_call()
    {
        const string Text = """(module (func (export "good") (result i32) i32.const 1) (func (export "bad") (result i32) i64.const 1))""";
        Assert.Throws<WasmValidationException>(() => WasmModule.Parse(Text));
        using var runtime = Modules.NewRuntime();
        var app = runtime.Instantiate(WasmModule.Parse(Text, new WasmModuleOptions { LazyValidation = true }));
        Assert.Equal(1, app.Invoke("good")[0]);
        for (var i = 0; i < 2; i++)
            Assert.StartsWith("type mismatch", Assert.Throws<WasmValidationException>(() => app.Invoke("bad")).Message);
        Assert.Equal(1, app.Invoke("good")[0]);
    }

    [Fact]
    public void The_first_invalid_function_of_a_large_module_is_reported()
    {
        var text = new StringBuilder("(module ");
        for (var i = 0; i < 3000; i++)
            text.Append(i is 1234 or 2000 or 2999 ? "(func (result i32) i64.const 1)" : $"(func (result i32) {string.Concat(Enumerable.Repeat("i32.const 1234567 drop ", 20))} i32.const 1)");
        text.Append(')');
        for (var round = 0; round < 5; round++)
            Assert.Equal(1234, Assert.Throws<WasmValidationException>(() => WasmModule.Parse(text.ToString())).FunctionIndex);
    }

    [Fact]
    public void Used_features_are_known_once_the_bodies_are_validated()
    {
        Assert.Equal(WasmFeatures.Wasm1, WasmModule.Parse("(module (func (param i32) (drop (i32.load (local.get 0)))) (memory 1) (table 1 funcref))").RequiredFeatures);
        Assert.Equal(WasmFeatures.Threads | WasmFeatures.Simd | WasmFeatures.Memory64,
            WasmModule.Parse("(module (memory i64 1 1 shared) (func (drop (v128.load (i64.const 0)))))").RequiredFeatures);
        Assert.Equal(WasmFeatures.SignExtension | WasmFeatures.TailCalls,
            WasmModule.Parse("(module (func (drop (i32.extend8_s (i32.const 0))) (return_call 0)))").RequiredFeatures);
        Assert.Null(WasmModule.Parse("(module)", new WasmModuleOptions { LazyValidation = true }).RequiredFeatures);
    }

    [Fact]
    public void Features_and_limits_hold_at_load()
    {
        Assert.Throws<WasmValidationException>(() => WasmModule.Parse("(module (memory 1) (memory 1))", new WasmModuleOptions { Features = WasmFeatures.Wasm2 }));
        var limits = WasmLimits.Default with { ModuleSize = 100 };
        Assert.StartsWith("module size limit exceeded", Assert.Throws<WasmFormatException>(() => WasmModule.Load(new byte[101], new WasmModuleOptions { Limits = limits })).Message);
        Assert.StartsWith("module size limit exceeded", Assert.Throws<WasmFormatException>(() => WasmModule.Load(new MemoryStream(new byte[101]), new WasmModuleOptions { Limits = limits })).Message);
    }

    [Fact]
    public void A_stream_that_lies_about_its_length_costs_nothing() =>
        Assert.Empty(WasmModule.Load(new Liar([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0])).Exports);

    private sealed class Liar(byte[] bytes) : MemoryStream(bytes)
    {
        public override long Length => long.MaxValue / 2;
    }

    [Fact]
    public void Names_and_custom_sections_are_kept()
    {
        var module = WasmModule.Parse("""(module $app (func $inner) (func (export "outer")) (func) (@custom "note" "abc"))""");
        Assert.Equal("app", module.Name);
        Assert.Equal(["inner", "outer", null], Enumerable.Range(0, 3).Select(module.FunctionName));
        var note = module.CustomSections.Single(section => section.Name == "note");
        Assert.Equal("abc"u8.ToArray(), note.Content.ToArray());
    }
}
