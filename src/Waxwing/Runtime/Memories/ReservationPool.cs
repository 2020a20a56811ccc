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
    private static long lastCollection = -1000;

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
        var address = VirtualMemory.Reserve(bytes);
        if (address == null)
        {
            Scavenge();
            address = VirtualMemory.Reserve(bytes);
        }
        if (address == null)
            return null;
        // The collector does not know what a dropped memory holds, and address space for 8 GiB each ends at some 16,000: many of them are reason enough to look.
        if ((Interlocked.Increment(ref live) & 1023) == 0 && MayCollect(4096))
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
        return new Reservation(address, bytes, 0);
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
        VirtualMemory.Release(reservation.Base, reservation.Bytes);
        Interlocked.Decrement(ref live);
    }

    /// <summary>
    /// Address space may be held by pooled reservations of other sizes, or by memories that were dropped but not yet finalised. The latter only when there are many at all, and
    /// looked for once a second at most: a process with little address space must not collect garbage for each memory.
    /// </summary>
    private static void Scavenge()
    {
        Clear();
        if (!MayCollect(64))
            return;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Clear();
    }

    private static bool MayCollect(int reservations)
    {
        var now = Environment.TickCount64;
        var last = Volatile.Read(ref lastCollection);
        return Volatile.Read(ref live) >= reservations && now - last >= 1000 && Interlocked.CompareExchange(ref lastCollection, now, last) == last;
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
