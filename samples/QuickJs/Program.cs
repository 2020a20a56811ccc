// JavaScript in a sandbox: QuickJS, from the npm package @jitl/quickjs-wasmfile-debug-sync, driven from C#.
//
//   tests/corpora/fetch.sh quickjs
//   dotnet run -c Release --project samples/QuickJs
//   dotnet run -c Release --project samples/QuickJs -- "[1, 2, 3].map(n => n ** 2)"

using Waxwing;

const string Wasm = "artifacts/corpora/quickjs/emscripten-module.wasm";
if (Upwards(Wasm) is not { } file)
{
    Console.Error.WriteLine($"{Wasm} is not there. Fetch it with: tests/corpora/fetch.sh quickjs");
    return 1;
}

using var runtime = new WasmRuntime();
var module = WasmModule.Load(file);

// The module imports its memory. This creates it, exactly as large as the module asks for.
runtime.ProvideMemories(module);

// Calls back into the embedder, files and stack traces: nothing below needs them, and 0 is a fair answer from each.
foreach (var import in module.Imports)
{
    if (import.Type.Function is { } type)
        runtime.DefineRaw(import.Module, import.Name, [.. type.Parameters], [.. type.Results], static (_, _, results) => results.Fill(0));
}

// A later definition replaces an earlier one.
runtime.Define("env", "emscripten_date_now", () => (double)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
runtime.Define("env", "emscripten_get_now", () => (double)Environment.TickCount64);
runtime.Define("env", "emscripten_resize_heap", (WasmCaller caller, int bytes) =>
    caller.Memory.Grow(((uint)bytes + 65535L - caller.Memory.ByteLength) / 65536) < 0 ? 0 : 1);

var quickJs = runtime.Instantiate(module);
quickJs.Invoke("emscripten_stack_init");
quickJs.Invoke("__wasm_call_ctors");
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
