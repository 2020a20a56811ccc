namespace Waxwing.Runtime;

/// <summary>Decides where a memory lives.</summary>
internal static class StoragePlan
{
    /// <summary>
    /// What a memory may grow to in place, if it has no lower bound itself. Where address space is scarce the next smaller one will do: beyond it an unshared memory moves, and a
    /// shared one, which must not, cannot grow.
    /// </summary>
    private static readonly ulong[] Rooms = [64UL << 30, 8UL << 30, 4UL << 30, 1UL << 30, 128UL << 20, 0];

    /// <summary>Null if the system refuses.</summary>
    /// <param name="type">The memory's type.</param>
    /// <param name="length">Initial bytes.</param>
    /// <param name="largest">Bytes beyond which the type or a limit forbids growth.</param>
    /// <param name="policy">The policy asked for.</param>
    /// <param name="guarded">Whether 32-bit memories reserve enough for compiled code without bounds checks.</param>
    public static MemoryStorage? TryCreate(MemoryType type, ulong length, ulong largest, WasmMemoryPolicy policy, bool guarded)
    {
        if (policy != WasmMemoryPolicy.Portable && VirtualMemory.IsSupported && TryReserve(type, length, largest, guarded) is { } storage)
            return storage;
        if (policy == WasmMemoryPolicy.Reserved)
            return null;
        if (!type.Shared)
            return PortableStorage.TryCreate(length, length);
        foreach (var capacity in Capacities(length, largest))
        {
            if (PortableStorage.TryCreate(length, capacity) is { } shared)
                return shared;
        }
        return null;
    }

    /// <summary>Address space for a length with an inaccessible page behind it.</summary>
    public static nuint WithGuard(ulong length) => VirtualMemory.RoundUp(Math.Min(length, (ulong)nint.MaxValue - (1 << 20))) + (64 << 10);

    private static ReservedStorage? TryReserve(MemoryType type, ulong length, ulong largest, bool guarded)
    {
        if (length > (ulong)nint.MaxValue - (1 << 20))
            return null;
        if (guarded && !type.Is64 && type.PageSizeLog2 == 16 && ReservedStorage.TryCreate(length, largest, largest, unchecked((nuint)GuardedRanges.Length), isGuarded: true) is { } inGuards)
            return inGuards;
        foreach (var capacity in Capacities(length, largest))
        {
            if (ReservedStorage.TryCreate(length, capacity, largest, WithGuard(capacity)) is { } storage)
                return storage;
        }
        return null;
    }

    /// <summary>The different capacities worth trying, largest first.</summary>
    private static IEnumerable<ulong> Capacities(ulong length, ulong largest)
    {
        var last = ulong.MaxValue;
        foreach (var room in Rooms)
        {
            var capacity = Math.Max(length, Math.Min(largest, room));
            if (capacity < last)
                yield return last = capacity;
        }
    }
}
