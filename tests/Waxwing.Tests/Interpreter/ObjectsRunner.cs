using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Interpreter;

/// <summary>Runs modules of the object tests.</summary>
internal static class ObjectsRunner
{
    private static readonly AsyncLocal<WasmEngineKind?> Chosen = new();

    /// <summary>The engine of the test that runs: the interpreter unless its class says otherwise.</summary>
    public static WasmEngineKind Engine { get => Chosen.Value ?? WasmEngineKind.Interpreter; set => Chosen.Value = value; }

    public static WasmInstance Instantiate(string text, WasmLimits? limits = null)
    {
        var runtime = new WasmRuntime(WasmRuntimeOptions.Default with { Engine = Engine, Features = WasmFeatures.All, Limits = limits ?? WasmLimits.Default });
        return runtime.Instantiate(WasmModule.Parse(text));
    }

    public static WasmValue Call(this WasmInstance instance, string name, params ReadOnlySpan<WasmValue> arguments) => Assert.Single(instance.Invoke(name, arguments));

    /// <summary>Asserts that a call traps, and returns the message without the backtrace.</summary>
    public static string Traps(this WasmInstance instance, TrapCode code, string name, params WasmValue[] arguments)
    {
        var trap = Assert.Throws<WasmTrapException>(() => instance.Invoke(name, arguments));
        Assert.Equal(code, trap.Code);
        Assert.StartsWith(code.Phrase(), trap.Message, StringComparison.Ordinal);
        Assert.NotEmpty(trap.Frames);
        return trap.Message.Split('\n')[0];
    }

    /// <summary>The ways a field or element can be stored, and values as the text format has them: an ordinary one, and what is read back if that differs.</summary>
    // The signalling NaN is made of bits: the JIT, folding a constant, would quiet it.
    public static readonly (string Storage, string Type, string Constant, WasmValue Value)[] Storages =
    [
        ("i8", "i32", "i32.const 0x1f5", 0xF5),
        ("i16", "i32", "i32.const 0x1fff5", 0xFFF5),
        ("i32", "i32", "i32.const -7", -7),
        ("i64", "i64", "i64.const 0x123456789abcdef0", 0x123456789ABCDEF0),
        ("f32", "f32", "f32.const nan:0x200001", new(ValueKind.F32, 0x7FA00001, 0, null)),
        ("f64", "f64", "f64.const -0x1.8p+3", -12.0),
        ("v128", "v128", "v128.const i64x2 1 -2", Vector128.Create(1L, -2L).AsByte()),
        ("i31ref", "i31ref", "ref.i31 (i32.const 77)", WasmValue.FromReference(I31.Of(77))),
    ];
}
