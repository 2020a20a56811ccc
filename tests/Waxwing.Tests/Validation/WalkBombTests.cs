using System.Diagnostics;
using Waxwing.Binary;
using Waxwing.Syntax;
using static Waxwing.Tests.Validation.ModuleBuilder;

namespace Waxwing.Tests.Validation;

/// <summary>Bodies made to be expensive: nothing may recurse on their depth, nor take more than linear time or memory.</summary>
public sealed class WalkBombTests
{
    private const byte Unreachable = 0x00, Block = 0x02, Loop = 0x03, If = 0x04, Else = 0x05, Try = 0x06, CatchAll = 0x19, End = 0x0B, Br = 0x0C, BrTable = 0x0E, Call = 0x10,
        TryTable = 0x1F, Drop = 0x1A, I32Const = 0x41, I32Add = 0x6A, Empty = 0x40;

    public static TheoryData<string> Openers => ["block", "loop", "if", "else", "try", "catch", "try_table"];

    [Theory]
    [MemberData(nameof(Openers))]
    public void A_million_nested_blocks_are_only_long(string opener)
    {
        const int Depth = 1_000_000;
        byte[] open = opener switch
        {
            "block" => [Block, Empty],
            "loop" => [Loop, Empty],
            "if" => [I32Const, 0, If, Empty],
            "else" => [I32Const, 0, If, Empty, Else],
            "try" => [Try, Empty],
            "catch" => [Try, Empty, CatchAll],
            _ => [TryTable, Empty, 0],
        };
        Limited(new ModuleBuilder().Type([], []).Function(0, writer =>
        {
            for (var depth = 0; depth < Depth; depth++)
                writer.Bytes(open);
            for (var depth = 0; depth <= Depth; depth++)
                writer.Byte(End);
        }));
    }

    [Fact]
    public void Unclosed_blocks_end_in_an_error() =>
        new ModuleBuilder().Type([], []).Function(0, writer =>
        {
            for (var depth = 0; depth < 1_000_000; depth++)
                writer.Bytes([Block, Empty]);
        }).Fails("unexpected end of section or function");

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Millions_of_labels_are_linear(int arity)
    {
        const int Labels = 7_000_000;
        var values = Enumerable.Repeat(ValType.I32, arity).ToArray();
        Limited(new ModuleBuilder().Type([], values).Type(values, [])
            .Function(0, writer =>
            {
                for (var count = 0; count < arity; count++)
                    writer.Bytes([I32Const, 0]);
                // Two labels of the same type in turn, so that remembering the last one checked is not enough.
                writer.Bytes([Block, 0, Unreachable]);
                for (var count = 0; count < arity; count++)
                    writer.Bytes([I32Const, 0]);
                writer.Bytes([I32Const, 0, BrTable]);
                writer.Index(Labels);
                for (var label = 0; label <= Labels; label++)
                    writer.Byte((byte)(label & 1));
                writer.Byte(End);
                writer.Byte(Unreachable);
                writer.Byte(End);
            }));
    }

    [Fact]
    public void A_label_count_that_lies_allocates_nothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        new ModuleBuilder().Type([], []).Function(0, "41 00 0E FF FF FF FF 0F 00 0B").Fails("length out of bounds");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Calls_that_push_a_thousand_values_each_meet_the_bound()
    {
        var values = Enumerable.Repeat(ValType.I32, 1000).ToArray();
        Limited(new ModuleBuilder().Type([], values).Type([], [])
            .Function(0, "00 0B")
            .Function(1, writer =>
            {
                for (var count = 0; count < 3_000_000; count++)
                    writer.Bytes([Call, 0]);
                writer.Byte(End);
            }), "operand stack too high");
    }

    [Fact]
    public void A_body_of_the_largest_size_full_of_additions_is_linear() =>
        Limited(new ModuleBuilder().Type([], []).Function(0, writer =>
        {
            writer.Bytes([I32Const, 1]);
            for (var count = 0; count < 2_500_000; count++)
                writer.Bytes([I32Const, 1, I32Add]);
            writer.Bytes([Drop, End]);
        }));

    [Fact]
    public void Blocks_with_a_thousand_parameters_and_results_are_linear()
    {
        var values = Enumerable.Repeat(ValType.I64, 1000).ToArray();
        Limited(new ModuleBuilder().Type(values, values).Type([], values)
            .Function(1, "00 0B")
            .Function(1, writer =>
            {
                writer.Bytes([Call, 0]);
                for (var count = 0; count < 1_000_000; count++)
                    writer.Bytes([Block, 0, End]);
                for (var count = 0; count < 1_000_000; count++)
                    writer.Bytes([Loop, 0]);
                for (var count = 0; count <= 1_000_000; count++)
                    writer.Byte(End);
            }));
    }

    [Fact]
    public void Functions_with_many_locals_cost_what_their_bytes_do()
    {
        var builder = new ModuleBuilder().Type([], []);
        for (var count = 0; count < 100_000; count++)
            builder.Function(0, "20 CF 86 03 1A 0B", locals: "01 D0 86 03 7E");
        Limited(builder);
    }

    [Theory]
    [InlineData("02 FF FF FF FF 0F 7F FF FF FF FF 0F 7E")]
    [InlineData("01 D1 86 03 7F")]
    [InlineData("02 01 7F D0 86 03 7F")]
    public void Too_many_locals_are_refused(string locals)
    {
        new ModuleBuilder().Type([], []).Function(0, "0B", locals).Fails("too many locals");
        var error = Assert.Throws<WasmFormatException>(() => Validation_Locals(locals));
        Assert.Equal("too many locals", error.Phrase);
    }

    private static void Validation_Locals(string locals) =>
        Waxwing.Validation.FunctionValidator.Locals(new ModuleBuilder().Type([], []).Function(0, "0B", locals).Build(), 0);

    [Fact]
    public void Array_new_fixed_counts_what_is_on_the_stack()
    {
        // array.new_fixed of 2^32-1 elements, once on an empty stack and once in unreachable code.
        new ModuleBuilder().Types([Array(new(ValType.I32, true))]).Type([], []).Function(1, "FB 08 00 FF FF FF FF 0F 1A 0B").Fails("type mismatch");
        Limited(new ModuleBuilder().Types([Array(new(ValType.I32, true))]).Type([], []).Function(1, "00 FB 08 00 FF FF FF FF 0F 1A 0B"));
    }

    [Fact]
    public void Chains_of_supertypes_have_an_end()
    {
        SubType[][] Chain(int length) => [.. Enumerable.Range(0, length).Select(index => new[] { Struct([], super: index - 1, final: false) })];
        new ModuleBuilder().Types(Chain(64)).Validate();
        new ModuleBuilder().Types(Chain(65)).Fails("sub type 64 does not match super type 63");
    }

    [Fact]
    public void Chains_of_wide_structs_are_linear()
    {
        FieldType[] fields = [.. Enumerable.Repeat(new FieldType(ValType.AnyRef, true), 10_000)];
        Limited(new ModuleBuilder().Types([.. Enumerable.Range(0, 60).Select(index => new[] { Struct(fields, super: index - 1, final: false) })]));
    }

    private static void Limited(ModuleBuilder builder, string? phrase = null)
    {
        var watch = Stopwatch.StartNew();
        if (phrase is null)
            builder.Validate();
        else
            builder.Fails(phrase);
        // A second or so on an idle machine; what is not linear takes hours. Wide, because test machines are busy.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), $"took {watch.Elapsed}");
    }
}
