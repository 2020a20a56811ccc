namespace Waxwing.Tests.Compiler;

/// <summary>Operands that wait for others, in numbers.</summary>
public sealed class OperandStackTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(140)]
    [InlineData(300)]
    [InlineData(5000)]
    public void Many_operands_wait_for_the_innermost(int depth)
    {
        // x + 31 * (x + 31 * (... 1)), all pushed before the first is consumed.
        var pushes = string.Concat(Enumerable.Repeat("local.get 0 i32.const 31 ", depth));
        var pops = string.Concat(Enumerable.Repeat("i32.mul i32.add ", depth));
        var module = WasmModule.Parse($"(module (func (export \"f\") (param i32) (result i32) {pushes} i32.const 1 {pops}))");
        using var runtime = new WasmRuntime(new() { Engine = WasmEngineKind.Compiler });
        var expected = 1;
        for (var i = 0; i < depth; i++)
            expected = unchecked(7 + 31 * expected);
        Assert.Equal(expected, runtime.Instantiate(module).Invoke("f", 7)[0].AsInt32());
    }
}
