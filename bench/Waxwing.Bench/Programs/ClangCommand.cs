using System.CommandLine;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Waxwing.Bench.Kernels;
using Waxwing.Corpora.Tests.Programs;
using Waxwing.Wasi;

namespace Waxwing.Bench.Programs;

/// <summary>Milliseconds that clang took in one engine, in a process of its own: to load (and, with Wasmtime, compile) the module, to compile a C file, to link it.</summary>
internal sealed record ClangFigures(string Engine, double Load, double Compile, double Link, double ProcessorTime, long PeakResident, string? Failure = null)
{
    public double Total => Load + Compile + Link;
}

/// <summary>
/// <c>clang</c>: clang and lld (75 MB of WebAssembly) make a program of a C file, one engine after the other. What they write must have the known sums. WASI is each engine's own here.
/// </summary>
internal static class ClangCommand
{
    private const string ChildOption = "--in-this-process";

    public static Command Create()
    {
        var engines = new Option<string>("--engines") { Description = "Separated by commas.", DefaultValueFactory = _ => $"{Engines.Wasmtime},{Engines.Compiler},{Engines.Tiered},{Engines.Interpreter}" };
        var child = new Option<bool>(ChildOption) { Description = "Measure one engine here and print the figures as JSON.", Hidden = true };
        var outputs = new OutputOptions();
        var command = new Command("clang", "Compiles and links a C file with clang in WebAssembly, under every engine.") { engines, child };
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            if (CorpusFiles.PathOf("clang/llvm.core.wasm") is not { } module || CorpusFiles.PathOf("clang/llvm-resources.tar") is not { } resources)
            {
                Console.Error.WriteLine("NOT MEASURED: clang is not there; tests/corpora/fetch.sh clang fetches it");
                return 1;
            }
            var available = KernelsCommand.Available(parsed.GetRequiredValue(engines));
            if (parsed.GetValue(child))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(Measure(available[0], module, resources), JsonSerializerOptions.Web));
                return 0;
            }
            var all = available.Select(engine => { var figures = MeasureApart(engine); Console.Out.WriteLine(Describe(figures)); return figures; }).ToArray();
            outputs.Write(parsed, ToMarkdown(all), JsonSerializer.Serialize(new { machine = Machine.Describe(), clang = all }, Machine.Json));
            return all.Any(figures => figures.Failure is not null) ? 1 : 0;
        });
        return command;
    }

    private static ClangFigures MeasureApart(string engine)
    {
        var start = Machine.Again(["clang", ChildOption, "--engines", engine]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<ClangFigures>(output, JsonSerializerOptions.Web)!
            : new(engine, double.NaN, double.NaN, double.NaN, double.NaN, 0, error.Result.Trim());
    }

    private static ClangFigures Measure(string engine, string module, string resources)
    {
        var folder = Directory.CreateTempSubdirectory("waxwing-clang-").FullName;
        try
        {
            var (usr, work) = (Path.Combine(folder, "usr"), Path.Combine(folder, "work"));
            Directory.CreateDirectory(usr);
            Directory.CreateDirectory(work);
            TarFile.ExtractToDirectory(resources, usr, overwriteFiles: false);
            File.Copy(Path.Combine(Machine.KernelFolder, "..", "..", "tests", "corpora", "hello.c"), Path.Combine(work, "hello.c"));

            var watch = Stopwatch.StartNew();
            double Lap()
            {
                var time = watch.Elapsed.TotalMilliseconds;
                watch.Restart();
                return time;
            }
            var run = Start(engine, module, usr, work);
            var load = Lap();
            run(ClangCommands.Compile);
            var compile = Lap();
            run(ClangCommands.Link);
            var link = Lap();
            Check("hello.o", ClangCommands.ObjectSum);
            Check("hello.wasm", ClangCommands.ProgramSum);
            using var self = Process.GetCurrentProcess();
            return new(engine, load, compile, link, Environment.CpuUsage.TotalTime.TotalMilliseconds, self.PeakWorkingSet64);

            void Check(string name, string sum)
            {
                if (Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(work, name)))) != sum)
                    throw new InvalidDataException($"{name} is not what clang makes elsewhere");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Loads clang.</summary>
    /// <returns>What runs it with arguments to its end.</returns>
    private static Action<string[]> Start(string engine, string path, string usr, string work)
    {
#if RIVALS
        if (engine == Engines.Wasmtime)
            return Rivals.WasmtimeCommand.Load(path, usr, work);
#endif
        var module = WasmModule.Load(path, new WasmModuleOptions { LazyValidation = true });
        return arguments =>
        {
            using var runtime = new WasmRuntime(Engines.Settings(engine));
            using var process = runtime.AddWasi(new WasiOptions { Args = arguments }.WithStandardStreams().AddDirectory(usr, "/usr", readOnly: true).AddDirectory(work, "/src"));
            if (runtime.Instantiate(module).Run() is not 0 and var code)
                throw new InvalidOperationException($"{arguments[0]} ended with {code}");
        };
    }

    private static string Describe(ClangFigures figures) => figures.Failure is { } failure
        ? $"{figures.Engine}: {failure}"
        : string.Create(CultureInfo.InvariantCulture,
            $"{figures.Engine,-12} load {figures.Load / 1000:F1} s, compile a C file {figures.Compile / 1000:F1} s, link {figures.Link / 1000:F1} s: {figures.Total / 1000:F1} s in all, {figures.ProcessorTime / 1000:F1} s of processor time, {figures.PeakResident / 1e6:F0} MB");

    private static string ToMarkdown(ClangFigures[] all)
    {
        var text = new StringBuilder();
        text.AppendLine("| engine | load (Wasmtime: compile the module), s | compile a C file, s | link it, s | all, s | processor time, s | peak memory, MB |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var figures in all)
        {
            text.AppendLine(figures.Failure is { } failure
                ? $"| {figures.Engine} | {failure.ReplaceLineEndings(" ")} ||||||"
                : string.Create(CultureInfo.InvariantCulture,
                    $"| {figures.Engine} | {figures.Load / 1000:F1} | {figures.Compile / 1000:F1} | {figures.Link / 1000:F1} | {figures.Total / 1000:F1} | {figures.ProcessorTime / 1000:F1} | {figures.PeakResident / 1e6:F0} |"));
        }
        return text.ToString();
    }
}
