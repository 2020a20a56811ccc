namespace Waxwing.Cli.Wast;

/// <summary>Sums over scripts.</summary>
internal sealed class SuiteTotals
{
    public int Scripts { get; private set; }
    public int Passed { get; private set; }
    public int Failed { get; private set; }
    public int Skipped { get; private set; }
    public int Rejections { get; private set; }
    public int Phrases { get; private set; }
    public int RoundTrips { get; private set; }
    public SortedDictionary<string, int> SkipReasons { get; } = new(StringComparer.Ordinal);
    public List<string> Stale { get; } = [];
    public TimeSpan Time { get; private set; }

    public double PhrasePercentage => Rejections == 0 ? 100 : 100.0 * Phrases / Rejections;

    public void Add(ScriptReport report)
    {
        Scripts++;
        Passed += report.Passed;
        Failed += report.Failures.Count;
        Skipped += report.Skipped.Count;
        Rejections += report.Rejections;
        Phrases += report.Phrases;
        RoundTrips += report.RoundTrips;
        foreach (var (reason, count) in report.SkipReasons)
            SkipReasons[reason] = SkipReasons.GetValueOrDefault(reason) + count;
        Stale.AddRange(report.Stale);
        Time += report.Time;
    }
}
