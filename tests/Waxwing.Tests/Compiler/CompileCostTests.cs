using Waxwing.Compiler;

namespace Waxwing.Tests.Compiler;

/// <summary>
/// What RyuJIT takes more than its share of time for, in functions that are small as WebAssembly: it is bounded, and what the functions compute is what the interpreter says. Structure is asserted, not time.
/// </summary>
public sealed class CompileCostTests
{
    private static string Times(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));

    private static string Nested(int tries) =>
        Times(tries, i => $"(block $h{i} (result i32) (try_table (catch $t $h{i}) (local.set $s (i32.add (local.get $s) (call $maybe (i32.sub (local.get 0) (i32.const {i})))))")
        + Times(tries, i => $") (i32.const {i})) (local.set $s (i32.add (local.get $s)))");

    private static string InARow(int tries) =>
        Times(tries, i => $"(block $h{i} (result i32) (try_table (catch $t $h{i}) (local.set $s (i32.add (local.get $s) (call $maybe (i32.sub (local.get 0) (i32.const {i})))))) (i32.const {i})) (local.set $s (i32.add (local.get $s)))");

    /// <summary>A function that throws 7 when it gets 5, and one that has a body.</summary>
    private static string Module(string body, string locals = "", string fields = "") => $"""
        (module
          (tag $t (param i32)) (tag $u)
          {fields}
          (func $maybe (param i32) (result i32) (if (i32.eq (local.get 0) (i32.const 5)) (then (throw $t (i32.const 7)))) (local.get 0))
          (func (export "run") (param i32) (result i32) (local $s i32) {locals} {body} (local.get $s)))
        """;

    private static (IlBuffer Code, string? Interpreted) Emit(WasmModule module)
    {
        var emitter = new FunctionEmitter(module.Context, CodeVariant.Guarded);
        var code = emitter.EmitOrReport(module.Context.ImportedFunctions + module.Context.Module.Code.Count - 1);
        return (code, emitter.InterpretedBecause);
    }

    private static void AssertSameAsInterpreter(string text, params ReadOnlySpan<int> arguments)
    {
        using var interpreter = new WasmRuntime(new() { Engine = WasmEngineKind.Interpreter });
        using var compiler = new WasmRuntime(new() { Engine = WasmEngineKind.Compiler });
        var expected = interpreter.Instantiate(WasmModule.Parse(text)).GetFunction<Func<int, int>>("run");
        var actual = compiler.Instantiate(WasmModule.Parse(text)).GetFunction<Func<int, int>>("run");
        foreach (var argument in arguments)
            Assert.Equal(expected(argument), actual(argument));
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(9, 1)]
    [InlineData(200, 1)]
    [InlineData(3000, 1)]
    public void Tries_deep_in_one_another_share_a_region(int tries, int regions)
    {
        var text = Module(Nested(tries));
        var (code, interpreted) = Emit(WasmModule.Parse(text));
        Assert.Null(interpreted);
        Assert.Equal(regions, code.RegionCount);
        AssertSameAsInterpreter(text, 0, 5, 8, tries / 2, tries + 5);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 1)]
    [InlineData(2000, 1)]
    public void Many_tries_share_a_region(int tries, int regions)
    {
        var text = Module(InARow(tries));
        var (code, interpreted) = Emit(WasmModule.Parse(text));
        Assert.Null(interpreted);
        Assert.Equal(regions, code.RegionCount);
        AssertSameAsInterpreter(text, 0, 5, tries / 2, tries + 4, tries + 5);
    }

    [Fact]
    public void Parts_of_a_function_of_many_tries_have_a_region_each_and_are_optimised_as_they_are()
    {
        var module = WasmModule.Parse(Module(InARow(2000)));
        var emitter = new FunctionEmitter(module.Context, CodeVariant.Guarded);
        var parts = new List<MethodDraft>();
        GiantFunction.Divide(1, module.Context.FunctionType(1), emitter.EmitOrReport(1, isFrugal: true), emitter, module.Context.FunctionType, GiantThresholds.Default, parts);
        Assert.True(parts.Count > 3);
        Assert.All(parts, part =>
        {
            Assert.Equal(1, part.Body.RegionCount);
            Assert.True(MethodSize.Of(part.Body, part.Parameters.Length).IsWithin(MethodSize.OptimizedByRyuJit));
            Assert.Empty(VariableBudget.Excess(part.Body, part.Parameters.Length - 1));
        });
    }

    [Fact]
    public void A_try_of_many_clauses_has_no_filter_that_compares_with_all()
    {
        var text = Module($"(block $u (block $h (result i32) (try_table {Times(3000, _ => "(catch $u $u)")} (catch $t $h) (local.set $s (call $maybe (local.get 0)))) (i32.const 1)) (local.set $s (i32.add (local.get $s))))");
        var (code, _) = Emit(WasmModule.Parse(text));
        Assert.NotNull(code.Shared);
        AssertSameAsInterpreter(text, 4, 5, 6);
    }

    /// <summary>More of them than a table can number.</summary>
    [Fact]
    public void Too_many_tries_are_interpreted()
    {
        var text = Module(Times(60_001, _ => "(block (try_table (catch_all 0) (drop (call $maybe (i32.const 5)))))") + "(local.set $s (i32.const 3))");
        Assert.NotNull(Emit(WasmModule.Parse(text)).Interpreted);
        AssertSameAsInterpreter(text, 1);
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(300, true)]
    public void Loops_too_deep_in_one_another_are_interpreted(int depth, bool isInterpreted)
    {
        var text = Module(Times(depth, _ => "(loop (local.set $s (i32.add (local.get $s) (i32.const 1))) ") + Times(depth, _ => "(br_if 0 (i32.lt_u (local.get $s) (local.get 0))))"));
        Assert.Equal(isInterpreted, Emit(WasmModule.Parse(text)).Interpreted is not null);
        AssertSameAsInterpreter(text, 0, 1, 5000);
    }

    /// <summary>Each call is two bytes and moves two thousand values.</summary>
    [Fact]
    public void Functions_whose_code_would_be_out_of_proportion_are_interpreted()
    {
        var types = string.Join(' ', Enumerable.Repeat("i32", 1000));
        var text = Module(
            Times(1000, i => $"(i32.add (local.get 0) (i32.const {i}))") + Times(100, _ => "(call $many)") + Times(999, _ => "i32.xor ") + "(local.set $s)",
            fields: $"(func $many (param {types}) (result {types}) {Times(1000, i => $"(local.get {999 - i})")})");
        var module = WasmModule.Parse(text);
        var (code, interpreted) = Emit(module);
        Assert.NotNull(interpreted);
        Assert.True(code.Count < 100);
        AssertSameAsInterpreter(text, 1, 77);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RyuJIT_follows_fewer_variables_where_very_many_branches_meet(bool isInTry)
    {
        const int Variables = 400, Branches = 1200;
        var locals = $"(local {string.Join(' ', Enumerable.Repeat("i32", Variables))})";
        var branches = Times(Branches, i => $"(br_if $end (i32.eq (local.get 0) (i32.const {i}))) (local.set {2 + i % Variables} (i32.add (local.get {2 + i * 7 % Variables}) ({(isInTry ? "call $maybe (i32.const" : "i32.add (i32.const 1) (i32.const")} {6 + i}))))");
        var body = isInTry ? $"(block $end (drop (block $h (result i32) (try_table (catch $t $h) {branches}) (i32.const 0))))" : $"(block $end {branches})";
        var text = Module(body + Times(Variables, i => $"(local.set $s (i32.add (i32.mul (local.get $s) (i32.const 3)) (local.get {2 + i})))"), locals);
        var (code, interpreted) = Emit(WasmModule.Parse(text));
        Assert.Null(interpreted);
        var excess = VariableBudget.Excess(code, 1);
        Assert.InRange(excess.Count, 1, Variables + 10);
        var exposed = 0;
        foreach (ref readonly var instruction in code.Instructions)
            exposed += instruction.Operand == IlOperand.Member && code.Object(instruction.Index).Equals(Support.Expose) ? 1 : 0;
        Assert.Equal(excess.Count, exposed);
        AssertSameAsInterpreter(text, 0, 7, 600, 5000);
    }
}
