using Waxwing.Cli;

namespace Waxwing.Tests.Cli;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("5s", 5_000)]
    [InlineData("1.5", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Durations(string text, double milliseconds) => Assert.Equal(milliseconds, Duration.Parse(text).TotalMilliseconds);

    [Theory]
    [InlineData("")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("5 s")]
    [InlineData("s")]
    [InlineData("1e9h")]
    [InlineData("99999999999h")]
    public void Bad_durations(string text) => Assert.Throws<UsageException>(() => Duration.Parse(text));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("65536", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("1.5MiB", 1_572_864)]
    [InlineData("2GiB", 2_147_483_648)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("7B", 7)]
    public void Sizes(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1 MiB")]
    [InlineData("9999999999GiB")]
    [InlineData("99999999999999999999999999999999999999")]
    public void Bad_sizes(string text) => Assert.Throws<UsageException>(() => ByteSize.Parse(text));

    [Theory]
    [InlineData("all", WasmFeatures.All)]
    [InlineData("wasm2,threads", WasmFeatures.Wasm2 | WasmFeatures.Threads)]
    [InlineData("wasm1,+simd", WasmFeatures.Simd)]
    [InlineData("-multi-memory", WasmFeatures.All & ~WasmFeatures.MultiMemory)]
    [InlineData("Wasm3,-gc", WasmFeatures.Wasm3 & ~WasmFeatures.GC)]
    public void Feature_lists(string text, WasmFeatures features) => Assert.Equal(features, FeatureList.Parse(text));

    [Theory]
    [InlineData("threadz")]
    [InlineData("12")]
    [InlineData("-")]
    public void Bad_feature_lists(string text) => Assert.Throws<UsageException>(() => FeatureList.Parse(text));

    [Fact]
    public void Every_feature_has_a_name_that_parses() =>
        Assert.All(Enum.GetValues<WasmFeatures>(), feature => Assert.Equal(feature, FeatureList.Parse(FeatureList.Name(feature))));

    [Fact]
    public void Directory_grants()
    {
        var folder = Path.GetTempPath();
        Assert.Equal(new(folder, folder, GrantMode.Full), DirectoryGrant.Parse(folder));
        Assert.Equal(new(folder, "/data", GrantMode.ReadOnly), DirectoryGrant.Parse($"{folder}::/data,ro"));
        Assert.Equal(new(folder, "/data", GrantMode.Overlay), DirectoryGrant.Parse($"{folder}::/data,overlay"));
        Assert.Throws<UsageException>(() => DirectoryGrant.Parse($"{folder}::"));
        Assert.Throws<UsageException>(() => DirectoryGrant.Parse($"{folder}::a::b"));
        Assert.Throws<UsageException>(() => DirectoryGrant.Parse(Path.Combine(folder, Guid.NewGuid().ToString())));
    }

    [Theory]
    [InlineData("--help", "--help")]
    [InlineData("run app.wasm --help", "run -- app.wasm --help")]
    [InlineData("run --timeout 5s app.wasm --timeout 7s", "run --timeout 5s -- app.wasm --timeout 7s")]
    [InlineData("run --timeout=5s app.wasm", "run --timeout=5s -- app.wasm")]
    [InlineData("run --stats app.wasm x", "run --stats -- app.wasm x")]
    [InlineData("run - -x", "run -- - -x")]
    [InlineData("run -- --strange-name", "run -- --strange-name")]
    [InlineData("print -o x app.wasm", "print -o x app.wasm")]
    public void What_follows_the_file_is_the_guests(string line, string arranged) =>
        Assert.Equal(arranged, string.Join(' ', Words.Arrange(CommandLine.Create(), line.Split(' '))));

    [Theory]
    [InlineData("run --nope app.wasm", "--nope")]
    [InlineData("print app.wasm -x", "-x")]
    [InlineData("frob", "frob")]
    public void Unknown_words_are_named(string line, string word) =>
        Assert.Contains($"`{word}`", Assert.Throws<UsageException>(() => Words.Arrange(CommandLine.Create(), line.Split(' '))).Message, StringComparison.Ordinal);
}
