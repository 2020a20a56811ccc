namespace Waxwing.Tests.Text;

/// <summary>Errors of validation in a module from text say where in the text.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData("(module\n  (func (result i32)\n    i64.const 1))", "type mismatch", 3, 16)] // found at the end of the function
    [InlineData("(module\n  (func\n    i32.const 1\n    i64.eqz\n    drop))", "type mismatch", 4, 5)]
    [InlineData("(module\n  (func\n    (drop\n      (i64.eqz\n        (i32.const 1)))))", "type mismatch", 4, 8)]
    [InlineData("(module\n  (func (block\n    (if (i64.const 1)\n      (then nop)))))", "type mismatch", 3, 6)]
    [InlineData("(module\n  (func (if (i32.const 1)\n    (then (i32.const 1))\n    (else (nop)))))", "type mismatch", 4, 6)]
    [InlineData("(module\n  (func (block (result i32)\n    nop\n  )\n drop))", "type mismatch", 4, 3)]
    [InlineData("(module\n  (func nop)\n  (func call 9))", "unknown function", 3, 9)]
    [InlineData("(module\n  (global i32\n    (i64.const 0)))", "type mismatch", 3, 18)] // as above
    [InlineData("(module\n  (export \"a\" (func 7)))", "unknown function", 2, 11)]
    [InlineData("(module\n  (func)\n  (export \"a\" (func 0))\n  (export \"a\" (func 0)))", "duplicate export name", 4, 11)]
    [InlineData("(module\n  (elem (table 3) (i32.const 0) func))", "unknown table", 2, 9)]
    [InlineData("(module\n  (data (memory 3) (i32.const 0) \"\"))", "unknown memory", 2, 9)]
    [InlineData("(module\n  (start 3))", "unknown function", 2, 10)]
    [InlineData("(module\n  (import \"a\" \"b\" (func (type 5))))", "unknown type", 2, 25)]
    [InlineData("(module\n  (type (sub (func)))\n  (type (sub 0 0 (func))))", "too many supertypes", 3, 16)]
    public void Line_and_column_are_those_of_the_instruction_or_definition(string text, string phrase, int line, int column)
    {
        var error = Assert.Throws<WasmValidationException>(() => WasmModule.Parse(text));
        Assert.StartsWith(phrase, error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"at {line}:{column})", error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column, -1L), (error.Line, error.Column, error.Offset));
    }

    [Fact]
    public void A_byte_order_mark_is_ignored() => WasmModule.Load((byte[])[0xEF, 0xBB, 0xBF, .. "(module)"u8]);
}
