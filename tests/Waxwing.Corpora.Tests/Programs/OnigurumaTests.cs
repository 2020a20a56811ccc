using System.Text;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>The regular expression engine of editors' syntax highlighting: a scanner of many patterns finds which matches first, and where.</summary>
public sealed class OnigurumaTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly WasmInstance onig;
    private readonly Func<int, int> malloc;
    private readonly Dictionary<string, int> constants = [];
    private int strings;

    public OnigurumaTests()
    {
        var module = Corpus.Load("oniguruma/onig.wasm");
        runtime.DefineEmscripten(module);
        runtime.Define("env", "emscripten_memcpy_big", (WasmCaller caller, int target, int source, int count) =>
            caller.Memory.AsSpan((uint)source, count).CopyTo(caller.Memory.AsSpan((uint)target, count)));
        // The guest tells its constants, addresses of its data among them, when it is initialised.
        runtime.Define("env", "_embind_register_constant", (WasmCaller caller, int name, int type, double value) =>
        {
            constants[caller.Memory.ReadCString(name)] = (int)value;
        });
        onig = runtime.Instantiate(module);
        onig.Invoke("__wasm_call_ctors");
        onig.Invoke("_embind_initialize_bindings");
        malloc = onig.GetFunction<Func<int, int>>("omalloc");
    }

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
        Assert.Equal("end pattern with unmatched parenthesis", onig.Memory.ReadCString(onig.Invoke("getLastOnigError")[0].AsInt32()));
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

    private int Scanner(params ReadOnlySpan<string> patterns)
    {
        var (addresses, lengths) = (malloc(4 * patterns.Length), malloc(4 * patterns.Length));
        for (var i = 0; i < patterns.Length; i++)
        {
            var (address, length) = New(patterns[i]);
            onig.Memory.Write(addresses + 4 * i, address);
            onig.Memory.Write(lengths + 4 * i, length);
        }
        return onig.Invoke("createOnigScanner", addresses, lengths, patterns.Length, constants["ONIG_OPTION_CAPTURE_GROUP"], constants["ONIG_SYNTAX_DEFAULT"])[0].AsInt32();
    }

    /// <summary>Index of the pattern, and from-to of the match and its groups in bytes.</summary>
    private string Find(int scanner, string text, int from = 0)
    {
        var (address, length) = New(text);
        var result = onig.Invoke("findNextOnigScannerMatch", scanner, ++strings, address, length, from, 0)[0].AsInt32();
        if (result == 0)
            return "none";
        var numbers = onig.Memory.AsSpan<int>(result, 2);
        var groups = onig.Memory.AsSpan<int>(result + 8, 2 * numbers[1]);
        var description = new StringBuilder($"{numbers[0]}:");
        for (var i = 0; i < groups.Length; i += 2)
            description.Append($" {groups[i]}-{groups[i + 1]}");
        return description.ToString();
    }

    private (int Address, int Length) New(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var address = malloc(length + 1);
        onig.Memory.WriteUtf8(address, text);
        return (address, length);
    }
}
