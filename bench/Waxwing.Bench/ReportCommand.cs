using System.CommandLine;
using System.Diagnostics;

namespace Waxwing.Bench;

/// <summary><c>report</c>: everything, one part after the other in processes of their own, and the page that shows it.</summary>
internal static class ReportCommand
{
    private static readonly string[] Parts = ["kernels", "programs", "clang", "calls", "compile"];

    public static Command Create()
    {
        var only = new Option<string?>("--only") { Description = $"Of {string.Join(", ", Parts)}, separated by commas; of the others the last results are taken." };
        var processorTime = new Option<bool>("--cpu-time") { Description = "Measure processor time, where parts can: for a machine that is busy." };
        var command = new Command("report", "Measures everything and writes docs/benchmarks.md, docs/kernels.svg and artifacts/bench.") { only, processorTime };
        command.SetAction(parsed =>
        {
            var root = Path.GetFullPath(Path.Combine(Machine.KernelFolder, "..", ".."));
            var results = Directory.CreateDirectory(Path.Combine(root, "artifacts", "bench")).FullName;
            var (wanted, failed) = (parsed.GetValue(only)?.Split(',') ?? Parts, false);
            var page = File.ReadAllText(Path.Combine(root, "bench", "benchmarks.md"))
                .Replace("{{date}}", Machine.Date, StringComparison.Ordinal)
                .Replace("{{machine}}", Machine.Description + (parsed.GetValue(processorTime) ? "; processor time, on a machine that was not idle" : ""), StringComparison.Ordinal);
            foreach (var part in Parts)
            {
                var table = Path.Combine(results, part + ".md");
                if (wanted.Contains(part))
                {
                    Console.Out.WriteLine($"== {part}");
                    File.Delete(table);
                    string[] chart = part == "kernels" ? ["--svg", Path.Combine(root, "docs", "kernels.svg")] : [];
                    string[] clock = parsed.GetValue(processorTime) && part is ("kernels" or "programs" or "calls") ? ["--cpu-time"] : [];
                    using var process = Process.Start(Machine.Again([part, "--markdown", table, "--json", Path.ChangeExtension(table, ".json"), .. chart, .. clock]))!;
                    process.WaitForExit();
                    failed |= process.ExitCode != 0;
                }
                page = page.Replace($"{{{{{part}}}}}", File.Exists(table) ? File.ReadAllText(table).TrimEnd() : "Not measured.", StringComparison.Ordinal);
            }
            File.WriteAllText(Path.Combine(root, "docs", "benchmarks.md"), page);
            return failed ? 1 : 0;
        });
        return command;
    }
}
