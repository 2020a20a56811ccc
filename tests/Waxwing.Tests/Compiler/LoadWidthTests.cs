using Waxwing.Tests.Runtime;

namespace Waxwing.Tests.Compiler;

/// <summary>Accesses that begin within a memory and end outside trap, even if an instruction uses nothing of what they load beyond the end.</summary>
public sealed class LoadWidthTests
{
    private const int End = 65536;

    [Theory]
    [InlineData(8, "(drop (i64.load (local.get 0)))")]
    [InlineData(8, "(drop (i64.add (i64.load (local.get 0)) (i64.const 1)))")]
    [InlineData(8, "(drop (f64.load (local.get 0)))")]
    [InlineData(16, "(drop (v128.load (local.get 0)))")]
    [InlineData(4, "(drop (i32.load (local.get 0)))")]
    [InlineData(2, "(drop (i32.load16_u (local.get 0)))")]
    [InlineData(8, "(global.set $i (i32.wrap_i64 (i64.load (local.get 0))))")]
    [InlineData(8, "(global.set $i (i32.wrap_i64 (i64.mul (i64.load (local.get 0)) (i64.const 5))))")]
    [InlineData(8, "(global.set $l (i64.extend32_s (i64.load (local.get 0))))")]
    [InlineData(8, "(global.set $l (i64.and (i64.load (local.get 0)) (i64.const 255)))")]
    [InlineData(8, "(i64.store32 (i32.const 8) (i64.load (local.get 0)))")]
    [InlineData(8, "(i64.store8 (i32.const 8) (i64.load (local.get 0)))")]
    [InlineData(4, "(global.set $i (i32.extend8_s (i32.load (local.get 0))))")]
    [InlineData(4, "(global.set $i (i32.extend16_s (i32.load (local.get 0))))")]
    [InlineData(4, "(global.set $i (i32.and (i32.load (local.get 0)) (i32.const 0xFFFF)))")]
    [InlineData(4, "(if (i32.and (i32.const 1) (i32.load (local.get 0))) (then (global.set $i (i32.const 1))))")]
    [InlineData(4, "(global.set $i (i32.eqz (i32.and (i32.load (local.get 0)) (i32.const 128))))")]
    [InlineData(4, "(global.set $i (i32.and (i32.reinterpret_f32 (f32.load (local.get 0))) (i32.const 255)))")]
    [InlineData(2, "(global.set $i (i32.extend8_s (i32.load16_s (local.get 0))))")]
    [InlineData(16, "(global.set $i (i8x16.extract_lane_u 3 (v128.load (local.get 0))))")]
    [InlineData(16, "(global.set $l (i64x2.extract_lane 0 (v128.load (local.get 0))))")]
    [InlineData(16, "(global.set $i (i32x4.extract_lane 3 (i32x4.extend_low_i16x8_s (v128.load (local.get 0)))))")]
    public void Partly_used_loads_keep_their_width(int size, string body)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler, Features = WasmFeatures.All });
        var app = runtime.Instantiate($$"""
            (module
              (memory 1)
              (global $i (mut i32) (i32.const 0))
              (global $l (mut i64) (i64.const 0))
              (func (export "f") (param i32) {{body}}))
            """);
        for (var round = 0; round < 2; round++)
        {
            app.Invoke("f", End - size);
            for (var inside = 1; inside < size; inside++)
                Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => app.Invoke("f", End - inside)).Code);
            app.Invoke("f", 0);
        }
    }
}
