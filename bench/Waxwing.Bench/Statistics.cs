namespace Waxwing.Bench;

internal static class Statistics
{
    public static double Median(IEnumerable<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length switch
        {
            0 => double.NaN,
            var count when count % 2 == 1 => sorted[count / 2],
            var count => (sorted[(count / 2) - 1] + sorted[count / 2]) / 2,
        };
    }

    public static double GeometricMean(IEnumerable<double> values)
    {
        var logarithms = values.Select(value => Math.Log(value)).ToArray();
        return logarithms.Length == 0 ? double.NaN : Math.Exp(logarithms.Average());
    }

    /// <summary>
    /// Median seconds of one execution, in batches of about ten milliseconds, at least five of them and for half a second. Before that it is executed until the JIT had its time:
    /// a fifth of a second and fifty executions, but no longer than three seconds.
    /// </summary>
    public static double SecondsOf(Action action)
    {
        var start = Clock.Now;
        var warm = 0L;
        do
        {
            action();
            warm++;
        }
        while (Clock.Now - start is var spent && (spent < 200 || (warm < 50 && spent < 3000)));
        var batch = Math.Max(1, (long)(10 * warm / (Clock.Now - start)));
        var samples = new List<double>();
        for (var total = 0.0; samples.Count < 5 || total < 500; total += samples[^1])
        {
            start = Clock.Now;
            for (var i = 0L; i < batch; i++)
                action();
            samples.Add(Clock.Now - start);
        }
        return Median(samples) / batch / 1000;
    }
}
