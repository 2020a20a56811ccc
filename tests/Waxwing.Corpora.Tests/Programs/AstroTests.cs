using System.Text.Json.Nodes;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// The Astro compiler, a Go program for a JavaScript host: goroutines on stacks of its own in one huge loop around a branch table, a concurrent garbage collector, calls into the guest from
/// within calls of the host. The answers are those of the package's own loader.
/// </summary>
public sealed class AstroTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly GoHost go = new();
    private readonly ScriptObject compiler;

    public AstroTests()
    {
        go.Run(runtime, Corpus.Load("astro/astro.wasm"));
        compiler = Assert.IsType<ScriptObject>(go.Global["@astrojs/compiler"]);
    }

    public void Dispose() => runtime.Dispose();

    [Fact]
    public void Compiles_a_component()
    {
        const string Source = "---\nconst items: string[] = ['a', 'b'];\n---\n<ul class=\"list\">{items.map(i => <li>{i} &amp; more</li>)}</ul>\n<style>ul { color: red }</style>\n";
        var result = Call("transform", Source, new ScriptObject { ["filename"] = "/src/x.astro", ["sourcemap"] = false, ["internalURL"] = "astro/runtime" });
        Assert.EndsWith(
            """
            import "/src/x.astro?astro&type=style&index=0&lang.css";

            export const $$metadata = $$createMetadata("/src/x.astro", { modules: [], hydratedComponents: [], clientOnlyComponents: [], hydrationDirectives: new Set([]), hoisted: [] });

            const $$X = $$createComponent(($$result, $$props, $$slots) => {

            const items: string[] = ['a', 'b'];


            return $$render`${$$maybeRenderHead($$result)}<ul class="list astro-kqxymobp">${items.map(i => $$render`<li class="astro-kqxymobp">${i} &amp; more</li>`)}</ul>`;
            }, '/src/x.astro', undefined);
            export default $$X;

            """,
            (string?)result["code"]);
        Assert.Equal("[\"ul:where(.astro-kqxymobp){color:red}\"]", result["css"]!.ToJsonString());
        Assert.Equal("kqxymobp", (string?)result["scope"]);
    }

    [Fact]
    public void Parses()
    {
        var result = Call("parse", "<h1>{name}</h1>", new ScriptObject { ["position"] = false });
        Assert.Equal("{\"type\":\"root\",\"children\":[{\"type\":\"element\",\"name\":\"h1\",\"attributes\":[],\"children\":[{\"type\":\"expression\",\"children\":"
            + "[{\"type\":\"text\",\"value\":\"name\"}]}]}]}", (string?)result["ast"]);
    }

    private JsonNode Call(string name, params object?[] arguments)
    {
        var result = ((ScriptFunction)compiler[name]!).Call(compiler, arguments);
        if (result is ScriptPromise promise)
        {
            Assert.True(promise.IsResolved, $"the promise was not resolved; rejected with {ScriptObject.Describe(promise.Rejection)}; output: {go.Output}");
            result = promise.Result;
        }
        return ScriptObject.ToJson(result)!;
    }
}
