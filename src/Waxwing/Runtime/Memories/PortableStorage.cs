using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// Storage in ordinary native memory, for platforms and processes without address space to spare. Growth beyond the capacity copies to a new block; the old ones stay until release,
/// so that a span or a cached base over them is stale but never dangling.
/// </summary>
internal sealed unsafe class PortableStorage : MemoryStorage
{
    private readonly List<nint> outgrown = [];
    private ulong capacity;

    private PortableStorage(byte* block, ulong length, ulong capacity)
    {
        Base = block;
        Length = length;
        this.capacity = capacity;
    }

    /// <summary>Null if the memory is refused.</summary>
    /// <param name="length">Initial length.</param>
    /// <param name="capacity">The length up to which growth must not move the base.</param>
    public static PortableStorage? TryCreate(ulong length, ulong capacity)
    {
        var block = Allocate(capacity);
        return block == null ? null : new(block, length, capacity);
    }

    public override bool CanGrowInPlace(ulong length) => length <= capacity;

    public override bool TryGrow(ulong length)
    {
        if (length > capacity)
        {
            // Doubling bounds what is copied and what the outgrown blocks hold to the size of the last.
            var larger = Math.Max(length, Math.Min(2 * capacity, capacity + (1UL << 30)));
            var block = Allocate(larger);
            if (block == null && larger > length)
                block = Allocate(larger = length);
            if (block == null)
                return false;
            Buffer.MemoryCopy(Base, block, larger, Length);
            outgrown.Add((nint)Base);
            Base = block;
            capacity = larger;
        }
        Length = length;
        return true;
    }

    protected override void FreeBytes()
    {
        NativeMemory.Free(Base);
        foreach (var block in outgrown)
            NativeMemory.Free((void*)block);
        outgrown.Clear();
        Base = null;
    }

    /// <summary>Zeroed; large blocks come from the system and cost memory only where they are touched. Aligned to 16.</summary>
    private static byte* Allocate(ulong bytes)
    {
        if (bytes > (ulong)nint.MaxValue)
            return null;
        try
        {
            return (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(bytes, 16));
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }
}
