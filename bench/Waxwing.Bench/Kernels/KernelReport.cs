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
internal sealed class KernelReport(string[] engines, int rounds)
{
    private readonly List<KernelResult> results = [];

    public IReadOnlyList<string> Engines => engines;

    public IReadOnlyList<KernelResult> Results => results;

    public bool HasFailures => results.Any(result => result.Failures.Any(failure => failure is not null));

    /// <summary>What the ratios are to: native code, or else the first engine.</summary>
    public string Yardstick => engines[0];

    public string Header => Row("kernel", engines);

    public string Footer => string.Join('\n', Means().Select(mean => Row(mean.Name, mean.Cells)));

    public string Add(KernelResult result)
    {
        results.Add(result);
        var row = Row(result.Kernel.Name, [.. engines.Select((_, i) => Cell(result, i))]);
        return string.Join('\n', result.Failures.Select((failure, i) => failure is null ? null : $"    {engines[i]}: {failure}").OfType<string>().Prepend(row));
    }

    /// <summary>One engine's medians in those of another: the ratio of a kernel.</summary>
    public static double Ratio(KernelResult result, int engine, int to) => result.Median(engine) / result.Median(to);

    /// <summary>The geometric mean of an engine's ratios to another; NaN where nothing is comparable.</summary>
    public double Mean(int engine, int to, Func<KernelResult, bool>? which = null) =>
        Statistics.GeometricMean(results.Where(which ?? (_ => true)).Select(result => Ratio(result, engine, to)).Where(double.IsFinite));

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        void Line(string first, IEnumerable<string> cells) => text.AppendLine($"| {first} | {string.Join(" | ", cells)} |");
        Line("kernel", engines.Select(engine => $"{engine} ms"));
        Line("---", engines.Select(_ => "---:"));
        foreach (var result in results)
            Line($"{result.Kernel.Name} ({result.Kernel.N})", engines.Select((_, i) => Cell(result, i)));
        foreach (var (name, cells) in Means())
            Line($"**{name}**", cells);
        text.AppendLine();
        text.AppendLine($"Medians of {rounds} rounds, all engines in turns. {string.Join("; ", engines.Where(engine => Kernels.Engines.Describe(engine).Length > 0).Select(engine => $"`{engine}`: {Kernels.Engines.Describe(engine)}"))}.");
        AppendCosts(text);
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            machine = Machine.Describe(),
            rounds,
            means = engines.Select((engine, i) => new { engine, toYardstick = Finite(Mean(i, 0)), toWasmtime = Finite(Mean(i, Array.IndexOf(engines, Kernels.Engines.Wasmtime) is var to and >= 0 ? to : i)) }),
            kernels = results.Select(result => new
            {
                result.Kernel.Name,
                result.Kernel.N,
                engines = engines.Select((engine, i) => new { engine, median = Finite(result.Median(i)), samples = result.Samples[i], failure = result.Failures[i] }),
            }),
        },
        Machine.Json);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    /// <summary>What polls, fuel and checks add to compiled code.</summary>
    private void AppendCosts(StringBuilder text)
    {
        var compiler = Array.IndexOf(engines, Kernels.Engines.Compiler);
        var configurations = engines.Index().Where(engine => engine.Item.StartsWith("compiler-", StringComparison.Ordinal)).ToArray();
        if (compiler < 0 || configurations.Length == 0)
            return;
        text.AppendLine();
        text.AppendLine("| against `compiler` | geometric mean | most |");
        text.AppendLine("| --- | ---: | --- |");
        foreach (var (i, engine) in configurations)
        {
            var worst = results.Where(result => double.IsFinite(Ratio(result, i, compiler))).MaxBy(result => Ratio(result, i, compiler));
            text.AppendLine(worst is null
                ? $"| {engine} | – | – |"
                : string.Create(CultureInfo.InvariantCulture, $"| {engine}: {Kernels.Engines.Describe(engine)} | {Mean(i, compiler):F2}x | {worst.Kernel.Name} {Ratio(worst, i, compiler):F2}x |"));
        }
    }

    /// <summary>The rows at the bottom: means of the ratios to the yardstick, to gcc without its vectoriser, and to Wasmtime with the worst kernel.</summary>
    private IEnumerable<(string Name, string[] Cells)> Means()
    {
        if (engines.Length < 2)
            yield break;
        foreach (var to in new[] { engines[0], Kernels.Engines.NativeScalar, Kernels.Engines.Wasmtime }.Distinct())
        {
            if (Array.IndexOf(engines, to) is not (var index and >= 0))
                continue;
            yield return ($"geometric mean to {to}", Cells(engine => Mean(engine, index)));
            if (index == 0 && results.Exists(result => result.Kernel.Simd) && results.Exists(result => !result.Kernel.Simd))
                yield return ("the same, scalar kernels", Cells(engine => Mean(engine, index, result => !result.Kernel.Simd)));
            if (to == Kernels.Engines.Wasmtime)
                yield return ($"worst kernel to {to}", Cells(engine => results.Select(result => Ratio(result, engine, index)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Max()));
        }
    }

    private string[] Cells(Func<int, double> value) =>
        [.. engines.Select((_, engine) => value(engine) is var ratio && double.IsFinite(ratio) ? string.Create(CultureInfo.InvariantCulture, $"{ratio:F2}x") : "–")];

    private string Cell(KernelResult result, int engine)
    {
        var median = result.Median(engine);
        if (double.IsNaN(median))
            return "–";
        return engine > 0 && Ratio(result, engine, 0) is var ratio && double.IsFinite(ratio)
            ? string.Create(CultureInfo.InvariantCulture, $"{median:F1} ({ratio:F2}x)")
            : median.ToString("F1", CultureInfo.InvariantCulture);
    }

    private static string Row(string first, string[] cells) => $"{first,-30}{string.Concat(cells.Select(cell => cell.PadLeft(18)))}";
}
