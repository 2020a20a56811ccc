namespace Waxwing.Runtime;

/// <summary>
/// The bytes behind a linear memory. Not thread-safe: the memory's lock guards it. The finaliser gives dropped storage back, <see cref="Release"/> does so at once.
/// </summary>
internal abstract unsafe class MemoryStorage
{
    private int released;
    private ulong length;

    /// <summary>First byte; not null.</summary>
    public byte* Base { get; protected set; }

    /// <summary>Accessible bytes, all written ones and zeros.</summary>
    public ulong Length
    {
        get => length;
        protected set
        {
            CollectionTrigger.Add(value - length);
            length = value;
        }
    }

    /// <summary>Whether every byte that a 32-bit address plus a 32-bit offset reaches is accessible up to <see cref="Length"/> and lies in one of the <see cref="GuardedRanges"/> beyond. Never changes; nor does the base then.</summary>
    public bool IsGuarded { get; protected init; }

    /// <summary>Grows to a length not below the present one; new bytes are zero. False, with nothing changed, if that is refused. May change <see cref="Base"/> where <see cref="CanGrowInPlace"/> says no.</summary>
    public abstract bool TryGrow(ulong length);

    /// <summary>Whether the base stays when the storage grows to a length.</summary>
    public abstract bool CanGrowInPlace(ulong length);

    /// <summary>What is not counted by the garbage collector but by <see cref="MemoryBudget"/>; set by the memory.</summary>
    public MemoryBudget? Budget { get; set; }

    /// <summary>Gives the bytes back. Nothing may be using them: see <see cref="Reclamation"/>.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref released, 1) != 0)
            return;
        GC.SuppressFinalize(this);
        Free();
    }

    /// <summary>Gives nothing back: something else owns the bytes.</summary>
    protected void Forget()
    {
        released = 1;
        CollectionTrigger.Remove(length);
        GC.SuppressFinalize(this);
    }

    /// <summary>Finalises storage whose memory was dropped.</summary>
    ~MemoryStorage()
    {
        if (Interlocked.Exchange(ref released, 1) == 0)
            Free();
    }

    protected abstract void FreeBytes();

    private void Free()
    {
        CollectionTrigger.Remove(length);
        Budget?.Refund((long)Length);
        Budget = null;
        FreeBytes();
    }
}
