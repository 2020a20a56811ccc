namespace Waxwing.Runtime;

/// <summary>Counts the bytes of linear memories against a limit. Thread-safe.</summary>
internal sealed class MemoryBudget(long limit)
{
    private long used;

    public long Limit { get; } = limit;

    public long Used => Volatile.Read(ref used);

    public bool TryCharge(long bytes)
    {
        while (true)
        {
            var before = Volatile.Read(ref used);
            if (bytes > Limit - before)
                return false;
            if (Interlocked.CompareExchange(ref used, before + bytes, before) == before)
                return true;
        }
    }

    public void Refund(long bytes) => Interlocked.Add(ref used, -bytes);
}
