using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Waxwing.Compiler;

namespace Waxwing.Tests.Compiler;

/// <summary>Functions that RyuJIT would not optimise as they are.</summary>
public sealed class GiantFunctionTests
{
    private static readonly Dictionary<string, string> Programs = GiantPrograms.All.ToDictionary(program => program.Name, program => program.Text);

    private static readonly Dictionary<string, GiantThresholds> Divisions = new()
    {
        ["as always"] = GiantThresholds.Default,
        ["all inlined"] = new(new(0, 0, 0, 0, 0), int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue),
        ["cut"] = new(MethodSize.OptimizedByRyuJit, 2000, 2000, int.MaxValue, 2500, 300),
        ["cut small and inlined"] = new(new(0, 0, 0, 0, 0), 0, 0, int.MaxValue, 400, 60),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var program in Programs.Keys)
            {
                foreach (var division in Divisions.Keys)
                    cases.Add(program, division);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void However_it_is_divided_a_function_computes_what_the_interpreter_does(string program, string division)
    {
        using var expected = new Run(Programs[program], WasmEngineKind.Interpreter);
        using var actual = new Run(Programs[program], WasmEngineKind.Compiler, division);
        foreach (var argument in (int[])[0, 1, 7, 1000, 4095])
        {
            Assert.Equal(expected.Function(argument), actual.Function(argument));
            Assert.True(expected.Memory.SequenceEqual(actual.Memory), $"memory differs after run({argument})");
        }
    }

    [Theory]
    [InlineData("as always")]
    [InlineData("all inlined")]
    [InlineData("cut small and inlined")]
    public void A_trap_in_a_part_is_one_frame_of_its_function(string division)
    {
        var statements = string.Concat(Enumerable.Range(0, 4000).Select(i => $"(local.set $x (i32.add (local.get $x) (i32.const {i})))"));
        var text = $"(module (memory 1) (func $outer (export \"run\") (param i32) (result i64) (call $inner (local.get 0))) (func $inner (param i32) (result i64) (local $x i32) {statements} (i64.load (i32.or (local.get $x) (i32.const -8)))))";
        using var run = new Run(text, WasmEngineKind.Compiler, division);
        var trap = Assert.Throws<WasmTrapException>(() => run.Function(1));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal(["inner", "outer"], trap.Frames.Select(frame => frame.FunctionName));
    }

    [Theory]
    [InlineData("as always")]
    [InlineData("cut")]
    public void Endless_recursion_of_a_giant_ends_in_a_trap(string division)
    {
        var locals = string.Concat(Enumerable.Range(0, 400).Select(i => $"(local $v{i} i64)"));
        var statements = string.Concat(Enumerable.Range(0, 6000).Select(i => $"(local.set $v{i % 400} (i64.add (local.get $v{i * 7 % 400}) (i64.const {i})))"));
        var text = $"(module (memory 1) (func $run (export \"run\") (param i32) (result i64) {locals} {statements} (i64.add (local.get $v3) (call $run (i32.add (local.get 0) (i32.const 1))))))";
        using var run = new Run(text, WasmEngineKind.Compiler, division);
        Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => run.Function(0)).Code);
    }

    [Fact]
    public void A_frame_that_no_stack_holds_is_a_trap()
    {
        const int Count = 49_900;
        var locals = string.Join(' ', Enumerable.Repeat("i64", Count));
        var statements = string.Concat(Enumerable.Range(0, Count).Select(i => $"(local.set {i + 1} (i64.add (local.get {i * 7 % Count + 1}) (i64.const {i})))"));
        using var run = new Run($"(module (func $run (export \"run\") (param i32) (result i64) (local {locals}) {statements} (call $run (local.get 0))))", WasmEngineKind.Compiler);
        var trap = default(TrapCode);
        var thread = new Thread(() => trap = Assert.Throws<WasmTrapException>(() => run.Function(0)).Code, maxStackSize: 512 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(TrapCode.StackExhausted, trap);
    }

    [Fact]
    public void RyuJIT_optimises_every_part_of_every_giant()
    {
        var folder = Directory.CreateTempSubdirectory("waxwing-giants");
        try
        {
            var files = Programs.Select(program =>
            {
                var file = Path.Combine(folder.FullName, program.Key + ".wat");
                File.WriteAllText(file, program.Value);
                return file;
            }).ToArray();
            AssertOptimized(files);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // It failed on the test for zero when it unrolled the loop, and began again without optimising.
    [Theory]
    [InlineData("i32.ne")]
    [InlineData("i32.lt_u")]
    public void RyuJIT_optimises_a_loop_of_a_few_turns_whose_condition_is_kept(string comparison)
    {
        var folder = Directory.CreateTempSubdirectory("waxwing-loops");
        try
        {
            var file = Path.Combine(folder.FullName, "loop.wat");
            File.WriteAllText(file, $"""
                (module (memory 1) (func (param i32 i32) (local $more i32)
                  (local.set 0 (i32.const 0))
                  (loop
                    (local.set 0 (i32.add (local.get 0) (i32.const 1)))
                    (br_if 0 (local.tee $more ({comparison} (local.get 0) (i32.const 3)))))
                  (i32.store offset=28 (local.get 1) (local.get $more))))
                """);
            AssertOptimized(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Bounds checks are branches, but join nothing: with the variables that are only used around them taken for such as RyuJIT has to follow, QuickJS's loop was cut, and took seven times as long.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_loop_of_an_interpreter_stays_in_one_piece(bool guarded)
    {
        const int Arms = 250, Variables = 6;
        var arms = Enumerable.Range(0, Arms).Select(arm => string.Concat(Enumerable.Range(0, Variables).Select(i => (Arm: arm, Variable: 1 + arm * Variables + i))
            .Select(place => $"(local.set {place.Variable} (i32.load offset={place.Arm} (i32.mul (local.get 0) (i32.const {place.Arm}))))"
                + $"(i32.store offset={place.Arm} (i32.shl (local.get {place.Variable}) (i32.const 3)) (local.get 0))"
                + $"(local.set 0 (i32.xor (local.get 0) (local.get {place.Variable})))")) + "(br $next)");
        var module = WasmModule.Parse($"""
            (module (memory 1) (func (param i32) (local {string.Join(' ', Enumerable.Repeat("i32", Arms * Variables))})
              (loop $next
                {string.Concat(Enumerable.Repeat("(block ", Arms))}
                (br_table {string.Join(' ', Enumerable.Range(0, Arms))} (local.tee 0 (i32.load8_u (local.get 0))))
                {string.Concat(arms.Select(arm => ")" + arm))})))
            """);
        var code = new CompiledModule(module, metered: false).Code(guarded, polled: false);
        using var unit = new PEReader(new MemoryStream(code.Emit(0)));
        var reader = unit.GetMetadataReader();
        Assert.Equal(["f0", "f0.0"], reader.MethodDefinitions.Select(method => reader.GetString(reader.GetMethodDefinition(method).Name)));
    }

    private static void AssertOptimized(params ReadOnlySpan<string> files)
    {
        var methods = JitSummary.Of(files);
        Assert.Contains(methods, method => method.Contains("FullOpts", StringComparison.Ordinal));
        Assert.DoesNotContain(methods, method => method.Contains("MinOpts", StringComparison.Ordinal));
    }

    private sealed class Run : IDisposable
    {
        private readonly WasmRuntime runtime;
        private readonly WasmMemory? memory;

        public Run(string text, WasmEngineKind engine, string division = "as always")
        {
            runtime = new(new WasmRuntimeOptions { Engine = engine });
            var module = WasmModule.Parse(text);
            if (engine == WasmEngineKind.Compiler)
                ((CompiledModule)module.GetCode(runtime.Engine, metered: false)).Giants = Divisions[division];
            var instance = runtime.Instantiate(module);
            Function = instance.GetFunction<Func<int, long>>("run");
            memory = instance.Memories.Length > 0 ? instance.Memories[0] : null;
        }

        public Func<int, long> Function { get; }

        public ReadOnlySpan<byte> Memory => memory is null ? [] : memory.AsSpan(0, 65536);

        public void Dispose() => runtime.Dispose();
    }
}
