using System.Diagnostics;
using System.Globalization;
using Waxwing.Interpreter;
using Waxwing.Tests;

namespace Waxwing.Corpora.Tests;

/// <summary>
/// Every module of packages.txt, up to 75 MB: it decodes, validates, instantiates over stubs of all its imports, and each of its functions translates for the interpreter.
/// Prints a row of figures for each; the full tier writes them to artifacts/corpora/figures.md, from which docs/what-runs.md is made.
/// </summary>
public sealed class LoadingTests(LoadingTests.Figures figures, ITestOutputHelper output) : IClassFixture<LoadingTests.Figures>
{
    public static TheoryData<string> Modules => [.. Corpus.Files.Where(file => file.Name.EndsWith(".wasm") && (file.Tier == "ci" || Corpus.Tier == "full")).Select(file => file.Name)];

    [Theory]
    [MemberData(nameof(Modules))]
    public void Decodes_validates_instantiates_and_translates(string name)
    {
        var bytes = File.ReadAllBytes(Corpus.PathOf(name));
        figures.WarmUp();
        using var runtime = new WasmRuntime(new() { Features = WasmFeatures.All });
        var before = Settled();

        var watch = Stopwatch.StartNew();
        var module = WasmModule.Load(bytes);
        var load = watch.Elapsed;
        var retained = Settled() - before;

        runtime.DefineStubs(module);
        watch.Restart();
        var instance = runtime.Instantiate(module);
        var instantiate = watch.Elapsed;
        var linear = runtime.MemoryBytes;

        watch.Restart();
        var (functions, codeBytes) = TranslateAll(instance);
        var translate = watch.Elapsed;

        var row = string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {Megabytes(bytes.Length)} | {functions:n0} | {load.TotalMilliseconds:n0} | {instantiate.TotalMilliseconds:n0} | {translate.TotalMilliseconds:n0} | {Megabytes(retained)} | {Megabytes(codeBytes)} | {Megabytes(linear)} | {Notable(module)} |");
        output.WriteLine(row);
        figures.Add(name, row);
        GC.KeepAlive(module);
    }

    private static unsafe (int Functions, long Bytes) TranslateAll(WasmInstance instance)
    {
        var code = instance.Code.Interpreter.Module;
        var context = instance.Module.Context;
        var instructions = 0L;
        for (var function = context.ImportedFunctions; function < context.FunctionTypes.Length; function++)
            instructions += code.Translate(function).Count;
        return (context.FunctionTypes.Length - context.ImportedFunctions, instructions * sizeof(Instr));
    }

    /// <summary>The size of the heap without the modules of earlier rows, whose code goes with its finalizer.</summary>
    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>The larger proposals a module uses.</summary>
    private static string Notable(WasmModule module)
    {
        const WasmFeatures Common = WasmFeatures.SignExtension | WasmFeatures.SaturatingFloatToInt | WasmFeatures.BulkMemory | WasmFeatures.MultiValue;
        return (module.RequiredFeatures!.Value & ~Common) is not 0 and var features ? features.ToString() : "";
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0}");

    public sealed class Figures : IDisposable
    {
        private const string Heading =
            """
            | module | MB | functions | load and validate, ms | instantiate, ms | translate all, ms | heap of the module without its bytes, MB | slot code of all functions, MB | linear memories, MB | beyond 1.0 |
            |---|--:|--:|--:|--:|--:|--:|--:|--:|---|
            """;

        private readonly Dictionary<string, string> rows = [];

        private bool isWarm;

        /// <summary>Or the first row would pay for the compilation of this library.</summary>
        public void WarmUp()
        {
            if (isWarm)
                return;
            isWarm = true;
            var module = Corpus.Load("sqlite/sqlite3.wasm");
            for (var i = 0; i < 3; i++)
            {
                using var runtime = new WasmRuntime();
                runtime.DefineStubs(module);
                TranslateAll(runtime.Instantiate(module));
            }
        }

        public void Add(string name, string row) => rows[name] = row;

        public void Dispose()
        {
            if (Corpus.Tier == "full")
                File.WriteAllLines(Repository.PathOf("artifacts", "corpora", "figures.md"), [Heading, .. Corpus.Files.Select(file => rows.GetValueOrDefault(file.Name)).OfType<string>()]);
        }
    }
}
