namespace Waxwing.Wasi.Descriptors;

/// <summary>A guest's open files by number; the lowest free number is used first. Thread-safe: guests may have threads.</summary>
/// <param name="maximum">The most that may be open at once.</param>
internal sealed class DescriptorTable(int maximum)
{
    private readonly Lock gate = new();
    private Descriptor?[] entries = new Descriptor?[Math.Min(8, maximum)];
    private bool isClosed;

    public Descriptor? Find(uint number)
    {
        var entries = Volatile.Read(ref this.entries);
        return number < (uint)entries.Length ? Volatile.Read(ref entries[number]) : null;
    }

    /// <summary>Takes a descriptor; if there is no room it is closed.</summary>
    public WasiErrno Add(Descriptor descriptor, out uint number)
    {
        lock (gate)
        {
            var free = isClosed ? maximum : Array.IndexOf(entries, null);
            if (free < 0)
            {
                free = entries.Length;
                if (free < maximum)
                {
                    var larger = new Descriptor?[(int)Math.Min((long)free * 2, maximum)];
                    entries.CopyTo(larger, 0);
                    Volatile.Write(ref entries, larger);
                }
            }
            number = (uint)free;
            if (free < maximum)
            {
                Volatile.Write(ref entries[free], descriptor);
                return WasiErrno.Success;
            }
        }
        descriptor.Close();
        return WasiErrno.Mfile;
    }

    /// <summary>Whether another descriptor would find room; asked before a file is created for it.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate)
                return isClosed || entries.Length == maximum && Array.IndexOf(entries, null) < 0;
        }
    }

    public WasiErrno Close(uint number)
    {
        Descriptor closed;
        lock (gate)
        {
            if (Find(number) is not { } found)
                return WasiErrno.Badf;
            closed = found;
            entries[number] = null;
        }
        closed.Close();
        return WasiErrno.Success;
    }

    /// <summary>Gives a descriptor another number, at which one must be open; that one is closed.</summary>
    public WasiErrno Renumber(uint from, uint to)
    {
        Descriptor replaced;
        lock (gate)
        {
            if (Find(from) is not { } moved || Find(to) is not { } old)
                return WasiErrno.Badf;
            if (from == to)
                return WasiErrno.Success;
            replaced = old;
            entries[to] = moved;
            entries[from] = null;
        }
        replaced.Close();
        return WasiErrno.Success;
    }

    /// <summary>Closes everything, for good.</summary>
    public void CloseAll()
    {
        Descriptor?[] all;
        lock (gate)
        {
            isClosed = true;
            all = entries;
            entries = [];
        }
        foreach (var descriptor in all)
            descriptor?.Close();
    }
}
