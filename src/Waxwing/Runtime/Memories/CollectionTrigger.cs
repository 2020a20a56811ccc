namespace Waxwing.Runtime;

/// <summary>
/// Has the garbage collector look for dropped memories when what they hold, which it cannot see, has doubled. GC.AddMemoryPressure counts what is added, not what is left, and
/// so would collect for ever in a program that disposes what it makes. Thread-safe.
/// </summary>
internal static class CollectionTrigger
{
    private const long Smallest = 256L << 20;

    private static long held;
    private static long threshold = Smallest;
    private static long lastCollection = -1000;

    /// <summary>Bytes of linear memories that were not given back.</summary>
    public static long Held => Volatile.Read(ref held);

    public static void Add(ulong bytes)
    {
        var now = Interlocked.Add(ref held, (long)bytes);
        if (now <= Volatile.Read(ref threshold))
            return;
        Volatile.Write(ref threshold, 2 * now);
        if (MayCollect())
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
    }

    public static void Remove(ulong bytes)
    {
        var now = Interlocked.Add(ref held, -(long)bytes);
        if (now < Volatile.Read(ref threshold) / 4)
            Volatile.Write(ref threshold, Math.Max(Smallest, 2 * now));
    }

    /// <summary>True once a second at most: a process that is short of something must not collect garbage for each memory.</summary>
    public static bool MayCollect()
    {
        var now = Environment.TickCount64;
        var last = Volatile.Read(ref lastCollection);
        return now - last >= 1000 && Interlocked.CompareExchange(ref lastCollection, now, last) == last;
    }
}
