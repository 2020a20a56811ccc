using Waxwing.Binary;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

/// <summary>Depth comes from the input, so it must cost memory, never stack. Each test runs on a thread with a quarter of the usual stack.</summary>
public sealed class NestingTests
{
    private const int Deep = 1_000_000;
    private static readonly WasmLimits Roomy = WasmLimits.Default with { FunctionBodySize = 1 << 28 };

    private static void OnSmallStack(Action test)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    test();
                }
                catch (Exception error)
                {
                    failure = error;
                }
            }, 256 << 10);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [Theory]
    [InlineData("(", "unexpected token")]
    [InlineData("(;", "unclosed comment")]
    [InlineData("(@a ", "unclosed annotation")]
    [InlineData("(module ", "unexpected token")]
    [InlineData("(func (block ", "unexpected token")]
    public void Openings_without_an_end_are_refused(string opening, string phrase) =>
        OnSmallStack(() => Assert.StartsWith(phrase, Error(Repeat(opening, Deep)), StringComparison.Ordinal));

    [Theory]
    [InlineData("(;", ";)")]
    [InlineData("(@a ", ")")]
    public void Comments_and_annotations_nest(string open, string close) =>
        OnSmallStack(() => Assert.Empty(Parse($"{Repeat(open, Deep)}{Repeat(close, Deep)}(module)").Functions));

    [Theory]
    [InlineData("(drop ", ")", 1)]
    [InlineData("(block ", ")", 3)]
    [InlineData("(if ", "(then))", 3)]
    [InlineData("(if (i32.const 0) (then ", "))", 5)]
    [InlineData("(if (i32.const 0) (then) (else ", "))", 6)]
    [InlineData("(try (do ", "))", 3)]
    [InlineData("(try_table ", ")", 4)]
    [InlineData("block $l ", "end $l ", 3)]
    [InlineData("try ", "delegate 0 ", 4)]
    public void Instructions_nest(string open, string close, int bytes) => OnSmallStack(() =>
    {
        var module = Parse($"(module (func {Repeat(open, Deep)}{Repeat(close, Deep)}))", limits: Roomy);
        Assert.Equal((Deep * bytes) + 2, module.Code[0].Range.Length);
    });

    [Fact]
    public void Deep_code_is_printed_and_read_again() => OnSmallStack(() =>
    {
        var module = Parse($"(module (func {Repeat("block $l ", 200_000)} br 199999 br $l {Repeat("end ", 200_000)}))", limits: Roomy);
        var again = Parse(Print(module), limits: Roomy);
        Assert.True(Encoder.Encode(module).AsSpan().SequenceEqual(Encoder.Encode(again)));
    });

    [Fact]
    public void Patterns_and_threads_in_scripts_nest_to_a_limit() => OnSmallStack(() =>
    {
        var script = ScriptParser.Parse(Utf8($"(assert_return (invoke \"f\") {Repeat("(either ", Deep)}{Repeat(")", Deep)})(wait $t)"), WasmLimits.Default);
        Assert.IsType<MalformedCommand>(script.Commands[0]);
        Assert.Equal(new WaitCommand(1, "t"), script.Commands[1]);
        Assert.Single(ScriptParser.Parse(Utf8(Repeat("(thread ", 10_000) + Repeat(")", 10_000)), WasmLimits.Default).Commands);
    });

    [Fact]
    public void A_token_may_be_as_long_as_the_text()
    {
        Assert.StartsWith("unknown operator aaa", Error(new string('a', 20_000_000)), StringComparison.Ordinal);
        Assert.StartsWith("length out of bounds", Error($"(func ${new string('a', 20_000_000)})"), StringComparison.Ordinal);
        Assert.Equal(20_000_000, Parse($"(data \"{new string('a', 20_000_000)}\")").Data[0].Content.Length);
        Assert.StartsWith("constant out of range", Error($"(global i64 (i64.const {new string('9', 5_000_000)}))"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_is_found_among_many_in_constant_time()
    {
        var count = 100_000;
        var module = Parse($"(func block $far {Repeat("block $near br $far ", count)}{Repeat("end ", count)} end)");
        Assert.Equal(count, Print(module).Split("br $far").Length - 1);
    }
}
