namespace Waxwing.Bench.Kernels;

/// <summary>The picture of a report: a group of bars for each kernel, the geometric mean first.</summary>
internal static class KernelChart
{
    /// <summary>Interpreters and configurations are left out: the one would flatten all other bars, the others are in the tables.</summary>
    private static readonly (string Engine, string Title, string Colour)[] Shown =
    [
        (Engines.Compiler, "Waxwing", "#d9480f"),
        (Engines.Wasmtime, "Wasmtime", "#4c6ef5"),
        (Engines.Node, "Node (V8)", "#2f9e44"),
        (Engines.NativeScalar, "gcc, no vectoriser", "#868e96"),
    ];

    public static string Draw(KernelReport report)
    {
        var series = Shown.Select(shown => (shown.Title, shown.Colour, Index: report.Engines.ToList().IndexOf(shown.Engine)))
            .Where(shown => shown.Index > 0)
            .ToArray();
        var chart = new BarChart($"Kernels: time relative to {(report.Yardstick == Engines.Native ? "gcc -O2" : report.Yardstick)}, shorter is faster", $"{Machine.Date}, {Machine.Description}")
        {
            Series = [.. series.Select(shown => new BarSeries(shown.Title, shown.Colour))],
        };
        chart.Add("geometric mean", [.. series.Select(shown => report.Mean(shown.Index, 0))], isTotal: true);
        foreach (var result in report.Results)
            chart.Add(result.Kernel.Name, [.. series.Select(shown => KernelReport.Ratio(result, shown.Index, 0))]);
        return chart.ToSvg();
    }
}
