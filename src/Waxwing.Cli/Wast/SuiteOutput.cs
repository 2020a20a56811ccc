using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Waxwing.Cli.Wast;

/// <summary>Where the results of <c>waxwing wast</c> go.</summary>
internal abstract class SuiteOutput
{
    public abstract void Script(ScriptReport report);

    public abstract void End(SuiteTotals totals);
}

/// <summary>Results for people.</summary>
internal sealed class TextSuiteOutput(TextWriter writer, bool listPhrases) : SuiteOutput
{
    public override void Script(ScriptReport report)
    {
        var skipped = report.Skipped.Count > 0 ? $", {report.Skipped.Count} skipped" : "";
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.Path}: {report.Passed} passed, {report.Failures.Count} failed{skipped} ({report.Time.TotalMilliseconds:0} ms)"));
        foreach (var failure in report.Failures)
            writer.WriteLine($"  {report.Path}:{failure.Line}: {failure.Command}: {failure.Message}");
        foreach (var stale in report.Stale)
            writer.WriteLine($"  stale exclusion: {stale}");
        if (listPhrases)
        {
            foreach (var phrase in report.OtherPhrases)
                writer.WriteLine($"  {report.Path}:{phrase.Line}: {phrase.Command}: {phrase.Message}");
        }
    }

    public override void End(SuiteTotals totals)
    {
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"phrases: {totals.Phrases:N0} of {totals.Rejections:N0} ({totals.PhrasePercentage:0.0} %)"));
        if (totals.RoundTrips > 0)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round trips: {totals.RoundTrips:N0} modules"));
        foreach (var (reason, count) in totals.SkipReasons)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"skipped: {count}, {reason}"));
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Passed} passed, {totals.Failed} failed, {totals.Skipped} skipped"));
    }
}

/// <summary>Results for programs: one JSON object.</summary>
internal sealed class JsonSuiteOutput : SuiteOutput
{
    private readonly TextWriter writer;
    private readonly MemoryStream buffer = new();
    private readonly Utf8JsonWriter json;

    public JsonSuiteOutput(TextWriter writer)
    {
        this.writer = writer;
        json = new(buffer, new() { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("scripts");
    }

    public override void Script(ScriptReport report)
    {
        json.WriteStartObject();
        json.WriteString("path", report.Path);
        json.WriteNumber("passed", report.Passed);
        json.WriteNumber("failed", report.Failures.Count);
        json.WriteNumber("skipped", report.Skipped.Count);
        json.WriteNumber("milliseconds", Math.Round(report.Time.TotalMilliseconds, 1));
        Write("failures", report.Failures);
        Write("skips", report.Skipped);
        Write("otherPhrases", report.OtherPhrases);
        json.WriteEndObject();
    }

    public override void End(SuiteTotals totals)
    {
        json.WriteEndArray();
        json.WriteNumber("passed", totals.Passed);
        json.WriteNumber("failed", totals.Failed);
        json.WriteNumber("skipped", totals.Skipped);
        json.WriteNumber("rejections", totals.Rejections);
        json.WriteNumber("phrases", totals.Phrases);
        json.WriteEndObject();
        json.Dispose();
        writer.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private void Write(string name, List<ScriptFailure> failures)
    {
        json.WriteStartArray(name);
        foreach (var failure in failures)
        {
            json.WriteStartObject();
            json.WriteNumber("line", failure.Line);
            json.WriteString("command", failure.Command);
            json.WriteString("message", failure.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
