namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>How much a file system in memory may hold. Charged before memory is taken. Thread-safe.</summary>
internal sealed class MemoryQuota(long maximum)
{
    private long used;

    public long Maximum => maximum;

    public long Used => Volatile.Read(ref used);

    /// <summary>Takes bytes; false if there are not so many left.</summary>
    public bool TryCharge(long bytes)
    {
        while (true)
        {
            var before = Volatile.Read(ref used);
            if (bytes > maximum - before)
                return false;
            if (Interlocked.CompareExchange(ref used, before + bytes, before) == before)
                return true;
        }
    }

    public void Refund(long bytes) => Interlocked.Add(ref used, -bytes);
}
