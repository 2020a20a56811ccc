// Ruby in a sandbox: CRuby 3.4 with its standard library, from the npm package @ruby/3.4-wasm-wasi, driven from C#.
//
//   tests/corpora/fetch.sh ruby
//   dotnet run -c Release --project samples/Ruby
//   dotnet run -c Release --project samples/Ruby -- "[1, 2, 3].sum"

using Waxwing;
using Waxwing.Wasi;

const string Wasm = "artifacts/corpora/ruby/ruby+stdlib.wasm";
if (Upwards(Wasm) is not { } file)
{
    Console.Error.WriteLine($"{Wasm} is not there. Fetch it with: tests/corpora/fetch.sh ruby");
    return 1;
}

using var runtime = new WasmRuntime();
// What the guest may touch: our standard streams and clocks. Its standard library is inside the module.
using var process = runtime.AddWasi(new WasiOptions().WithStandardStreams().WithSystemClock());
var ruby = new Ruby(runtime, WasmModule.Load(file));

var scripts = args is [] ? [
    "RUBY_DESCRIPTION",
    "(1..20).inject(:*)",
    "require 'json'; JSON.generate({ squares: (1..5).map { _1**2 } })",
    "puts 'Ruby writes to standard output'; [3, 1, 2].minmax",
    "Integer('twelve')",
] : args;
foreach (var script in scripts)
    Console.WriteLine(ruby.Evaluate(script));
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
