using Waxwing.Tests;

namespace Waxwing.Corpora.Tests;

/// <summary>The samples that drive real programs, as a reader runs them.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData("Sqlite", "sqlite/sqlite3.wasm", "3.41.2\n10000|50005000\n")]
    [InlineData("QuickJs", "quickjs/emscripten-module.wasm",
        "1267650600228229401496703205376\n6765\n{\"odd\":[1,3,5],\"even\":[2,4]}\n...awxwing\nRangeError: out of cheese\n")]
    [InlineData("Ruby", "ruby/ruby+stdlib.wasm",
        "ruby 3.4.1 (2024-12-25 revision 48d4efcb85) +PRISM [wasm32-wasi]\n2432902008176640000\n{\"squares\":[1,4,9,16,25]}\nRuby writes to standard output\n[1, 3]\n"
        + "#<ArgumentError: invalid value for Integer(): \"twelve\">\n")]
    public void Prints(string sample, string module, string expected)
    {
        _ = Corpus.PathOf(module);
        // The output folder of this project, with the sample in its place: same configuration, same framework.
        var folder = AppContext.BaseDirectory.Replace(Repository.PathOf("tests", "Waxwing.Corpora.Tests"), Repository.PathOf("samples", sample));
        var run = ProcessRun.Dotnet(Path.Combine(folder, sample + ".dll"));
        Assert.Equal((0, expected, ""), (run.ExitCode, run.Output, run.Error));
    }
}
