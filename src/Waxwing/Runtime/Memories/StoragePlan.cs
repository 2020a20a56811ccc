namespace Waxwing.Runtime;

/// <summary>Decides where a memory lives.</summary>
internal static class StoragePlan
{
    /// <summary>Beyond every byte that a 32-bit address plus a 32-bit offset reaches, plus the widest access: compiled code then needs no bounds check of its own.</summary>
    private const ulong GuardedReservation = (8UL << 30) + (64 << 10);

    /// <summary>A 64-bit memory without (or with a larger) maximum reserves this much at most; beyond it, growth moves the memory.</summary>
    private const ulong LargestReservation = 64UL << 30;

    /// <summary>Null if the system refuses.</summary>
    /// <param name="type">The memory's type.</param>
    /// <param name="length">Initial bytes.</param>
    /// <param name="largest">Bytes beyond which the type or a limit forbids growth.</param>
    /// <param name="policy">The policy asked for.</param>
    /// <param name="guarded">Whether 32-bit memories reserve enough for compiled code without bounds checks.</param>
    public static MemoryStorage? TryCreate(MemoryType type, ulong length, ulong largest, WasmMemoryPolicy policy, bool guarded)
    {
        if (policy != WasmMemoryPolicy.Portable && VirtualMemory.IsSupported)
        {
            // A shared memory must never move, so it needs room for all it may become.
            var capacity = type.Shared ? largest : Math.Max(length, Math.Min(largest, LargestReservation));
            var reserve = guarded && !type.Is64 && type.PageSizeLog2 == 16 ? GuardedReservation : VirtualMemory.RoundUp(capacity) + (64UL << 10);
            if (reserve > capacity && reserve <= (ulong)nint.MaxValue && ReservedStorage.TryCreate(length, capacity, (nuint)reserve) is { } storage)
                return storage;
            if (reserve == GuardedReservation && ReservedStorage.TryCreate(length, capacity, VirtualMemory.RoundUp(capacity) + (64 << 10)) is { } smaller)
                return smaller;
        }
        return policy == WasmMemoryPolicy.Reserved ? null : PortableStorage.TryCreate(length, type.Shared ? largest : length);
    }
}
