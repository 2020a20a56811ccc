using Waxwing.Tests;

namespace Waxwing.Corpora.Tests;

/// <summary>RyuJIT optimises every function of real programs, however large: the loops of their interpreters are.</summary>
public sealed class GiantFunctionTests
{
    [Theory]
    [InlineData("sqlite/sqlite3.wasm")]
    // Built for debugging: its interpreter has 8,006 locals.
    [InlineData("quickjs/emscripten-module.wasm")]
    [InlineData("oniguruma/onig.wasm")]
    [InlineData("tree-sitter/c.wasm")]
    public void RyuJIT_optimises_every_function(string name)
    {
        var methods = JitSummary.Of(Corpus.PathOf(name));
        Assert.True(methods.Count >= WasmModule.Load(Corpus.PathOf(name)).Context.Module.Code.Count, "every function is compiled");
        Assert.DoesNotContain(methods, method => method.Contains("MinOpts", StringComparison.Ordinal));
    }
}
