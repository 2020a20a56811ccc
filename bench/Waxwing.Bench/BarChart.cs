using System.Globalization;
using System.Security;
using System.Text;

namespace Waxwing.Bench;

internal sealed record BarSeries(string Name, string Colour);

/// <summary>
/// Horizontal bars in groups, drawn as SVG: no script, no font but the reader's own, colours that are readable on light and on dark pages. A line marks 1; bars that are much longer than the others are cut
/// and say so by their number.
/// </summary>
internal sealed class BarChart(string title, string subtitle)
{
    private const int Width = 860, Labels = 130, Numbers = 56, Bar = 11, Gap = 9, Top = 92;

    private readonly List<(string Name, double[] Values, bool IsTotal)> groups = [];

    public required IReadOnlyList<BarSeries> Series { get; init; }

    public void Add(string name, double[] values, bool isTotal = false) => groups.Add((name, values, isTotal));

    public string ToSvg()
    {
        var highest = Scale();
        var step = highest <= 2.5 ? 0.5 : highest <= 6 ? 1 : Math.Ceiling(highest / 6);
        var groupHeight = Series.Count * Bar + Gap;
        var bottom = Top + groups.Count * groupHeight;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
        double X(double value) => Labels + (Width - Labels - Numbers) * Math.Min(value, highest) / highest;

        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {bottom + 28}\" width=\"{Width}\" height=\"{bottom + 28}\" role=\"img\" aria-label=\"{Escape(title)}\">");
        text.AppendLine("""
            <style>
              text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #444c56 }
              .title { font-size: 16px; font-weight: 600 } .total { font-weight: 600 } .number { font-size: 9.5px } .grid { stroke: #8b949e; stroke-opacity: .3 } .one { stroke: #8b949e; stroke-dasharray: 4 3 }
              @media (prefers-color-scheme: dark) { text { fill: #c4ccd5 } }
            </style>
            """);
        Line($"<text class=\"title\" x=\"8\" y=\"24\">{Escape(title)}</text>");
        Line($"<text x=\"8\" y=\"44\">{Escape(subtitle)}</text>");
        for (var (i, x) = (0, 8); i < Series.Count; x += 34 + 7 * Series[i].Name.Length, i++)
        {
            Line($"<rect x=\"{x}\" y=\"57\" width=\"12\" height=\"12\" rx=\"2\" fill=\"{Series[i].Colour}\"/>");
            Line($"<text x=\"{x + 17}\" y=\"67\">{Escape(Series[i].Name)}</text>");
        }
        for (var value = 0.0; value <= highest + 1e-9; value += step)
        {
            Line($"<line class=\"grid\" x1=\"{X(value):F1}\" y1=\"{Top - 8}\" x2=\"{X(value):F1}\" y2=\"{bottom}\"/>");
            Line($"<text x=\"{X(value):F1}\" y=\"{bottom + 18}\" text-anchor=\"middle\">{value}x</text>");
        }
        Line($"<line class=\"one\" x1=\"{X(1):F1}\" y1=\"{Top - 8}\" x2=\"{X(1):F1}\" y2=\"{bottom}\"/>");
        for (var (group, y) = (0, Top); group < groups.Count; group++, y += groupHeight)
        {
            var (name, values, isTotal) = groups[group];
            Line($"<text{(isTotal ? " class=\"total\"" : "")} x=\"{Labels - 8}\" y=\"{y + Series.Count * Bar / 2 + 4}\" text-anchor=\"end\">{Escape(name)}</text>");
            for (var i = 0; i < values.Length; i++)
            {
                if (!double.IsFinite(values[i]))
                    continue;
                var top = y + i * Bar;
                Line($"<rect x=\"{Labels}\" y=\"{top}\" width=\"{Math.Max(1, X(values[i]) - Labels):F1}\" height=\"{Bar - 1}\" rx=\"1.5\" fill=\"{Series[i].Colour}\"/>");
                Line($"<text class=\"number\" x=\"{X(values[i]) + 4:F1}\" y=\"{top + 8.5}\">{values[i]:F2}{(values[i] > highest ? " »" : "")}</text>");
            }
        }
        text.AppendLine("</svg>");
        return text.ToString();
    }

    /// <summary>The right end: the largest value, unless a few are far beyond the rest.</summary>
    private double Scale()
    {
        var sorted = groups.SelectMany(group => group.Values).Where(double.IsFinite).Order().ToArray();
        return sorted.Length == 0 ? 1 : Math.Max(1.25, Math.Min(sorted[^1], 2 * sorted[(int)(0.9 * (sorted.Length - 1))]));
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
