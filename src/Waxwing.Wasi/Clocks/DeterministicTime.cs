namespace Waxwing.Wasi.Clocks;

/// <summary>Time that depends on nothing but how often it is asked for: it begins at 2022-01-01T00:00Z and moves 1 ms with each reading. Each clock moves on its own.</summary>
internal sealed class DeterministicTime : TimeProvider
{
    /// <summary>Nanoseconds of one reading.</summary>
    public const ulong Step = 1_000_000;

    private const long Limit = long.MaxValue / 4;
    private static readonly DateTimeOffset Beginning = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private long wall;
    private long monotonic;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Advance(ref monotonic, (long)Step) - (long)Step;

    public override DateTimeOffset GetUtcNow() => Beginning.AddTicks((Advance(ref wall, (long)Step) - (long)Step) / 100);

    /// <summary>Sleeping takes no time, but afterwards it is later.</summary>
    public void Skip(ulong nanoseconds)
    {
        Advance(ref wall, (long)Math.Min(nanoseconds, (ulong)Limit));
        Advance(ref monotonic, (long)Math.Min(nanoseconds, (ulong)Limit));
    }

    // A guest that sleeps for centuries gets to the limit, where time stands still rather than turn back.
    private static long Advance(ref long clock, long step)
    {
        while (true)
        {
            var before = Volatile.Read(ref clock);
            var after = Math.Min(before + step, Limit);
            if (Interlocked.CompareExchange(ref clock, after, before) == before)
                return after;
        }
    }
}
