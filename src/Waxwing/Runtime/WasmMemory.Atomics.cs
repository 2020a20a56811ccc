using System.Runtime.CompilerServices;

namespace Waxwing;

// Sequentially consistent, as the guest's atomic instructions are, and one with them: 5.4.7 of the threads proposal.
public sealed unsafe partial class WasmMemory
{
    /// <summary>Reads 32 bits atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicRead32(long address) => Interlocked.CompareExchange(ref Atomic<int>(address), 0, 0);

    /// <summary>Reads 64 bits atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicRead64(long address) => Interlocked.CompareExchange(ref Atomic<long>(address), 0, 0);

    /// <summary>Writes 32 bits atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public void AtomicWrite32(long address, int value) => Interlocked.Exchange(ref Atomic<int>(address), value);

    /// <summary>Writes 64 bits atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public void AtomicWrite64(long address, long value) => Interlocked.Exchange(ref Atomic<long>(address), value);

    /// <summary>Replaces 32 bits atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">What to write.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicExchange32(long address, int value) => Interlocked.Exchange(ref Atomic<int>(address), value);

    /// <summary>Replaces 64 bits atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">What to write.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicExchange64(long address, long value) => Interlocked.Exchange(ref Atomic<long>(address), value);

    /// <summary>Replaces 32 bits if they have an expected value, atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="expected">Only if this is the old value,</param>
    /// <param name="replacement">this is written.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicCompareExchange32(long address, int expected, int replacement) => Interlocked.CompareExchange(ref Atomic<int>(address), replacement, expected);

    /// <summary>Replaces 64 bits if they have an expected value, atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="expected">Only if this is the old value,</param>
    /// <param name="replacement">this is written.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicCompareExchange64(long address, long expected, long replacement) => Interlocked.CompareExchange(ref Atomic<long>(address), replacement, expected);

    /// <summary>Adds to 32 bits atomically, wrapping around.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">What to add.</param>
    /// <returns>The old value, as the guest's instruction returns it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicAdd32(long address, int value) => Interlocked.Add(ref Atomic<int>(address), value) - value;

    /// <summary>Adds to 64 bits atomically, wrapping around.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">What to add.</param>
    /// <returns>The old value, as the guest's instruction returns it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicAdd64(long address, long value) => Interlocked.Add(ref Atomic<long>(address), value) - value;

    /// <summary>ANDs 32 bits atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">The other operand.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicAnd32(long address, int value) => Interlocked.And(ref Atomic<int>(address), value);

    /// <summary>ANDs 64 bits atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The other operand.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicAnd64(long address, long value) => Interlocked.And(ref Atomic<long>(address), value);

    /// <summary>ORs 32 bits atomically.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="value">The other operand.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicOr32(long address, int value) => Interlocked.Or(ref Atomic<int>(address), value);

    /// <summary>ORs 64 bits atomically.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="value">The other operand.</param>
    /// <returns>The old value.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public long AtomicOr64(long address, long value) => Interlocked.Or(ref Atomic<long>(address), value);

    /// <summary>Checks a guest's atomic access: 0, or the trap. One that is neither aligned nor within bounds is unaligned, as in the reference interpreter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TrapCode LocateAtomic(ulong index, ulong offset, int size, out void* place)
    {
        var address = index + offset;
        // The length before the base: growth publishes them the other way round.
        var length = Volatile.Read(ref Length);
        place = Base + address;
        if ((address & (ulong)(size - 1)) != 0)
            return TrapCode.UnalignedAtomic;
        return address < index || length < (ulong)size || address > length - (ulong)size ? TrapCode.MemoryOutOfBounds : 0;
    }

    private ref T Atomic<T>(long address) where T : unmanaged
    {
        var place = Locate(address, sizeof(T));
        if ((address & (sizeof(T) - 1)) != 0)
            throw new ArgumentException($"The address {address} is not a multiple of {sizeof(T)}.", nameof(address));
        return ref Unsafe.AsRef<T>(place);
    }
}
