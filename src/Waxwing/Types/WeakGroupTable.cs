using System.Runtime.InteropServices;

namespace Waxwing.Types;

/// <summary>
/// A hash table of recursion groups that does not keep them alive. Dead entries are swept when the table is full, so it is at most twice as large as the
/// number of groups alive at once. Not thread-safe.
/// </summary>
internal sealed class WeakGroupTable
{
    private struct Entry
    {
        public int Hash;

        /// <summary>The next entry of the bucket or of the free list, plus one.</summary>
        public int Next;
        public WeakGCHandle<TypeGroup> Group;
    }

    private int[] buckets = new int[256];
    private Entry[] entries = new Entry[256];
    private int used;
    private int free;

    /// <summary>Entries in use, dead ones included until they are swept.</summary>
    public int Count { get; private set; }

    public TypeGroup? Find(int hash, ReadOnlySpan<ulong> key)
    {
        for (var next = buckets[hash & (buckets.Length - 1)]; next != 0; next = entries[next - 1].Next)
        {
            ref readonly var entry = ref entries[next - 1];
            if (entry.Hash == hash && entry.Group.TryGetTarget(out var group) && key.SequenceEqual(group.Key))
                return group;
        }
        return null;
    }

    public void Add(TypeGroup group)
    {
        if (free == 0 && used == entries.Length)
        {
            Sweep();
            if (Count > entries.Length / 2)
                Resize();
        }
        int index;
        if (free != 0)
        {
            index = free - 1;
            free = entries[index].Next;
        }
        else
        {
            index = used++;
        }
        ref var bucket = ref buckets[group.Hash & (buckets.Length - 1)];
        entries[index] = new() { Hash = group.Hash, Next = bucket, Group = new(group) };
        bucket = index + 1;
        Count++;
    }

    /// <summary>Frees the entries of dead groups.</summary>
    public void Sweep()
    {
        for (var at = 0; at < buckets.Length; at++)
        {
            ref var link = ref buckets[at];
            while (link != 0)
            {
                ref var entry = ref entries[link - 1];
                if (entry.Group.TryGetTarget(out _))
                {
                    link = ref entry.Next;
                    continue;
                }
                entry.Group.Dispose();
                var index = link;
                link = entry.Next;
                entry.Next = free;
                free = index;
                Count--;
            }
        }
    }

    private void Resize()
    {
        // Only called right after a sweep; the free list is built anew by copying the live entries to the front.
        var old = entries;
        var oldBuckets = buckets;
        entries = new Entry[old.Length * 2];
        buckets = new int[oldBuckets.Length * 2];
        used = free = 0;
        foreach (var start in oldBuckets)
        {
            for (var next = start; next != 0; next = old[next - 1].Next)
            {
                ref var bucket = ref buckets[old[next - 1].Hash & (buckets.Length - 1)];
                entries[used] = old[next - 1] with { Next = bucket };
                bucket = ++used;
            }
        }
    }
}
