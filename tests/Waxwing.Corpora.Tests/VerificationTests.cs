using Waxwing.Compiler;
using Waxwing.Tests;
using Waxwing.Verification;

namespace Waxwing.Corpora.Tests;

/// <summary>The code of real programs is correct CIL: of the benchmark's kernels in all variants, of SQLite and QuickJS with their giant functions.</summary>
public sealed class VerificationTests
{
    public static TheoryData<string> Kernels => [.. Directory.GetFiles(Repository.PathOf("bench", "kernels"), "*.wasm").Select(path => new TheoryDataRow<string>(Path.GetFileName(path)))];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Code_of_kernels(string name) => Assert.Empty(EmittedCode.Verify(WasmModule.Load(Repository.PathOf("bench", "kernels", name)), GiantThresholds.Default, EmittedCode.AllVariants));

    [Theory]
    [InlineData("sqlite/sqlite3.wasm")]
    [InlineData("quickjs/emscripten-module.wasm")]
    [InlineData("oniguruma/onig.wasm")]
    public void Code_of_programs(string name) => Assert.Empty(EmittedCode.Verify(Corpus.Load(name), GiantThresholds.Default, [CodeVariant.Guarded, CodeVariant.Polled]));
}
