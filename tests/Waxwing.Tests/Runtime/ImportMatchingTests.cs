namespace Waxwing.Tests.Runtime;

/// <summary>The rules of import matching for memories, one row a case, with the whole message: provider, importer, result (null for links).</summary>
public sealed class ImportMatchingTests
{
    private const string Prefix = "incompatible import type: import \"env\" \"memory\": needs ";

    [Theory]
    [InlineData("102 65536 shared", "1024", "1024.. pages, \"env\" provides 102..65536 pages shared (now 102)")]
    [InlineData("102 65536 shared", "1024 65536 shared", "1024..65536 pages shared, \"env\" provides 102..65536 pages shared (now 102)")]
    [InlineData("102 65536 shared", "102 200 shared", "102..200 pages shared, \"env\" provides 102..65536 pages shared (now 102)")]
    [InlineData("102 1024", "102 200 shared", "102..200 pages shared, \"env\" provides 102..1024 pages (now 102)")]
    [InlineData("102", "102 65536", "102..65536 pages, \"env\" provides 102.. pages (now 102)")]
    [InlineData("102 65536 shared", "102", "102.. pages, \"env\" provides 102..65536 pages shared (now 102)")]
    [InlineData("102 65536 shared", "102 65536", "102..65536 pages, \"env\" provides 102..65536 pages shared (now 102)")]
    [InlineData("102", "102 65536 shared", "102..65536 pages shared, \"env\" provides 102.. pages (now 102)")]
    [InlineData("i64 1", "1", "1.. pages, \"env\" provides 1.. pages i64 (now 1)")]
    [InlineData("1", "i64 1", "1.. pages i64, \"env\" provides 1.. pages (now 1)")]
    [InlineData("1 (pagesize 1)", "0", "0.. pages, \"env\" provides 1.. pages of 1 bytes (now 1)")]
    [InlineData("102 65536 shared", "102 65536 shared", null)]
    [InlineData("102 65536 shared", "0 65536 shared", null)]
    [InlineData("102 200", "102 201", null)]
    [InlineData("102 200", "100", null)]
    [InlineData("0", "0", null)]
    [InlineData("i64 2 3", "i64 1 4", null)]
    public void Memory_limits_match_as_specified(string provider, string importer, string? problem)
    {
        using var runtime = Modules.NewRuntime();
        runtime.Instantiate($"(module (memory (export \"memory\") {provider}))", "env");
        var module = Modules.Parse($"(module (import \"env\" \"memory\" (memory {importer})))");
        if (problem is null)
        {
            using var importing = runtime.Instantiate(module);
            Assert.Same(runtime.GetInstance("env")!.GetMemory(), importing.Memories[0]);
        }
        else
        {
            var error = Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module));
            Assert.Equal(Prefix + problem, error.Message);
            Assert.Equal(("env", "memory"), (error.ModuleName, error.ImportName));
        }
    }

    [Fact]
    public void The_present_size_counts()
    {
        using var runtime = Modules.NewRuntime();
        var provider = runtime.Instantiate("(module (memory (export \"memory\") 2 65536 shared))", "env");
        var module = Modules.Parse("(module (import \"env\" \"memory\" (memory 10 65536 shared)))");
        Assert.EndsWith("(now 2)", Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module)).Message);
        Assert.Equal(2, provider.GetMemory().Grow(7));
        Assert.EndsWith("provides 2..65536 pages shared (now 9)", Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module)).Message);
        Assert.Equal(9, provider.GetMemory().Grow(1));
        using var importing = runtime.Instantiate(module);
        Assert.Equal(10, importing.Memories[0].Pages);
    }

    [Theory]
    [InlineData("(table (export \"x\") 10 20 funcref)", "(table 11 20 funcref)", "needs 11..20 funcref, \"env\" provides 10..20 funcref (now 10)")]
    [InlineData("(table (export \"x\") 10 20 funcref)", "(table 10 19 funcref)", "needs 10..19 funcref, \"env\" provides 10..20 funcref (now 10)")]
    [InlineData("(table (export \"x\") 10 funcref)", "(table 10 20 funcref)", "needs 10..20 funcref, \"env\" provides 10.. funcref (now 10)")]
    [InlineData("(table (export \"x\") 10 funcref)", "(table 10 externref)", "needs 10.. externref, \"env\" provides 10.. funcref (now 10)")]
    [InlineData("(table (export \"x\") 10 funcref)", "(table 10 funcref)", null)]
    [InlineData("(global (export \"x\") i32 (i32.const 1))", "(global i64)", "needs i64, \"env\" provides i32")]
    [InlineData("(global (export \"x\") (mut i32) (i32.const 1))", "(global i32)", "needs i32, \"env\" provides (mut i32)")]
    [InlineData("(global (export \"x\") i32 (i32.const 1))", "(global (mut i32))", "needs (mut i32), \"env\" provides i32")]
    [InlineData("(global (export \"x\") (ref func) (ref.func $f)) (func $f)", "(global funcref)", null)]
    [InlineData("(global (export \"x\") (mut funcref) (ref.null func))", "(global (mut (ref null func)))", null)]
    [InlineData("(func (export \"x\") (param i32))", "(func (param i64))", "needs (func (param i64)), \"env\" provides (func (param i32))")]
    [InlineData("(func (export \"x\") (param i32))", "(func (param i32))", null)]
    [InlineData("(func (export \"x\"))", "(memory 1)", "needs memory 1.. pages, \"env\" provides function (func)")]
    [InlineData("(memory (export \"x\") 1)", "(func)", "needs function (func), \"env\" provides memory 1.. pages (now 1)")]
    [InlineData("(tag (export \"x\") (param i32))", "(tag (param i64))", "needs (func (param i64)), \"env\" provides (func (param i32))")]
    [InlineData("(tag (export \"x\") (param i32))", "(tag (param i32))", null)]
    public void Other_kinds_match_as_specified(string provider, string importer, string? problem)
    {
        using var runtime = Modules.NewRuntime();
        runtime.Instantiate($"(module {provider})", "env");
        var module = Modules.Parse($"(module (import \"env\" \"x\" {importer}))");
        if (problem is null)
            runtime.Instantiate(module).Dispose();
        else
            Assert.Equal($"incompatible import type: import \"env\" \"x\": {problem}", Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module)).Message);
    }

    [Fact]
    public void Every_problem_is_reported_at_once()
    {
        using var runtime = Modules.NewRuntime();
        runtime.Define("env", "memory", new WasmMemory(new MemoryType(1)));
        runtime.Define("env", "log", () => { });
        var module = Modules.Parse("""
            (module
              (import "env" "memory" (memory 2))
              (import "env" "lag" (func))
              (import "env" "log" (func (param i32)))
              (import "env2" "zero" (global i32)))
            """);
        var error = Assert.Throws<WasmLinkException>(() => runtime.Instantiate(module));
        Assert.Equal(
            [
                "incompatible import type: import \"env\" \"memory\": needs 2.. pages, \"env\" provides 1.. pages (now 1)",
                "unknown import: \"env\" \"lag\": needs (func), \"env\" provides no such name (did you mean \"log\"?)",
                "incompatible import type: import \"env\" \"log\": needs (func (param i32)), \"env\" provides (func)",
                "unknown import: \"env2\" \"zero\": needs global i32, and nothing is defined or instantiated under \"env2\" (did you mean \"env\"?)",
            ],
            error.Message.Split('\n'));
        Assert.Equal(["memory", "lag", "log", "zero"], error.Imports.Select(import => import.Name));
    }

    [Fact]
    public void A_missing_memory_says_who_would_make_it()
    {
        using var runtime = Modules.NewRuntime();
        var error = Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (import \"env\" \"memory\" (memory 1024 65536 shared)))"));
        Assert.Equal(
            "unknown import: \"env\" \"memory\": needs memory 1024..65536 pages shared, and nothing is defined or instantiated under \"env\"; WasmRuntime.ProvideMemories would create it",
            error.Message);
    }
}
