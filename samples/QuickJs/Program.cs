// JavaScript in a sandbox: QuickJS, from the npm package @jitl/quickjs-wasmfile-debug-sync, driven from C#.
//
//   tests/corpora/fetch.sh quickjs
//   dotnet run -c Release --project samples/QuickJs
//   dotnet run -c Release --project samples/QuickJs -- "[1, 2, 3].map(n => n ** 2)"

using Waxwing;
using Waxwing.Emscripten;

const string Wasm = "artifacts/corpora/quickjs/emscripten-module.wasm";
if (Upwards(Wasm) is not { } file)
{
    Console.Error.WriteLine($"{Wasm} is not there. Fetch it with: tests/corpora/fetch.sh quickjs");
    return 1;
}

using var runtime = new WasmRuntime();
// Supplies what Emscripten's JavaScript would: the memory that the module imports, growth, clocks, constructors. Calls back into the embedder are not needed below.
using var host = new EmscriptenHost(runtime, new() { UnknownImports = EmscriptenUnknownImports.Trap });
var quickJs = host.Instantiate(WasmModule.Load(file));
using var engine = new JavaScript(quickJs);

var scripts = args is [] ? [
    "2n ** 100n",
    "const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(20)",
    "JSON.stringify(Object.groupBy([1, 2, 3, 4, 5], n => n % 2 ? 'odd' : 'even'))",
    "'waxwing'.replace(/(?<first>w)(a)/u, (match, w, a) => a + w).padStart(10, '.')",
    "throw new RangeError('out of cheese')",
] : args;
foreach (var script in scripts)
    Console.WriteLine(engine.Evaluate(script));
return 0;

static string? Upwards(string path)
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, path)))
            return Path.Combine(folder.FullName, path);
    }
    return null;
}
