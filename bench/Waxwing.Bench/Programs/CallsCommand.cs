using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Waxwing.Bench.Kernels;

namespace Waxwing.Bench.Programs;

/// <summary><c>calls</c>: what it costs to cross the boundaries between host and guests, to grow, to trap, to instantiate.</summary>
internal static class CallsCommand
{
    public static Command Create()
    {
        var engines = new Option<string>("--engines") { Description = "Separated by commas.", DefaultValueFactory = _ => $"{Engines.Wasmtime},{Engines.Compiler},{Engines.Interpreter}" };
        var outputs = new OutputOptions();
        var machine = new MachineOptions(pinned: true);
        var command = new Command("calls", "Measures calls in all directions, growth, traps and instances.") { engines };
        outputs.AddTo(command);
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            var columns = KernelsCommand.Available(parsed.GetRequiredValue(engines));
            var rows = Measure(columns);
            Console.Out.WriteLine(ToMarkdown(columns, rows));
            outputs.Write(parsed, ToMarkdown(columns, rows), JsonSerializer.Serialize(
                new { machine = Machine.Describe(), calls = rows.Select(row => new { row.What, nanoseconds = columns.Zip(row.Nanoseconds).ToDictionary(cell => cell.First, cell => cell.Second) }) }, Machine.Json));
            return 0;
        });
        return command;
    }

    /// <summary>One thing at a time in all engines.</summary>
    private static List<(string What, double[] Nanoseconds)> Measure(string[] engines)
    {
        var rows = new List<(string, double[])>();
        var measurements = engines.Select(engine => Start(engine).GetEnumerator()).ToArray();
        while (Array.TrueForAll(measurements, measurement => measurement.MoveNext()))
            rows.Add((measurements[0].Current.What, [.. measurements.Select(measurement => measurement.Current.Nanoseconds)]));
        foreach (var measurement in measurements)
            measurement.Dispose();
        return rows;
    }

    private static IEnumerable<(string What, double Nanoseconds)> Start(string engine)
    {
#if RIVALS
        if (engine == Engines.Wasmtime)
            return Rivals.WasmtimePrograms.MeasureCalls(Clock.IsProcessorTime);
#endif
        return Calls.Measure(() => new WasmRuntime(Engines.Settings(engine)));
    }

    private static string ToMarkdown(string[] engines, List<(string What, double[] Nanoseconds)> rows)
    {
        var text = new StringBuilder();
        text.AppendLine($"| | {string.Join(" | ", engines)} |");
        text.AppendLine($"| --- |{string.Concat(Enumerable.Repeat(" ---: |", engines.Length))}");
        foreach (var (what, nanoseconds) in rows)
            text.AppendLine($"| {what} | {string.Join(" | ", nanoseconds.Select(Describe))} |");
        return text.ToString();
    }

    private static string Describe(double nanoseconds) => nanoseconds < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:F1} ns")
        : string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1000:F2} us");
}
