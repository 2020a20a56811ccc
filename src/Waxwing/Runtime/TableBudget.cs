namespace Waxwing.Runtime;

/// <summary>Counts the entries of large tables of a runtime against a limit. Tables have no moment of release, so the garbage collector says when they are gone. Thread-safe.</summary>
internal sealed class TableBudget(long limit)
{
    public const int SmallestCounted = 1024;

    private readonly MemoryBudget entries = new(limit);
    private long lastCollection = Environment.TickCount64 - 1000;

    public long Limit => limit;

    public long Used => entries.Used;

    /// <summary>False if the limit does not allow it, even after dropped tables were collected (looked for once a second at most).</summary>
    public bool TryCharge(long count)
    {
        if (entries.TryCharge(count))
            return true;
        var now = Environment.TickCount64;
        var last = Volatile.Read(ref lastCollection);
        if (count > limit || now - last < 1000 || Interlocked.CompareExchange(ref lastCollection, now, last) != last)
            return false;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return entries.TryCharge(count);
    }

    public void Refund(long count) => entries.Refund(count);
}

/// <summary>What a table has charged; refunded when the table is collected.</summary>
internal sealed class TableCharge(TableBudget budget)
{
    public long Entries { get; set; }

    ~TableCharge() => budget.Refund(Entries);
}
