using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// A linear memory. Growth is thread-safe. Plain reads and writes on several threads are memory-safe but not ordered; use the atomic members on what threads share.
/// Keep the memory, or an instance that has it, referenced as long as you hold a span over it. Specification: 4.2 Memory instances.
/// </summary>
public sealed unsafe partial class WasmMemory : IDisposable
{
    private readonly MemoryType declared;
    private readonly ulong largest;
    private readonly Lock gate = new();
    private MemoryStorage? storage;
    private int users = 1;
    private int hostDisposed;

    /// <summary>A memory defined by the host, zeroed.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="policy">Where it lives.</param>
    /// <param name="limits">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">The type is not one of memories: minimum above maximum, shared without maximum, too large for its address type.</exception>
    /// <exception cref="WasmLinkException">The memory is larger than the limit, or the system refused it.</exception>
    public WasmMemory(MemoryType type, WasmMemoryPolicy policy = WasmMemoryPolicy.Automatic, WasmLimits? limits = null)
        : this(MemoryTypes.Check(type), new MemorySettings(policy, true, limits ?? WasmLimits.Default, null)) => IsHostDefined = true;

    /// <summary>A memory of a checked type, used by one (its creator).</summary>
    internal WasmMemory(MemoryType type, MemorySettings settings)
    {
        declared = type;
        var length = MemoryTypes.Bytes(type.Minimum, type);
        largest = MemoryTypes.LargestBytes(type, settings.Limits);
        if (length > largest)
            throw new WasmLinkException($"memory too large: {type} is {Bytes(length)}, the limit for a memory is {Bytes((ulong)settings.Limits.MemoryBytes)}");
        if (settings.Budget?.TryCharge((long)length) == false)
            throw new WasmLinkException(
                $"memory too large: {type} is {Bytes(length)}, and {Bytes((ulong)settings.Budget.Used)} of the {Bytes((ulong)settings.Budget.Limit)} allowed to the runtime are in use");
        storage = StoragePlan.TryCreate(type, length, largest, settings.Policy, settings.Guarded);
        if (storage is null)
        {
            settings.Budget?.Refund((long)length);
            throw new WasmLinkException($"memory refused: the system has no {Bytes(length)} for {type}");
        }
        storage.Budget = settings.Budget;
        Base = storage.Base;
        Length = length;
        if (storage.IsGuarded)
            GuardedBase = Base;
    }

    /// <summary>The type; its minimum is the size now.</summary>
    public MemoryType Type => declared with { Minimum = Pages };

    /// <summary>Size in bytes.</summary>
    public long ByteLength => (long)Volatile.Read(ref Length);

    /// <summary>Size in pages (64 KiB unless the type says otherwise).</summary>
    public long Pages => ByteLength >> declared.PageSizeLog2;

    /// <summary>Whether several threads may use the memory, with atomics, wait and notify.</summary>
    public bool IsShared => declared.Shared;

    /// <summary>Whether the host made it.</summary>
    internal bool IsHostDefined { get; init; }

    /// <summary>The limits of its type, without the present size.</summary>
    internal MemoryType Declared => declared;

    /// <summary>Adds pages, zeroed. Spans over the memory stay valid.</summary>
    /// <param name="pages">How many.</param>
    /// <returns>The old size in pages, or -1 if the maximum, a limit or the system does not allow it.</returns>
    public long Grow(long pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pages);
        return GrowPages((ulong)pages);
    }

    /// <summary>First byte. Never changes, except under the moving fallback, and then only inside <see cref="GrowPages"/> of an unshared memory. Read it after <see cref="Length"/>.</summary>
    internal byte* Base;

    /// <summary>
    /// Accessible bytes from <see cref="Base"/>; only ever grows, until the memory is given back and it becomes 0. Engines may cache it as long as they look again before they trap.
    /// </summary>
    internal ulong Length;

    /// <summary>
    /// First byte for accesses without bounds checks, if <see cref="IsGuarded"/>. The same as <see cref="Base"/> until the memory is given back; from then on <see cref="GuardedRanges.Nowhere"/>, where
    /// every access faults. So code must read it at the same times as <see cref="Length"/>: after <see cref="Runtime.Activation.Begin"/> or a touch, and again when it resumes. Within a stay it may be cached.
    /// </summary>
    internal byte* GuardedBase;

    /// <summary>
    /// Whether accesses may leave their bounds checks to the hardware: every access of up to 16 bytes at <see cref="GuardedBase"/> + index + offset, both zero-extended from 32 bits, is within the memory, or throws
    /// <see cref="NullReferenceException"/> and writes nothing (but see <see cref="FaultShim.StoresMayTear"/>). Never changes. It holds for machine loads and stores of managed code, of the width of the
    /// access: not for native code, and where the JIT may narrow or drop a load (RATIONALE.md) code must touch its last byte first. While another thread grows the memory, bytes that it adds may be accessible before <see cref="Length"/> says so.
    /// </summary>
    internal bool IsGuarded => GuardedBase != null && FaultShim.IsAvailable;

    /// <summary>memory.grow: the old size in pages, or -1. Thread-safe.</summary>
    internal long GrowPages(ulong pages)
    {
        lock (gate)
        {
            var old = Length;
            var oldPages = old >> declared.PageSizeLog2;
            if (pages == 0)
                return (long)oldPages;
            if (storage is null || pages > (largest - old) >> declared.PageSizeLog2)
                return -1;
            var length = old + (pages << declared.PageSizeLog2);
            if (declared.Shared && !storage.CanGrowInPlace(length))
                return -1;
            var budget = storage.Budget;
            if (budget?.TryCharge((long)(length - old)) == false)
                return -1;
            if (!storage.TryGrow(length))
            {
                budget?.Refund((long)(length - old));
                return -1;
            }
            // The base before the length: who sees the new length must not use it with the old base.
            Base = storage.Base;
            Volatile.Write(ref Length, length);
            return (long)oldPages;
        }
    }

    private static string Bytes(ulong bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => $"{bytes >> 30} GiB",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => $"{bytes >> 10} KiB",
        _ => $"{bytes} bytes",
    };
}
