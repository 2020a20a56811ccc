using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// Storage in reserved address space: growth commits pages, the base does not move. Only a memory that outgrows its reservation (a 64-bit one without a maximum) moves to a
/// larger one; the old one stays until release, so that what points into it is stale but never dangling.
/// </summary>
internal sealed unsafe class ReservedStorage : MemoryStorage
{
    private readonly ulong largest;
    private List<Reservation>? outgrown;
    private nuint reserved;
    private ulong capacity;
    private nuint committed;

    private ReservedStorage(Reservation reservation, ulong capacity, ulong largest, bool isGuarded)
    {
        IsGuarded = isGuarded && GuardedRanges.AreKept;
        Base = reservation.Base;
        reserved = reservation.Bytes;
        committed = reservation.Committed;
        this.capacity = capacity;
        this.largest = largest;
    }

    /// <summary>Null if the address space or the memory is refused.</summary>
    /// <param name="length">Initial length.</param>
    /// <param name="capacity">The length up to which growth must not move the base.</param>
    /// <param name="largest">The length up to which growth is allowed at all.</param>
    /// <param name="reserve">Address space to reserve, at least <paramref name="capacity"/> and a guard page.</param>
    /// <param name="isGuarded">Whether whatever an access reaches ends within the reservation, of the <see cref="GuardedRanges"/>' length.</param>
    public static ReservedStorage? TryCreate(ulong length, ulong capacity, ulong largest, nuint reserve, bool isGuarded = false)
    {
        if (ReservationPool.Rent(reserve) is not { } reservation)
            return null;
        var storage = new ReservedStorage(reservation, capacity, largest, isGuarded);
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
            return TryMove(length);
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
        foreach (var old in outgrown ?? [])
            ReservationPool.Return(old);
        Base = null;
    }

    private bool TryMove(ulong length)
    {
        var larger = Math.Max(length, Math.Min(largest, 2 * capacity));
        if (TryCreate(length, larger, largest, StoragePlan.WithGuard(larger)) is not { } moved)
            return false;
        Buffer.MemoryCopy(Base, moved.Base, Length, Length);
        (outgrown ??= []).Add(new(Base, reserved, committed));
        Base = moved.Base;
        (Length, reserved, capacity, committed) = (length, moved.reserved, moved.capacity, moved.committed);
        // Its bytes are ours now.
        moved.Forget();
        return true;
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
