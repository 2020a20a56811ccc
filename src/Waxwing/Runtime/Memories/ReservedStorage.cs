using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>Storage in reserved address space: growth commits pages, the base never moves.</summary>
internal sealed unsafe class ReservedStorage : MemoryStorage
{
    private readonly nuint reserved;
    private readonly ulong capacity;
    private nuint committed;

    private ReservedStorage(Reservation reservation, ulong capacity)
    {
        Base = reservation.Base;
        reserved = reservation.Bytes;
        committed = reservation.Committed;
        this.capacity = capacity;
    }

    /// <summary>Null if the address space or the memory is refused.</summary>
    /// <param name="length">Initial length.</param>
    /// <param name="capacity">The length up to which growth must not move the base.</param>
    /// <param name="reserve">Address space to reserve, at least <paramref name="capacity"/> and a guard page.</param>
    public static ReservedStorage? TryCreate(ulong length, ulong capacity, nuint reserve)
    {
        if (ReservationPool.Rent(reserve) is not { } reservation)
            return null;
        var storage = new ReservedStorage(reservation, capacity);
        if (storage.CommitExactly(VirtualMemory.RoundUp(length)))
        {
            storage.Length = length;
            return storage;
        }
        storage.Release();
        return null;
    }

    public override bool CanGrowInPlace(ulong length) => length <= capacity;

    public override bool TryGrow(ulong length)
    {
        if (length > capacity)
            return false;
        var wanted = VirtualMemory.RoundUp(length);
        if (wanted > committed)
        {
            if (!VirtualMemory.Commit(Base + committed, wanted - committed))
                return false;
            committed = wanted;
        }
        Length = length;
        return true;
    }

    protected override void FreeBytes()
    {
        ReservationPool.Return(new(Base, reserved, committed));
        Base = null;
    }

    /// <summary>What a pooled reservation has committed beyond the new length is emptied, so that touching it faults as in a fresh one.</summary>
    private bool CommitExactly(nuint wanted)
    {
        if (wanted > committed)
        {
            if (!VirtualMemory.Commit(Base + committed, wanted - committed))
                return false;
        }
        else if (wanted < committed)
        {
            if (!VirtualMemory.Empty(Base + wanted, committed - wanted))
                return false;
        }
        committed = wanted;
        return true;
    }
}

/// <summary>A range of reserved address space of which the first bytes are committed.</summary>
internal readonly unsafe struct Reservation(byte* start, nuint bytes, nuint committed)
{
    public readonly byte* Base = start;
    public readonly nuint Bytes = bytes;
    public readonly nuint Committed = committed;
}
