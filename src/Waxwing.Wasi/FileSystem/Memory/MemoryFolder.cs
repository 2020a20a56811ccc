using System.Diagnostics.CodeAnalysis;

namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>Where a directory lies in the read-only file system beneath. It stays that when the directory gets another name.</summary>
internal sealed record LowerPath(LowerPath? Parent, string Name);

/// <summary>A directory: its entries, which may lie over a directory of a read-only file system. Guarded by <see cref="MemoryFileSystem.Gate"/>.</summary>
/// <param name="system">The file system.</param>
/// <param name="now">The time.</param>
/// <param name="lower">What lies beneath; null: nothing.</param>
internal sealed class MemoryFolder(MemoryFileSystem system, ulong now, LowerPath? lower = null) : MemoryNode(system, now)
{
    // Places in a listing. Those of the directory beneath have the highest bit.
    private const ulong FirstOrder = 3;
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly List<(ulong Order, string Name)> listing = [];
    private ulong nextOrder = FirstOrder;
    private int folders;
    private int listed;

    /// <summary>A name in a directory.</summary>
    /// <param name="Node">What it stands for; null hides a name beneath.</param>
    /// <param name="HidesLower">Whether the directory beneath has the name too.</param>
    /// <param name="Order">Its place in a listing.</param>
    /// <param name="IsCharged">Whether the quota was charged for it.</param>
    public readonly record struct Entry(MemoryNode? Node, bool HidesLower, ulong Order, bool IsCharged);

    /// <summary>What a name costs, with a node behind it; charged by those who attach or replace.</summary>
    public static long CostOf(string name) => 256 + 2L * name.Length;

    public override WasiFileType Type => WasiFileType.Directory;

    public LowerPath? Lower => lower;

    /// <summary>The directory it is in; null for the root.</summary>
    public MemoryFolder? Parent { get; private set; }

    /// <summary>Whether it was removed while somebody had it open: nothing can be made in it.</summary>
    public bool IsRemoved { get; private set; }

    public override int Links { get => IsRemoved ? 0 : 2 + folders; set { } }

    protected override ulong Size => (ulong)entries.Count;

    /// <summary>Whether it has no entries of its own.</summary>
    public bool HasNoNodes => listed == 0 && (lower is null || entries.Values.All(entry => entry.Node is null));

    public bool TryGet(string name, out Entry entry) => entries.TryGetValue(name, out entry);

    /// <summary>Sees a directory beneath for the first time: a node for it, whose entries are all those beneath.</summary>
    public MemoryFolder Adopt(string name, WasiFileStat stat)
    {
        var child = new MemoryFolder(System, stat.ModificationTime, new LowerPath(lower, name)) { Parent = this };
        entries[name] = new(child, HidesLower: true, 0, IsCharged: false);
        folders++;
        return child;
    }

    /// <summary>Puts a copy in the place of a file beneath.</summary>
    public void Replace(string name, MemoryNode copy)
    {
        entries[name] = new(copy, HidesLower: true, 0, IsCharged: true);
        copy.Links++;
    }

    /// <summary>Gives a node a name that is free.</summary>
    public void Attach(string name, MemoryNode node)
    {
        var hides = entries.TryGetValue(name, out var hidden) && hidden.HidesLower;
        var order = hides ? 0 : nextOrder++;
        entries[name] = new(node, hides, order, IsCharged: true);
        if (!hides)
        {
            listing.Add((order, name));
            listed++;
        }
        if (node is MemoryFolder folder)
        {
            folder.Parent = this;
            folders++;
        }
        node.Links++;
        node.Changed();
        Modified();
    }

    /// <summary>Takes a name away from what it stands for, here or beneath.</summary>
    public void Detach(string name)
    {
        if (entries.TryGetValue(name, out var entry) && !entry.HidesLower)
        {
            entries.Remove(name);
            listed--;
            if (listing.Count > 2 * listed + 16)
                listing.RemoveAll(place => !IsListed(place));
        }
        else
        {
            entries[name] = new(null, HidesLower: true, 0, IsCharged: false);
        }
        if (entry.IsCharged)
            System.Quota.Refund(CostOf(name));
        if (entry.Node is MemoryFolder folder)
        {
            folder.Parent = null;
            folders--;
        }
        if (entry.Node is not null)
        {
            entry.Node.Links--;
            entry.Node.Changed();
        }
        Modified();
    }

    public void MarkRemoved() => IsRemoved = true;

    /// <summary>Whether a directory is this one or somewhere below.</summary>
    public bool Contains(MemoryFolder folder)
    {
        for (var current = folder; current is not null; current = current.Parent)
        {
            if (current == this)
                return true;
        }
        return false;
    }

    /// <summary>The first entry, not beneath, at a place or behind it.</summary>
    public bool TryList(ulong cookie, [NotNullWhen(true)] out string? name, [NotNullWhen(true)] out MemoryNode? node, out ulong next)
    {
        var index = listing.BinarySearch((cookie, ""), OrderOnly.Instance);
        for (index = index < 0 ? ~index : index; index < listing.Count; index++)
        {
            var place = listing[index];
            if (!IsListed(place))
                continue;
            (name, node, next) = (place.Name, entries[place.Name].Node!, place.Order + 1);
            return true;
        }
        (name, node, next) = (null, null, 0);
        return false;
    }

    private bool IsListed((ulong Order, string Name) place) => entries.TryGetValue(place.Name, out var entry) && entry.Order == place.Order && entry.Node is not null;

    private sealed class OrderOnly : IComparer<(ulong Order, string Name)>
    {
        public static readonly OrderOnly Instance = new();

        public int Compare((ulong Order, string Name) x, (ulong Order, string Name) y) => x.Order.CompareTo(y.Order);
    }
}
