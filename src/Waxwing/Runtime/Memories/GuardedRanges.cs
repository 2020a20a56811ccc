using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// The address ranges in which a fault is a trap of guest code, as the signal handler of <see cref="FaultShim"/> reads them. All have the same length, a little more than 8 GiB; so at most two touch any
/// 4 GiB of the address space, and the table is indexed by the upper half of an address: two words each, the starts of those ranges or 0. A lookup is two comparisons however many
/// ranges there are. Every word changes by one plain store, so that the handler may read while ranges come and go; it asks only about ranges that are in use, and these do not change.
/// </summary>
internal static unsafe class GuardedRanges
{
    /// <summary>Beyond every byte that a 32-bit address plus a 32-bit offset reaches, plus the widest access.</summary>
    public const ulong Length = (8UL << 30) + (64 << 10);

    /// <summary>The address space of a process on both architectures, unless it asks for more: 2^47 or 2^48 bytes. What lies beyond is not registered.</summary>
    public const int Blocks = 1 << (48 - BlockShift);

    private const int BlockShift = 32, WordsPerBlock = 2;

    private static readonly Lock Gate = new();

    /// <summary>The switch that turns guarded accesses off for the process.</summary>
    public const string SwitchName = "Waxwing.GuardPages";

    /// <summary>The words; null where guarded accesses are not supported or are switched off. 1 MiB of address space, of which one page is used for each TiB in which there are ranges. Never given back.</summary>
    public static readonly ulong* Table = IsSupported ? AllocateTable() : null;

    /// <summary>A registered range without any accessible byte, for ever: the base of memories that were given back. Null if there can be none.</summary>
    public static readonly byte* Nowhere = Table == null ? null : ReserveNowhere();

    /// <summary>Whether there is a table: then every reservation of <see cref="Length"/> bytes in <see cref="ReservationPool"/> is registered.</summary>
    public static bool AreKept => Table != null;

    private static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64
        && VirtualMemory.IsSupported && VirtualMemory.PageSize <= 65536
        && !(AppContext.TryGetSwitch(SwitchName, out var on) && !on);

    /// <summary>Registers a reservation of <see cref="Length"/> bytes, before anybody uses it; false if the table has no place for it.</summary>
    public static bool TryRegister(byte* start)
    {
        if (Table == null || (ulong)start > ((ulong)Blocks << BlockShift) - Length)
            return false;
        lock (Gate)
        {
            var (first, last) = BlocksOf(start);
            for (var block = first; block <= last; block++)
            {
                // Can only be if something else than the pool registers ranges that overlap.
                if (PlaceOf(0, block) == null)
                    return false;
            }
            for (var block = first; block <= last; block++)
                Volatile.Write(ref *PlaceOf(0, block), (ulong)start);
            return true;
        }
    }

    /// <summary>Removes a range, before its address space is given back; nothing may be accessing it. One that is not registered is ignored.</summary>
    public static void Unregister(byte* start)
    {
        if (Table == null || (ulong)start > ((ulong)Blocks << BlockShift) - Length)
            return;
        lock (Gate)
        {
            var (first, last) = BlocksOf(start);
            for (var block = first; block <= last; block++)
            {
                var place = PlaceOf((ulong)start, block);
                if (place != null)
                    Volatile.Write(ref *place, 0);
            }
        }
    }

    /// <summary>What the handler computes, for the tests: whether an address lies in a registered range.</summary>
    public static bool Contains(ulong address)
    {
        var block = address >> BlockShift;
        if (Table == null || block >= Blocks)
            return false;
        for (var i = 0; i < WordsPerBlock; i++)
        {
            var start = Volatile.Read(ref Table[(block * WordsPerBlock) + (ulong)i]);
            if (start != 0 && address - start < Length)
                return true;
        }
        return false;
    }

    private static (ulong First, ulong Last) BlocksOf(byte* start) => ((ulong)start >> BlockShift, ((ulong)start + Length - 1) >> BlockShift);

    /// <summary>The word of a block that has a value; null if none has.</summary>
    private static ulong* PlaceOf(ulong value, ulong block)
    {
        // SAFETY: callers have checked that the whole range is below the last block's end.
        for (var word = Table + (block * WordsPerBlock); word < Table + ((block + 1) * WordsPerBlock); word++)
        {
            if (*word == value)
                return word;
        }
        return null;
    }

    private static ulong* AllocateTable()
    {
        const uint bytes = Blocks * WordsPerBlock * sizeof(ulong);
        var table = VirtualMemory.Reserve(bytes);
        if (table == null)
            return null;
        if (VirtualMemory.Commit(table, bytes))
            return (ulong*)table;
        VirtualMemory.Release(table, bytes);
        return null;
    }

    private static byte* ReserveNowhere()
    {
        var start = VirtualMemory.Reserve(unchecked((nuint)Length));
        if (start == null || TryRegister(start))
            return start;
        VirtualMemory.Release(start, unchecked((nuint)Length));
        return null;
    }
}
