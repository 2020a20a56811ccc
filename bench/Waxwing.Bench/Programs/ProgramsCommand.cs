using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Waxwing.Bench.Kernels;

namespace Waxwing.Bench.Programs;

/// <summary>What was measured of a program in one engine. Start: from the file to the first answer.</summary>
internal sealed class ProgramResult(string program, string engine)
{
    public string Program => program;
    public string Engine => engine;
    public double Start { get; set; } = double.NaN;
    public List<double> Samples { get; } = [];
    public string? Failure { get; set; }

    public double Median => Failure is null ? Statistics.Median(Samples) : double.NaN;
}

/// <summary><c>programs</c>: SQLite, QuickJS and others, on the same host functions in every engine, rounds in turns.</summary>
internal static class ProgramsCommand
{
    private static readonly string[] Columns = [Engines.Wasmtime, Engines.Compiler, Engines.Tiered, "compiler-checked", Engines.Interpreter];

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Timed rounds.", DefaultValueFactory = _ => 15 };
        var only = new Option<string?>("--only") { Description = $"Of {string.Join(", ", Programs.All.Select(program => program.Name))}, separated by commas; all without it." };
        var engines = new Option<string>("--engines") { Description = $"Of {string.Join(", ", Columns)}, separated by commas.", DefaultValueFactory = _ => string.Join(',', Columns) };
        var outputs = new OutputOptions();
        var machine = new MachineOptions(pinned: true);
        var command = new Command("programs", "Runs whole programs of the corpora in every engine and compares them.") { rounds, only, engines };
        outputs.AddTo(command);
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            var columns = KernelsCommand.Available(parsed.GetRequiredValue(engines));
            var wanted = parsed.GetValue(only)?.Split(',');
            var report = new ProgramReport(columns);
            foreach (var (name, file) in Programs.All.Where(program => wanted?.Contains(program.Name) != false))
            {
                if (CorpusFiles.PathOf(file) is { } path)
                    Console.Out.WriteLine(report.Add(Measure(name, path, columns, parsed.GetValue(rounds))));
                else
                    Console.Error.WriteLine($"NOT MEASURED: {name}: {file} is not there; tests/corpora/fetch.sh {file.Split('/')[0]} fetches it");
            }
            outputs.Write(parsed, report.ToMarkdown(), report.ToJson());
            return report.HasFailures ? 1 : 0;
        });
        return command;
    }

    private static ProgramResult[] Measure(string name, string path, string[] engines, int rounds)
    {
        var results = engines.Select(engine => new ProgramResult(name, engine)).ToArray();
        var runs = new (Func<string> Run, IDisposable Runtime)?[engines.Length];
        string? answer = null;
        try
        {
            // The first two rounds warm up.
            for (var round = -2; round < rounds; round++)
            {
                for (var i = 0; i < engines.Length; i++)
                {
                    var result = results[i];
                    if (result.Failure is not null)
                        continue;
                    try
                    {
                        var start = Clock.Now;
                        var isFirst = runs[i] is null;
                        var run = runs[i] ??= StartIn(engines[i], name, path);
                        var found = run.Run();
                        var time = Clock.Now - start;
                        answer ??= found;
                        if (found != answer)
                            result.Failure = $"found {found}, another engine {answer}";
                        if (isFirst)
                            result.Start = time;
                        if (round >= 0)
                            result.Samples.Add(time);
                    }
                    catch (Exception error)
                    {
                        result.Failure = error.Message;
                    }
                }
            }
        }
        finally
        {
            foreach (var run in runs)
                run?.Runtime.Dispose();
        }
        return results;
    }

    private static (Func<string>, IDisposable) StartIn(string engine, string name, string path)
    {
#if RIVALS
        if (engine == Engines.Wasmtime)
            return Rivals.WasmtimePrograms.Start(name, path);
#endif
        var runtime = new WasmRuntime(Engines.Settings(engine) with { Features = WasmFeatures.All });
        return (Programs.Start(name, runtime, WasmModule.Load(path)), runtime);
    }
}

/// <summary>The programs' table.</summary>
internal sealed class ProgramReport(string[] engines)
{
    private readonly List<ProgramResult[]> rows = [];

    public bool HasFailures => rows.Exists(row => row.Any(result => result.Failure is not null));

    public string Add(ProgramResult[] row)
    {
        rows.Add(row);
        var text = new StringBuilder($"{row[0].Program,-12}");
        foreach (var result in row)
            text.Append(CultureInfo.InvariantCulture, $"{result.Engine,18} {Cell(result, row)}");
        foreach (var result in row.Where(result => result.Failure is not null))
            text.Append(CultureInfo.InvariantCulture, $"\n    {result.Engine}: {result.Failure}");
        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine($"| program | {string.Join(" | ", engines.Select(engine => $"{engine} ms"))} | from the file to the first answer, ms |");
        text.AppendLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", engines.Length + 1))}");
        foreach (var row in rows)
            text.AppendLine($"| {row[0].Program} | {string.Join(" | ", row.Select(result => Cell(result, row)))} | {string.Join(", ", row.Select(result => $"{result.Engine} {(double.IsFinite(result.Start) ? result.Start.ToString("F0", CultureInfo.InvariantCulture) : "–")}"))} |");
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        new { machine = Machine.Describe(), programs = rows.SelectMany(row => row).Select(result => new { result.Program, result.Engine, median = double.IsFinite(result.Median) ? result.Median : (double?)null, start = double.IsFinite(result.Start) ? result.Start : (double?)null, result.Samples, result.Failure }) },
        Machine.Json);

    private static string Cell(ProgramResult result, ProgramResult[] row) => double.IsNaN(result.Median)
        ? "–"
        : ReferenceEquals(result, row[0]) || double.IsNaN(row[0].Median)
            ? result.Median.ToString("F1", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{result.Median:F1} ({result.Median / row[0].Median:F2}x)");
}
