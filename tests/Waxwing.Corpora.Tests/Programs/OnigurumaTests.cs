using System.Text;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>What <see cref="Oniguruma"/> finds.</summary>
public sealed class OnigurumaTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly Oniguruma engine;

    public OnigurumaTests() => engine = new(runtime, Corpus.Load("oniguruma/onig.wasm"));

    public void Dispose() => runtime.Dispose();

    [Fact]
    public void The_leftmost_pattern_wins()
    {
        var scanner = Scanner("\\d+", "[a-z]+", "\\s+");
        Assert.Equal("1: 0-3", Find(scanner, "abc 123"));
        Assert.Equal("2: 3-4", Find(scanner, "abc 123", 3));
        Assert.Equal("0: 4-7", Find(scanner, "abc 123", 4));
        Assert.Equal("none", Find(scanner, "abc 123", 7));
    }

    [Fact]
    public void Captures_look_behind_and_back_references()
    {
        Assert.Equal("0: 4-11 4-5 5-10", Find(Scanner("(['\"])(.*?)\\1"), "x = \"it's\\\"\" y"));
        Assert.Equal("0: 7-10", Find(Scanner("(?<=foo)bar"), "bar foobar"));
        Assert.Equal("0: 0-9 0-9 8-9", Find(Scanner("(?<p>\\((?:[^()]|\\g<p>)*(\\)))"), "(a(b)(c))"));
        Assert.Equal("0: 2-6", Find(Scanner("\\p{Greek}+"), "a:λω!"));
    }

    [Fact]
    public void A_wrong_pattern_is_an_error_of_the_guest()
    {
        Assert.Equal(0, Scanner("("));
        Assert.Equal("end pattern with unmatched parenthesis", engine.LastError);
    }

    [Fact]
    public void Finds_the_same_as_the_platforms_engine_in_a_long_text()
    {
        const string Pattern = "(?:0x[0-9a-f]+|[0-9]+(?:\\.[0-9]+)?|[A-Za-z_]\\w*|\"[^\"]*\"|[^\\w\\s])";
        var text = File.ReadAllText(Waxwing.Tests.Repository.PathOf("tests", "corpora", "hello.c"));
        var scanner = Scanner(Pattern);
        var expected = System.Text.RegularExpressions.Regex.Matches(text, Pattern).Select(match => $"0: {match.Index}-{match.Index + match.Length}").ToList();
        var found = new List<string>();
        for (var at = 0; Find(scanner, text, at) is not "none" and var match; at = int.Parse(match[(match.IndexOf('-') + 1)..]))
            found.Add(match);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
    }

    private int Scanner(params ReadOnlySpan<string> patterns) => engine.Scanner(patterns);

    /// <summary>Index of the pattern, and from-to of the match and its groups in bytes.</summary>
    private string Find(int scanner, string text, int from = 0)
    {
        if (engine.Find(scanner, engine.NewText(text), from) is not { } match)
            return "none";
        var description = new StringBuilder($"{match.Pattern}:");
        for (var i = 0; i < match.Groups.Length; i += 2)
            description.Append($" {match.Groups[i]}-{match.Groups[i + 1]}");
        return description.ToString();
    }
}
