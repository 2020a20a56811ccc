using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Waxwing.Bench.Compile;

/// <summary>The table of compiled modules.</summary>
internal sealed class CompileReport
{
    private readonly List<CompilationFigures> all = [];

    public bool HasFailures => all.Exists(figures => figures.Failure is not null || figures.Jit is { Unoptimised.Length: > 0 });

    /// <summary>Takes figures in and describes them for people.</summary>
    public string Add(CompilationFigures figures)
    {
        all.Add(figures);
        var text = new StringBuilder();
        Line($"{figures.Module}: {figures.Bytes / 1e6:F1} MB, {figures.Functions:N0} functions, {figures.CodeBytes / 1e6:F1} MB of code");
        if (figures.Failure is not null)
            return text.Append($"  FAILED: {figures.Failure}").ToString();
        Line($"  read, load, first call ({figures.Called}): {figures.FirstCall:F0} ms in a fresh process (loaded after {figures.FirstLoad:F0}), {figures.WarmFirstCall:F0} ms in a warm one ({figures.WarmFirstCallProcessor:F0} ms of processor time)");
        Line($"  emission: {figures.Emit:F0} ms, {Rate(figures.CodeBytes, figures.Emit):F1} MB/s on one thread (first time {figures.EmitFirst:F0} ms); {figures.IlBytes / 1e6:F1} MB of assemblies");
        if (figures.Compile > 0)
        {
            Line($"  whole, {figures.Threads} threads: {figures.Compile:F0} ms, {figures.CompileProcessor:F0} ms of processor time: {Rate(figures.CodeBytes, figures.CompileProcessor):F2} MB/s a processor");
            Line($"  memory: {(figures.ManagedAfter - figures.ManagedBefore) / 1e6:F1} MB managed, {(figures.ResidentAfter - figures.ResidentBefore) / 1e6:F1} MB resident in all (peak of the process {figures.PeakResident / 1e6:F0} MB)");
        }
        if (figures.Jit is { } jit)
        {
            Line($"  machine code: {jit.MachineBytes / 1e6:F1} MB of {jit.Methods:N0} methods; {(jit.Unoptimised.Length == 0 ? "all optimised" : $"{jit.Unoptimised.Length} NOT OPTIMISED")}");
            foreach (var method in jit.Unoptimised.Take(10))
                Line($"    {method}");
        }
        return text.ToString().TrimEnd();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("| module | code, MB | functions | first call, ms (fresh, warm process) | emission, MB/s | compiled whole, s | MB/s a processor | machine code, MB | memory, MB managed, resident | not optimised |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var figures in all)
        {
            text.AppendLine(figures.Failure is { } failure
                ? $"| {figures.Module} | {failure.ReplaceLineEndings(" ")} |||||||||"
                : string.Create(CultureInfo.InvariantCulture, $"| {figures.Module} | {figures.CodeBytes / 1e6:F1} | {figures.Functions:N0} | {figures.FirstCall:F0}, {figures.WarmFirstCall:F0} | {Rate(figures.CodeBytes, figures.Emit):F1} | ")
                + (figures.Compile > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"{figures.Compile / 1000:F1} | {Rate(figures.CodeBytes, figures.CompileProcessor):F2} | {figures.Jit?.MachineBytes / 1e6:F1} | {(figures.ManagedAfter - figures.ManagedBefore) / 1e6:F0}, {(figures.ResidentAfter - figures.ResidentBefore) / 1e6:F0} | {figures.Jit?.Unoptimised.Length} |")
                    : "– | – | – | – | – |"));
        }
        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(new { machine = Machine.Describe(), modules = all }, Machine.Json);

    private static double Rate(long bytes, double milliseconds) => bytes / milliseconds / 1000;
}
