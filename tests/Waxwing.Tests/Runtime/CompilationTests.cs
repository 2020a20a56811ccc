using System.Text;

namespace Waxwing.Tests.Runtime;

/// <summary>Code made ahead of the first call.</summary>
public sealed class CompilationTests
{
    private static readonly WasmEngineKind[] Engines = [WasmEngineKind.Compiler, WasmEngineKind.Interpreter];

    public static TheoryData<WasmEngineKind> Kinds => [.. Engines];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Functions_that_call_across_all_units_run_after_it(WasmEngineKind kind)
    {
        const int Functions = 4000;
        var module = Chain(Functions);
        var settings = new WasmRuntimeOptions { Engine = kind };
        var seen = new Maximum();
        module.Compile(new() { Runtime = settings, MaximumParallelism = 4, Progress = seen });
        Assert.Equal(new(Functions, Functions), seen.Highest);
        using var runtime = new WasmRuntime(settings);
        Assert.Equal(Functions, runtime.Instantiate(module).GetFunction<Func<int, int>>("chain")(0));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_may_happen_while_the_guest_runs_and_several_times_at_once(WasmEngineKind kind)
    {
        const int Functions = 2000;
        var module = Chain(Functions);
        var settings = new WasmRuntimeOptions { Engine = kind, Fuel = 1_000_000 };
        var options = new WasmCompileOptions { Runtime = settings, Cancellable = true };
        var (one, two) = (module.CompileAsync(options, TestContext.Current.CancellationToken), module.CompileAsync(options, TestContext.Current.CancellationToken));
        using var runtime = new WasmRuntime(settings);
        Assert.Equal(Functions + 5, runtime.Instantiate(module).GetFunction("chain").Invoke(TestContext.Current.CancellationToken, 5)[0]);
        await Task.WhenAll(one, two);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bodies_that_turn_out_invalid_are_reported_by_their_calls(WasmEngineKind kind)
    {
        // (func (export "bad") (result i32)): nothing is left to return.
        byte[] bytes = [0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7F, 3, 2, 1, 0, 7, 7, 1, 3, (byte)'b', (byte)'a', (byte)'d', 0, 0, 10, 4, 1, 2, 0, 0x0B];
        var module = WasmModule.Load(bytes, new() { LazyValidation = true });
        var settings = new WasmRuntimeOptions { Engine = kind };
        module.Compile(new() { Runtime = settings });
        using var runtime = new WasmRuntime(settings);
        Assert.Throws<WasmValidationException>(() => runtime.Instantiate(module).Invoke("bad"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_is_cancelled(WasmEngineKind kind)
    {
        var module = Chain(4000);
        using var stop = new CancellationTokenSource();
        var settings = new WasmRuntimeOptions { Engine = kind };
        var options = new WasmCompileOptions { Runtime = settings, MaximumParallelism = 1, Progress = new Callback(_ => stop.Cancel()) };
        Assert.Throws<OperationCanceledException>(() => module.Compile(options, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => module.CompileAsync(options, stop.Token));
        using var runtime = new WasmRuntime(settings);
        Assert.Equal(4000, runtime.Instantiate(module).Invoke("chain", 0)[0]);
    }

    [Fact]
    public void A_module_without_functions_has_nothing_to_do() => WasmModule.Parse("(module (memory 1))").Compile(new() { Runtime = new() { Engine = WasmEngineKind.Compiler } });

    /// <summary>Functions that each call the one in the middle between them and the end, and the next.</summary>
    private static WasmModule Chain(int functions)
    {
        var text = new StringBuilder("(module (export \"chain\" (func 0))");
        for (var i = 0; i < functions; i++)
        {
            var step = i + 1 < functions ? $"call {i + 1}" : "";
            // Never called, but linked to: a unit far away.
            var jump = $"local.get 0 i32.const -1000000 i32.lt_s if local.get 0 call {(i + functions / 2) % functions} drop end";
            text.Append($"(func (param i32) (result i32) {jump} local.get 0 i32.const 1 i32.add {step})");
        }
        return WasmModule.Parse(text.Append(')').ToString());
    }

    private sealed class Callback(Action<WasmCompileProgress> report) : IProgress<WasmCompileProgress>
    {
        public void Report(WasmCompileProgress value) => report(value);
    }

    private sealed class Maximum : IProgress<WasmCompileProgress>
    {
        private readonly Lock gate = new();

        public WasmCompileProgress Highest { get; private set; }

        public void Report(WasmCompileProgress value)
        {
            lock (gate)
                Highest = value.Compiled > Highest.Compiled ? value : Highest;
        }
    }
}
