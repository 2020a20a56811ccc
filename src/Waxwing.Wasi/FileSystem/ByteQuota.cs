namespace Waxwing.Wasi.FileSystem;

/// <summary>A number of bytes that may be stored or written. Charged before that is done. Thread-safe.</summary>
internal sealed class ByteQuota(long maximum)
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

    /// <summary>Takes bytes, or as many as are left.</summary>
    public long ChargeUpTo(long bytes)
    {
        while (true)
        {
            var before = Volatile.Read(ref used);
            var taken = Math.Min(bytes, maximum - before);
            if (taken <= 0 || Interlocked.CompareExchange(ref used, before + taken, before) == before)
                return Math.Max(taken, 0);
        }
    }

    public void Refund(long bytes) => Interlocked.Add(ref used, -bytes);
}
