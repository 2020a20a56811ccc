using System.Globalization;
using Waxwing.Corpora.Tests;
using Waxwing.Corpora.Tests.Programs;

namespace Waxwing.Bench.Programs;

/// <summary>
/// Whole programs, real ones of the corpora, each with something to do that takes some tens of milliseconds. This file and the drivers it uses are compiled twice: against Waxwing, and against
/// classes of the same names over Wasmtime; so both run the same host functions.
/// </summary>
internal static class Programs
{
    /// <summary>The programs, and the files of packages.txt they are in.</summary>
    public static IReadOnlyList<(string Name, string File)> All { get; } =
    [
        ("sqlite", "sqlite/sqlite3.wasm"),
        ("quickjs", "quickjs/emscripten-module.wasm"),
        ("oniguruma", "oniguruma/onig.wasm"),
        ("tfjs", "tfjs/plain.wasm"),
        ("tfjs-simd", "tfjs/simd.wasm"),
    ];

    /// <summary>Instantiates a program.</summary>
    /// <returns>What runs it once, and returns what it found out: the same on all engines.</returns>
    public static Func<string> Start(string name, WasmRuntime runtime, WasmModule module) => name switch
    {
        "sqlite" => Sqlite(runtime, module),
        "quickjs" => QuickJs(runtime, module),
        "oniguruma" => Regex(runtime, module),
        _ => Tensors(runtime, module),
    };

    private static Func<string> Sqlite(WasmRuntime runtime, WasmModule module)
    {
        runtime.DefineEmscripten(module);
        var instance = runtime.Instantiate(module);
        instance.Invoke("__wasm_call_ctors");
        var database = new Database(instance);
        string[] statements =
        [
            "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, town INTEGER)",
            "CREATE TABLE towns(id INTEGER PRIMARY KEY, name TEXT)",
            "BEGIN",
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 200) INSERT INTO towns SELECT n, 'town ' || hex(n * 7919 % 1009) FROM c",
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) INSERT INTO people SELECT n, 'name' || (n * 31 % 4999), n * 17 % 200 + 1 FROM c",
            "COMMIT",
            "CREATE INDEX by_name ON people(name)",
            "SELECT count(*), sum(length(name)) FROM people WHERE name BETWEEN 'name1' AND 'name3'",
            "SELECT t.name, count(*), max(p.name) FROM people p JOIN towns t ON p.town = t.id GROUP BY t.id ORDER BY 2 DESC, 1 LIMIT 3",
            "SELECT sum(a.id * b.id % 7) FROM people a JOIN people b ON a.name = b.name AND a.id < b.id",
            "UPDATE people SET name = upper(name) WHERE id % 3 = 0",
            "SELECT count(DISTINCT name) FROM people",
            "DROP TABLE people",
            "DROP TABLE towns",
        ];
        return () => string.Join(' ', statements.SelectMany(database.Query));
    }

    private static Func<string> QuickJs(WasmRuntime runtime, WasmModule module)
    {
        runtime.DefineEmscripten(module);
        var instance = runtime.Instantiate(module);
        instance.Invoke("emscripten_stack_init");
        instance.Invoke("__wasm_call_ctors");
        var script = new JavaScript(instance);
        script.Evaluate(
            """
            function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
            function sieve(n) { const s = new Uint8Array(n + 1); let c = 0; for (let i = 2; i <= n; i++) if (!s[i]) { c++; for (let j = i * i; j <= n; j += i) s[j] = 1 } return c }
            function words(n) { const m = new Map(); let x = 1; for (let i = 0; i < n; i++) { x = (x * 1103515245 + 12345) & 0x7fffffff; const w = 'w' + x % 97; m.set(w, (m.get(w) ?? 0) + 1) }
                return [...m.entries()].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 3).join(';') }
            class Node { constructor(l, r) { this.l = l; this.r = r } check() { return this.l ? 1 + this.l.check() + this.r.check() : 1 } }
            function tree(d) { return d ? new Node(tree(d - 1), tree(d - 1)) : new Node(null, null) }
            function text(n) { let s = ''; for (let i = 0; i < n; i++) s += String.fromCharCode(97 + i % 26); return s.replace(/[aeiou]+/g, v => v.toUpperCase()).split('U').length }
            """);
        return () => script.Evaluate("[fib(18), sieve(20000), words(3000), tree(10).check(), text(4000)].join(' ')");
    }

    private static Func<string> Regex(WasmRuntime runtime, WasmModule module)
    {
        var regex = new Oniguruma(runtime, module);
        var scanner = regex.Scanner(
            "\\b(?:if|else|while|for|return|break|class|static)\\b", "(['\"])(?:\\\\.|(?!\\1).)*\\1", "0x[0-9a-f]+|\\d+(?:\\.\\d+)?", "//.*$", "(?<=\\.)[A-Za-z_]\\w*(?=\\s*\\()", "[A-Za-z_]\\w*", "[-+*/=<>!&|]+");
        var source = string.Concat(Enumerable.Range(0, 800).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"static value{i} = compute.sum(0x{i * 977:x}, {i}.5, \"text \\\" {i}\") // note {i}\nif (value{i} >= limit) return table.lookup(key_{i}) + 'c' * offset\n")));
        var text = regex.NewText(source);
        return () =>
        {
            var (tokens, sum, at) = (0, 0, 0);
            while (regex.Find(scanner, text, at) is { } match)
            {
                tokens++;
                sum = sum * 31 + match.Pattern + match.Groups[0];
                at = Math.Max(match.Groups[1], at + 1);
            }
            return string.Create(CultureInfo.InvariantCulture, $"{tokens} {sum}");
        };
    }

    private static Func<string> Tensors(WasmRuntime runtime, WasmModule module)
    {
        const int M = 128, K = 128, N = 128, Size = 32, In = 3, Out = 16, Filter = 3, Result = Size - Filter + 1;
        var backend = TensorBackend.Start(runtime, module);
        backend.Invoke("init");
        var (left, right, product) = (backend.New(Numbers(M * K, 1)), backend.New(Numbers(K * N, 2)), backend.New(new float[M * N]));
        var (image, filter, convolved) = (backend.New(Numbers(Size * Size * In, 3)), backend.New(Numbers(Filter * Filter * In * Out, 4)), backend.New(new float[Result * Result * Out]));
        var (leftShape, rightShape) = (backend.Shape(1, M, K), backend.Shape(1, K, N));
        return () =>
        {
            for (var i = 0; i < 24; i++)
            {
                backend.Invoke("BatchMatMul", left.Id, leftShape, 3, right.Id, rightShape, 3, 0, 0, product.Id);
                backend.Invoke("Conv2D", image.Id, 1, Size, Size, filter.Id, Filter, Filter, 0, 0, 0, 0, 0, 1, 1, 1, 1, In, Out, convolved.Id);
            }
            // Engines may add in the same order only: a few digits of the sums.
            return string.Create(CultureInfo.InvariantCulture, $"{backend.Read(product.Address, M * N).Sum(x => Math.Abs((double)x)):F1} {backend.Read(convolved.Address, Result * Result * Out).Sum(x => Math.Abs((double)x)):F1}");
        };
    }

    private static float[] Numbers(int count, int seed)
    {
        var values = new float[count];
        var state = (uint)seed;
        for (var i = 0; i < count; i++)
        {
            state = state * 1664525 + 1013904223;
            values[i] = (state >> 8) / 8388608f - 1;
        }
        return values;
    }
}
