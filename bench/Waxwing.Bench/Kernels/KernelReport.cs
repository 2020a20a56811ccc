using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Waxwing.Bench.Kernels;

/// <summary>What was measured of one kernel; lists and failures run parallel to the engines.</summary>
internal sealed record KernelResult(Kernel Kernel, List<double>[] Samples, string?[] Failures)
{
    public double Median(int engine) => Failures[engine] is null ? Statistics.Median(Samples[engine]) : double.NaN;
}

/// <summary>The kernels' table, as text while it grows, and as Markdown and JSON afterwards.</summary>
internal sealed class KernelReport(string[] engines)
{
    private readonly List<KernelResult> results = [];
    private readonly bool hasNative = engines[0] == Engines.Native;

    public bool HasFailures => results.Any(result => result.Failures.Any(failure => failure is not null));

    public string Header => Row("kernel", engines);

    public string Add(KernelResult result)
    {
        results.Add(result);
        var row = Row(result.Kernel.Name, [.. engines.Select((_, i) => Cell(result, i))]);
        return string.Join('\n', result.Failures.Select((failure, i) => failure is null ? null : $"    {engines[i]}: {failure}").OfType<string>().Prepend(row));
    }

    public string Footer
    {
        get
        {
            if (!hasNative)
                return "";
            var scalar = Row("geometric mean, scalar", MeanCells(result => !result.Kernel.Simd));
            return results.Any(result => result.Kernel.Simd) ? $"{scalar}\n{Row("geometric mean, all", MeanCells(_ => true))}" : scalar;
        }
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        void Line(string first, IEnumerable<string> cells) => text.AppendLine($"| {first} | {string.Join(" | ", cells)} |");
        Line("kernel", engines.Select(engine => $"{engine} ms"));
        Line("---", engines.Select(_ => "---:"));
        foreach (var result in results)
            Line($"{result.Kernel.Name} ({result.Kernel.N})", engines.Select((_, i) => Cell(result, i)));
        if (hasNative)
        {
            Line("**geometric mean, scalar kernels**", MeanCells(result => !result.Kernel.Simd));
            Line("**geometric mean, all**", MeanCells(_ => true));
        }
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            machine = Machine.Description,
            kernels = results.Select(result => new
            {
                result.Kernel.Name,
                result.Kernel.N,
                engines = engines.Select((engine, i) => new { engine, median = Finite(result.Median(i)), samples = result.Samples[i], failure = result.Failures[i] }),
            }),
        },
        new JsonSerializerOptions(JsonSerializerOptions.Web) { WriteIndented = true });

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private string Cell(KernelResult result, int engine)
    {
        var median = result.Median(engine);
        if (double.IsNaN(median))
            return "–";
        return hasNative && engine > 0 && Ratio(result, engine) is var ratio && !double.IsNaN(ratio)
            ? string.Create(CultureInfo.InvariantCulture, $"{median:F1} ({ratio:F2}x)")
            : median.ToString("F1", CultureInfo.InvariantCulture);
    }

    private static double Ratio(KernelResult result, int engine) => result.Median(engine) / result.Median(0);

    private string[] MeanCells(Func<KernelResult, bool> which) => [.. engines.Select((_, engine) =>
    {
        var mean = Statistics.GeometricMean(results.Where(which).Select(result => Ratio(result, engine)).Where(double.IsFinite));
        return engine == 0 ? "1" : double.IsNaN(mean) ? "–" : string.Create(CultureInfo.InvariantCulture, $"{mean:F2}x");
    })];

    private static string Row(string first, string[] cells) => $"{first,-24}{string.Concat(cells.Select(cell => cell.PadLeft(18)))}";
}
