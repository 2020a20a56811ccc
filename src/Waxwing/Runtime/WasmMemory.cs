namespace Waxwing;

/// <summary>
/// A linear memory. Growth is thread-safe. Plain reads and writes on several threads are memory-safe but not ordered; use the atomic members on what threads share.
/// Keep the memory, or an instance that has it, referenced as long as you hold a span over it. Specification: 4.2 Memory instances.
/// </summary>
public sealed unsafe partial class WasmMemory : IDisposable
{
    /// <summary>A memory defined by the host, zeroed.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="policy">Where it lives.</param>
    /// <param name="limits">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">The type is not one of memories: minimum above maximum, shared without maximum, too large for its address type.</exception>
    /// <exception cref="WasmLinkException">The memory is larger than the limit, or the system refused it.</exception>
    public WasmMemory(MemoryType type, WasmMemoryPolicy policy = WasmMemoryPolicy.Automatic, WasmLimits? limits = null) => throw new NotImplementedException();

    /// <summary>The type; its minimum is the size now.</summary>
    public MemoryType Type => throw new NotImplementedException();

    /// <summary>Size in bytes.</summary>
    public long ByteLength => (long)Volatile.Read(ref Length);

    /// <summary>Size in pages (64 KiB unless the type says otherwise).</summary>
    public long Pages => throw new NotImplementedException();

    /// <summary>Whether several threads may use the memory, with atomics, wait and notify.</summary>
    public bool IsShared => Type.Shared;

    /// <summary>Adds pages, zeroed. Spans over the memory stay valid.</summary>
    /// <param name="pages">How many.</param>
    /// <returns>The old size in pages, or -1 if the maximum, a limit or the system does not allow it.</returns>
    public long Grow(long pages) => throw new NotImplementedException();

    /// <summary>Gives the memory back once no instance uses it. Only for memories made by the host; one that an instance defines goes with its instances.</summary>
    public void Dispose() => throw new NotImplementedException();

    /// <summary>First byte. Never changes, except under the moving fallback, and then only inside <see cref="GrowPages"/> of an unshared memory.</summary>
    internal byte* Base;

    /// <summary>Accessible bytes from <see cref="Base"/>; only ever grows. Engines may cache it as long as they look again before they trap.</summary>
    internal ulong Length;

    /// <summary>memory.grow: the old size in pages, or -1. Thread-safe.</summary>
    internal long GrowPages(ulong pages) => throw new NotImplementedException();

    /// <summary>memory.atomic.wait32: 0 ok, 1 not equal, 2 timed out. The address is checked by the caller. Timeout in nanoseconds, negative for ever.</summary>
    internal int Wait32(ulong address, int expected, long timeout, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>memory.atomic.wait64.</summary>
    internal int Wait64(ulong address, long expected, long timeout, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>memory.atomic.notify: how many waiters were woken.</summary>
    internal int NotifyWaiters(ulong address, uint count) => throw new NotImplementedException();
}
