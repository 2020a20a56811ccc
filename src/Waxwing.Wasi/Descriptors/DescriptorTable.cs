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
            if (TryFindFree(0, out number))
            {
                Volatile.Write(ref entries[number], descriptor);
                return WasiErrno.Success;
            }
        }
        descriptor.Close();
        return WasiErrno.Mfile;
    }

    /// <summary>Gives an open file another number, the lowest free one from a minimum on.</summary>
    public WasiErrno Duplicate(uint from, uint minimum, out uint number)
    {
        number = 0;
        lock (gate)
        {
            if (Find(from) is not { } descriptor)
                return WasiErrno.Badf;
            if (minimum >= maximum)
                return WasiErrno.Inval;
            if (!TryFindFree(minimum, out number))
                return WasiErrno.Mfile;
            Volatile.Write(ref entries[number], descriptor.Duplicate());
            return WasiErrno.Success;
        }
    }

    /// <summary>Gives an open file another, certain number too; what has that is closed.</summary>
    public WasiErrno DuplicateTo(uint from, uint to)
    {
        Descriptor? replaced;
        lock (gate)
        {
            if (Find(from) is not { } descriptor || to >= maximum)
                return WasiErrno.Badf;
            if (from == to)
                return WasiErrno.Success;
            GrowTo((int)to + 1);
            replaced = entries[to];
            Volatile.Write(ref entries[to], descriptor.Duplicate());
        }
        replaced?.Close();
        return WasiErrno.Success;
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

    /// <summary>A free place, made if need be; under the gate.</summary>
    private bool TryFindFree(uint minimum, out uint number)
    {
        number = 0;
        if (isClosed || minimum >= maximum)
            return false;
        GrowTo((int)minimum);
        var free = Array.IndexOf(entries, null, (int)minimum);
        if (free < 0)
        {
            free = entries.Length;
            if (free >= maximum)
                return false;
            GrowTo(free + 1);
        }
        number = (uint)free;
        return true;
    }

    private void GrowTo(int count)
    {
        if (count <= entries.Length)
            return;
        var larger = new Descriptor?[(int)Math.Min(Math.Max(count, entries.Length * 2L), maximum)];
        entries.CopyTo(larger, 0);
        Volatile.Write(ref entries, larger);
    }
}
