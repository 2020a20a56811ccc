using Waxwing.AssemblyScript;

namespace Waxwing.Tests.AssemblyScript;

/// <summary>What AssemblyScript's library asks of a host, by programs of its compiler.</summary>
public sealed class HostTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter error = new() { NewLine = "\n" };

    public void Dispose() => runtime.Dispose();

    public static WasmModule Program(string name) => WasmModule.Load(Repository.PathOf("tests", "Waxwing.Tests", "AssemblyScript", "programs", name + ".wasm"));

    private WasmInstance Instantiate(AssemblyScriptOptions? options = null, string program = "program")
    {
        runtime.AddAssemblyScript(options ?? new() { Output = output, Error = error });
        return runtime.Instantiate(Program(program));
    }

    [Fact]
    public void The_console_and_traces_go_where_they_are_sent()
    {
        Instantiate(new() { Output = output, Error = error, Trace = error }).Invoke("talk");
        Assert.Equal("log\ndebug\ninfo\ntimer: 0ms\ntimer: 0ms\n", output.ToString());
        Assert.Equal("warn\nerror\nAssertion failed: shown\ntrace: numbers 1,2.5,-3\ntrace: none\n", error.ToString());
    }

    [Fact]
    public void By_default_nothing_is_written()
    {
        Instantiate(new()).Invoke("talk");
        Assert.Equal(("", ""), (output.ToString(), error.ToString()));
    }

    [Theory]
    [InlineData(3, "three is not allowed", 71)]
    [InlineData(4, "four is thrown", 72)]
    [InlineData(50, "Index out of range", null)]
    public void An_abort_says_why_and_where(int value, string reason, int? line)
    {
        var abort = Assert.Throws<AssemblyScriptAbortException>(() => Instantiate().Invoke("check", value));
        Assert.Equal(reason, abort.Reason);
        Assert.StartsWith("abort: " + reason, abort.Message, StringComparison.Ordinal);
        Assert.True(abort.Line > 0 && abort.Column > 0);
        if (line is not null)
            Assert.Equal(("program.ts", line), (abort.FileName, abort.Line));
        else
            Assert.Equal("~lib/array.ts", abort.FileName);
    }

    [Fact]
    public void Time_and_chance_are_given()
    {
        var hermetic = Instantiate();
        Assert.Equal(1640995200000d, hermetic.Invoke("now")[0].AsDouble());
        Assert.Equal(0d, hermetic.Invoke("elapsed")[0].AsDouble());
        var chance = hermetic.Invoke("random")[0].AsDouble();
        Assert.InRange(chance, 0, 1);
        Assert.Equal(chance, Instantiate().Invoke("random")[0].AsDouble());
        Assert.NotEqual(chance, Instantiate(new() { RandomSeed = 43 }).Invoke("random")[0].AsDouble());
        Assert.NotEqual(chance, Instantiate(new() { RandomSource = bytes => bytes.Fill(1) }).Invoke("random")[0].AsDouble());
        var real = Instantiate(new() { TimeProvider = TimeProvider.System });
        Assert.InRange(real.Invoke("now")[0].AsDouble(), 1.7e12, double.MaxValue);
        Assert.InRange(real.Invoke("elapsed")[0].AsDouble(), 0, 1e9);
    }

    [Fact]
    public void Exit_is_an_exit() => Assert.Equal(7, Assert.Throws<WasmExitException>(() => Instantiate().Invoke("leave", 7)).ExitCode);

    [Theory]
    [InlineData("root", 27, 3)]
    [InlineData("round", 2.5, 3)]
    [InlineData("round", -2.5, -2)]
    [InlineData("round", 0.49999999999999994, 0)]
    public void Functions_of_Math_are_as_JavaScript_has_them(string function, double value, double expected) =>
        Assert.Equal(expected, Instantiate(program: "bare").Invoke(function, value)[0].AsDouble(), 1e-12);

    [Fact]
    public void Every_function_of_Math_takes_any_number()
    {
        var imports = new WasmImports();
        imports.AddAssemblyScript();
        double[] values = [0, -0.0, 1, -1, 0.5, 1e-20, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 4294967295, -2147483649];
        foreach (var name in "abs acos acosh asin asinh atan atanh cbrt ceil clz32 cos cosh exp expm1 floor fround log log10 log1p log2 round sign sin sinh sqrt tan tanh trunc".Split(' '))
        {
            var function = Assert.IsType<WasmFunction>(imports.GetDefinition("env", "Math." + name));
            foreach (var value in values)
                Assert.Single(function.Invoke(value));
        }
        foreach (var (name, x, y, expected) in new (string, double, double, double)[] { ("pow", 1, double.NaN, double.NaN), ("pow", 2, 10, 1024), ("imul", 4294967295, 5, -5), ("hypot", 3, 4, 5), ("atan2", 0, -1, Math.PI), ("max", -0.0, 0, 0) })
            Assert.Equal(expected, ((WasmFunction)imports.GetDefinition("env", "Math." + name)!).Invoke(x, y)[0].AsDouble());
        Assert.Equal(1e-20, ((WasmFunction)imports.GetDefinition("env", "Math.expm1")!).Invoke(1e-20)[0].AsDouble());
        Assert.Equal(1e-20, ((WasmFunction)imports.GetDefinition("env", "Math.log1p")!).Invoke(1e-20)[0].AsDouble());
    }

    [Fact]
    public void A_pointer_to_nowhere_is_a_trap()
    {
        runtime.AddAssemblyScript(new() { Output = output });
        var instance = runtime.Instantiate(WasmModule.Parse("""
            (module (import "env" "console.log" (func $log (param i32))) (memory 1) (data (i32.const 96) "\ff\ff\ff\ff")
              (func (export "log") (param i32) (call $log (local.get 0))))
            """));
        foreach (var pointer in (int[])[1, 3, 100, 65540, -1, int.MinValue])
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("log", pointer)).Code);
        instance.Invoke("log", 0);
        Assert.Equal("\n", output.ToString());
    }

    [Theory]
    [InlineData("program", true)]
    [InlineData("bare", false)]
    public void Modules_are_recognised_by_imports(string program, bool expected) => Assert.Equal(expected, AssemblyScriptExtensions.IsAssemblyScript(Program(program)));
}
