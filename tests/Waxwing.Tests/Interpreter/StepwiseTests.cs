using System.Text.Json;
using Waxwing.Interpreter;
using Waxwing.Tests.Runtime;
using Waxwing.Tests.Security;

namespace Waxwing.Tests.Interpreter;

/// <summary>The stepwise way to run does the same as the fast one.</summary>
public sealed class StepwiseTests
{
    public static TheoryData<string> Kernels =>
        [.. Directory.GetFiles(Repository.PathOf("bench", "kernels"), "*.wasm").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void This_process_needs_no_steps() => Assert.False(Stepwise.IsNeeded);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Kernels_give_the_same_results(string kernel)
    {
        using var kernels = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("bench", "kernels", "kernels.json")));
        var n = kernels.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == kernel).GetProperty("n").GetInt32();
        // Where n is a number of rounds a thousandth will do; where it is a size, an eighth.
        n = n > 4000 ? n / 2000 : kernel == "fib" ? 14 : Math.Max(n / 40, 1);
        var module = WasmModule.Load(Repository.PathOf("bench", "kernels", kernel + ".wasm"), new WasmModuleOptions { Features = WasmFeatures.All });
        using var fast = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        using var slow = StepwiseEngine.NewRuntime();
        var name = module.Exports.First(export => export.Type.Function is { Parameters: [{ Kind: ValueKind.I32 }], Results.Count: 1 }).Name;
        var expected = fast.Instantiate(module, imports: Stubs.For(module, WasmLimits.Default)).Invoke(name, n);
        var actual = slow.Instantiate(module, imports: Stubs.For(module, WasmLimits.Default)).Invoke(name, n);
        Assert.Equal(expected, actual);
        Assert.NotEqual(0, actual[0].AsInt32());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1_000_000L)]
    public void Features_give_the_same_results(long? fuel)
    {
        foreach (var bytes in FeatureModules.All())
        {
            var module = WasmModule.Load(bytes, new WasmModuleOptions { Features = WasmFeatures.All });
            using var fast = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter, Features = WasmFeatures.All, Fuel = fuel });
            using var slow = StepwiseEngine.NewRuntime(fuel);
            var expected = fast.Instantiate(module, imports: Stubs.For(module, WasmLimits.Default));
            var actual = slow.Instantiate(module, imports: Stubs.For(module, WasmLimits.Default));
            foreach (var export in module.Exports.Where(export => export.Type.Function is not null))
            {
                for (var round = 0; round < 4; round++)
                {
                    WasmValue[] arguments = [.. export.Type.Function!.Parameters.Select((type, i) => Argument(type, round + i))];
                    Assert.Equal(Outcome(expected, export.Name, arguments), Outcome(actual, export.Name, arguments));
                }
            }
            Assert.Equal(expected.Fuel, actual.Fuel);
        }
    }

    [Fact]
    public void Chains_of_any_length_need_no_stack()
    {
        using var slow = StepwiseEngine.NewRuntime();
        var instance = slow.Instantiate("""
            (module
              (func $tail (export "tail") (param i32) (result i32)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
                (return_call $tail (i32.sub (local.get 0) (i32.const 1))))
              (func (export "loop") (param i32) (result i32) (local i32)
                (loop $l (local.set 1 (i32.add (local.get 1) (i32.const 3))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (local.get 1))
              (func $deep (export "deep") (param i32) (result i32)
                (if (result i32) (local.get 0) (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1))))) (else (i32.const 0))))
              (func (export "spin") (loop (br 0))))
            """);
        Assert.Equal(7, instance.Invoke("tail", 1_000_000)[0].AsInt32());
        Assert.Equal(3_000_000, instance.Invoke("loop", 1_000_000)[0].AsInt32());
        Assert.Equal(50_000, instance.Invoke("deep", 50_000)[0].AsInt32());
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => instance.Invoke("deep", 100_000_000)).Code);
        using var source = new CancellationTokenSource(20);
        Assert.Throws<OperationCanceledException>(() => instance.GetFunction("spin").Invoke(source.Token, []));
    }

    private static string Outcome(WasmInstance instance, string name, WasmValue[] arguments)
    {
        try
        {
            return string.Join(' ', instance.Invoke(name, arguments).Select(value => value.Kind == ValueKind.Reference ? value.ReferenceUnchecked?.GetType().Name : value.ToString()));
        }
        catch (WasmException end)
        {
            return end is WasmTrapException trap ? $"{trap.Code} {string.Join(' ', trap.Frames)}" : end.Message;
        }
    }

    private static WasmValue Argument(ValueType type, int number) => type.Kind switch
    {
        ValueKind.I32 => number + 1, // 0 rounds would be 2^32 for some
        ValueKind.I64 => (long)number << 30,
        ValueKind.F32 => number * 1.25f,
        ValueKind.F64 => number * -3.5,
        ValueKind.V128 => System.Runtime.Intrinsics.Vector128.Create((byte)number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255),
        _ => WasmValue.Null,
    };
}
