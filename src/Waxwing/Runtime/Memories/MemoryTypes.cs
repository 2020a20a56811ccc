namespace Waxwing.Runtime;

/// <summary>Arithmetic on memory types.</summary>
internal static class MemoryTypes
{
    /// <summary>Checks a type given by the host as validation does one in a module: 3.2.12 of the specification.</summary>
    /// <exception cref="ArgumentException">It is not a valid memory type.</exception>
    public static MemoryType Check(MemoryType type)
    {
        if (type.PageSizeLog2 is not (0 or 16))
            throw new ArgumentException($"invalid custom page size: a page is 1 or 65536 bytes, not 2^{type.PageSizeLog2}.", nameof(type));
        var most = AddressablePages(type);
        if (type.Minimum < 0 || (ulong)type.Minimum > most || type.Maximum < 0 || (type.Maximum is { } maximum && (ulong)maximum > most))
            throw new ArgumentException($"memory size must be at most {most} pages: {type}.", nameof(type));
        if (type.Maximum < type.Minimum)
            throw new ArgumentException($"size minimum must not be greater than maximum: {type}.", nameof(type));
        if (type.Shared && type.Maximum is null)
            throw new ArgumentException($"shared memory must have maximum: {type}.", nameof(type));
        return type;
    }

    /// <summary>Bytes of so many pages; huge counts end at 2^64 - 1.</summary>
    public static ulong Bytes(long pages, MemoryType type)
    {
        var bytes = (UInt128)(ulong)pages << type.PageSizeLog2;
        return bytes > ulong.MaxValue ? ulong.MaxValue : (ulong)bytes;
    }

    /// <summary>Bytes beyond which growth fails: by the type's maximum, its address type, or the limit. A multiple of the page size.</summary>
    public static ulong LargestBytes(MemoryType type, WasmLimits limits)
    {
        var byType = (UInt128)Math.Min(type.Maximum is { } maximum ? (ulong)maximum : ulong.MaxValue, AddressablePages(type)) << type.PageSizeLog2;
        var byLimit = (ulong)Math.Clamp(limits.MemoryBytes, 0, nint.MaxValue) >> type.PageSizeLog2 << type.PageSizeLog2;
        return byType < byLimit ? (ulong)byType : byLimit;
    }

    private static ulong AddressablePages(MemoryType type) => (type.Is64, type.PageSizeLog2) switch
    {
        (false, 16) => 1UL << 16,
        (false, _) => uint.MaxValue,
        (true, 16) => 1UL << 48,
        (true, _) => ulong.MaxValue,
    };
}

/// <summary>What a runtime prescribes for the memories of its instances.</summary>
internal sealed record MemorySettings(WasmMemoryPolicy Policy, bool Guarded, WasmLimits Limits, MemoryBudget? Budget);
