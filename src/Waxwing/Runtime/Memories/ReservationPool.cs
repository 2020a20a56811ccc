using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// Reserved address space kept for reuse: a small module would otherwise spend more on mapping and unmapping than on everything else. What is in the pool is zero: a reservation is wiped
/// when it comes back, before anybody else can get it. Thread-safe.
/// </summary>
internal static unsafe class ReservationPool
{
    /// <summary>32 reservations with at most 256 KiB committed: 8 MiB of memory at most stay with the process.</summary>
    private const int Capacity = 32;

    /// <summary>Up to here clearing is cheaper than unmapping and faulting the pages in again.</summary>
    private const uint KeepCommitted = 256 << 10;

    private static readonly Reservation[] Free = new Reservation[Capacity];
    private static readonly Lock Gate = new();
    private static int count;

    /// <summary>Reservations that exist, in use or pooled.</summary>
    private static int live;

    /// <summary>
    /// Each is two mappings to the system (committed and not). Linux allows 65,530 for a process by default, and the .NET runtime dies if it cannot get one of its own: so a
    /// quarter is ours at most, and memories beyond live in ordinary memory.
    /// </summary>
    private static readonly int MostReservations = SystemLimits.Mappings / 4;

    /// <summary>Reservations that exist, in use or pooled: for the tests' census.</summary>
    public static int Live => Volatile.Read(ref live);

    /// <summary>A reservation of exactly so many bytes, zero where it is committed; null if the system refuses.</summary>
    public static Reservation? Rent(nuint bytes)
    {
        lock (Gate)
        {
            for (var i = count - 1; i >= 0; i--)
            {
                if (Free[i].Bytes != bytes)
                    continue;
                var found = Free[i];
                Free[i] = Free[--count];
                return found;
            }
        }
        var address = TryReserve(bytes);
        if (address == null)
        {
            Scavenge();
            address = TryReserve(bytes);
        }
        return address == null ? null : new Reservation(address, bytes, 0);
    }

    private static byte* TryReserve(nuint bytes)
    {
        if (Interlocked.Increment(ref live) <= MostReservations)
        {
            var address = VirtualMemory.Reserve(bytes);
            // Registered as long as it exists, in use or pooled: so before any access to it, and after the last.
            if (address != null && IsGuarded(bytes) && !GuardedRanges.TryRegister(address))
            {
                VirtualMemory.Release(address, bytes);
                address = null;
            }
            if (address != null)
                return address;
        }
        Interlocked.Decrement(ref live);
        return null;
    }

    public static void Return(Reservation reservation)
    {
        // Not wiped if there is no room for it anyway; whether there is may change meanwhile, so it is asked again.
        bool hasRoom;
        lock (Gate)
            hasRoom = PlaceFor(reservation.Bytes) >= 0;
        var outgoing = reservation;
        if (hasRoom && Wipe(ref reservation))
        {
            lock (Gate)
            {
                var place = PlaceFor(reservation.Bytes);
                if (place == count)
                {
                    Free[count++] = reservation;
                    return;
                }
                if (place >= 0)
                    (outgoing, Free[place]) = (Free[place], reservation);
            }
        }
        Release(outgoing);
    }

    /// <summary>A free place, or else that of a reservation of another size (the sizes in demand change), or -1.</summary>
    private static int PlaceFor(nuint bytes)
    {
        if (count < Capacity)
            return count;
        for (var i = 0; i < count; i++)
        {
            if (Free[i].Bytes != bytes)
                return i;
        }
        return -1;
    }

    /// <summary>Gives everything in the pool back to the system.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            while (count > 0)
                Release(Free[--count]);
        }
    }

    private static void Release(Reservation reservation)
    {
        if (IsGuarded(reservation.Bytes))
            GuardedRanges.Unregister(reservation.Base);
        VirtualMemory.Release(reservation.Base, reservation.Bytes);
        Interlocked.Decrement(ref live);
    }

    private static bool IsGuarded(nuint bytes) => bytes == GuardedRanges.Length && GuardedRanges.AreKept;

    /// <summary>Address space may be held by pooled reservations of other sizes, or by memories that were dropped but not yet finalised: the latter only if there are many at all.</summary>
    private static void Scavenge()
    {
        Clear();
        if (Volatile.Read(ref live) < 64 || !CollectionTrigger.MayCollect())
            return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Clear();
    }

    private static bool Wipe(ref Reservation reservation)
    {
        var keep = (nuint)Math.Min(reservation.Committed, KeepCommitted);
        if (reservation.Committed > keep && !VirtualMemory.Empty(reservation.Base + keep, reservation.Committed - keep))
            return false;
        NativeMemory.Clear(reservation.Base, keep);
        reservation = new(reservation.Base, reservation.Bytes, keep);
        return true;
    }
}
