using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>QuickJS with a leak sanitizer, from Emscripten: imports its memory. The answers are those of any JavaScript engine.</summary>
public sealed class QuickJsTests : IDisposable
{
    private readonly WasmRuntime runtime = new();
    private readonly EmscriptenHost host;
    private readonly JavaScript engine;

    public QuickJsTests()
    {
        var module = Corpus.Load("quickjs/emscripten-module.wasm");
        // Calls back into the embedder and stack traces of JavaScript: nothing here needs them.
        host = new(runtime, new() { UnknownImports = EmscriptenUnknownImports.Trap });
        engine = new(host.Instantiate(module));
    }

    public void Dispose()
    {
        host.Dispose();
        runtime.Dispose();
    }

    [Theory]
    [InlineData("2n ** 100n", "1267650600228229401496703205376")]
    [InlineData("const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(20)", "6765")]
    [InlineData("[5, 3, 9, 1].toSorted((a, b) => a - b).join()", "1,3,5,9")]
    [InlineData("JSON.stringify({ a: [1, 2.5, null], 'é': '\\u{1f600}' })", "{\"a\":[1,2.5,null],\"é\":\"😀\"}")]
    [InlineData("'2024-02-29'.replace(/(?<y>\\d+)-(?<m>\\d+)-(?<d>\\d+)/u, '$<d>.$<m>.$<y>')", "29.02.2024")]
    [InlineData("[0.1 + 0.2, 1e21, -0, 5e-324, (255).toString(36), Math.hypot(3, 4)].join(' ')", "0.30000000000000004 1e+21 0 5e-324 73 5")]
    [InlineData("new Date(Date.UTC(2000, 1, 29)).toISOString()", "2000-02-29T00:00:00.000Z")]
    [InlineData("function* g() { for (let i = 0; ; i++) yield i * i } const [, , a, b] = g(); a + b", "13")]
    [InlineData("class A { #x = 1; static #n = 0; get x() { return this.#x + A.#n } } new A().x", "1")]
    [InlineData("try { null.x } catch (e) { e.constructor.name }", "TypeError")]
    [InlineData("new Map([['k', new Set([1, 1, 2]).size]]).get('k')", "2")]
    public void Evaluates(string script, string expected) => Assert.Equal(expected, engine.Evaluate(script));

    [Fact]
    public void An_exception_is_told_apart() => Assert.Equal("RangeError: out of cheese", engine.Evaluate("throw new RangeError('out of cheese')"));

    [Fact]
    public void Endless_recursion_is_a_trap_and_nothing_worse()
    {
        // QuickJS watches its stack in memory, but not the frames: the engine has to. (V8 throws a RangeError here.)
        var trap = Assert.Throws<WasmTrapException>(() => engine.Evaluate("const f = () => 1 + f(); f()"));
        Assert.Equal(TrapCode.StackExhausted, trap.Code);
    }

    [Fact]
    public void Nothing_is_left_when_it_is_freed()
    {
        engine.Evaluate("const many = []; for (let i = 0; i < 1000; i++) many.push({ i, text: 'x'.repeat(i) }); many.length");
        // A debug build: it asserts that no value is left.
        engine.Dispose();
    }

    [Fact]
    public void A_prime_sieve() =>
        Assert.Equal("1229", engine.Evaluate(
            "const n = 10000, s = new Uint8Array(n + 1); let c = 0; for (let i = 2; i <= n; i++) if (!s[i]) { c++; for (let j = i * i; j <= n; j += i) s[j] = 1 } c"));
}
