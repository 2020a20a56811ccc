using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Waxwing.Bench.Compile;

/// <summary>
/// <c>compile</c>: whole modules ahead of time, each in a process of its own: how fast functions are emitted, how fast RyuJIT compiles them, how much memory that takes, whether it gave up optimising one,
/// and how soon a module answers its first call when nothing is compiled ahead.
/// </summary>
internal static class CompileCommand
{
    private const string ChildOption = "--in-this-process";

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Modules, or names and folders of tests/corpora/packages.txt; all that are fetched without it.", Arity = ArgumentArity.ZeroOrMore };
        var threads = new Option<int>("--threads") { Description = "Threads that compile.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var checks = new Option<bool>("--checks") { Description = "Code with explicit bounds checks, not with guard pages." };
        var emitOnly = new Option<bool>("--emit-only") { Description = "Stop before RyuJIT's part." };
        var kept = new Option<bool>("--kept") { Description = "Code that stays as long as the process (IsCollectible off): .NET compiles it quickly first, and well what is hot." };
        var child = new Option<bool>(ChildOption) { Description = "Measure one file here and print the figures as JSON.", Hidden = true };
        var outputs = new OutputOptions();
        var command = new Command("compile", "Measures the compilation of whole modules, and looks for functions that the JIT does not optimise.") { files, threads, checks, emitOnly, kept, child };
        outputs.AddTo(command);
        command.SetAction(parsed =>
        {
            var paths = CorpusFiles.Find(parsed.GetValue(files) ?? []);
            var how = new CompilationChoices(parsed.GetValue(threads), parsed.GetValue(checks), parsed.GetValue(emitOnly), parsed.GetValue(kept));
            if (parsed.GetValue(child))
            {
                var (name, path) = paths.Single();
                Console.Out.WriteLine(ModuleCompilation.ToJson(ModuleCompilation.Measure(path, name, how)));
                return 0;
            }
            string[] arguments = ["--threads", $"{how.Threads}", .. new[] { (checks, how.Checks), (emitOnly, how.EmitOnly), (kept, how.IsKept) }.Where(choice => choice.Item2).Select(choice => choice.Item1.Name)];
            var report = new CompileReport();
            foreach (var (name, path) in paths)
                Console.Out.WriteLine(report.Add(MeasureApart(name, path, arguments)));
            outputs.Write(parsed, report.ToMarkdown(), report.ToJson());
            return report.HasFailures ? 1 : 0;
        });
        return command;
    }

    private static CompilationFigures MeasureApart(string name, string path, string[] arguments)
    {
        var summary = Path.GetTempFileName();
        try
        {
            var start = Machine.Again(["compile", path, ChildOption, .. arguments]);
            start.RedirectStandardOutput = start.RedirectStandardError = true;
            JitSummary.Request(start, summary);
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                return new() { Module = name, Bytes = new FileInfo(path).Length, Failure = $"exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}: {error.Result.Trim()}" };
            return JsonSerializer.Deserialize<CompilationFigures>(output, JsonSerializerOptions.Web)! with { Module = name, Jit = JitSummary.Read(summary) };
        }
        finally
        {
            File.Delete(summary);
        }
    }
}
