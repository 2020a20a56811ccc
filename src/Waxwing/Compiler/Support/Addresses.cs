using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>Explicit bounds checks.</summary>
internal static unsafe class Addresses
{
    /// <summary>The address of an access to a 32-bit memory.</summary>
    /// <param name="index">The index, zero-extended.</param>
    /// <param name="offset">The constant offset, at most 2^32 - 1.</param>
    /// <param name="size">Bytes accessed.</param>
    /// <param name="length">The memory's length as last read.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="memory">The memory.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Check32(ulong index, long offset, int size, long length, byte* start, WasmMemory memory)
    {
        if (index + (ulong)(offset + size) > (ulong)length)
            Recheck(memory, index + (ulong)(offset + size));
        return start + index + offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Check64(ulong index, long offset, int size, long length, byte* start, WasmMemory memory)
    {
        var address = index + (ulong)offset;
        if (address < index || (ulong)length < (ulong)size || address > (ulong)length - (ulong)size)
            Recheck64(memory, address, index, size);
        return start + address;
    }

    /// <summary>Another thread may have grown a shared memory, which never moves; of others the length at hand is the one that counts.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Recheck(WasmMemory memory, ulong end)
    {
        if (!memory.IsShared || end > Volatile.Read(ref memory.Length))
            OutOfBounds();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Recheck64(WasmMemory memory, ulong address, ulong index, int size)
    {
        var length = Volatile.Read(ref memory.Length);
        if (!memory.IsShared || address < index || length < (ulong)size || address > length - (ulong)size)
            OutOfBounds();
    }

    [DoesNotReturn]
    private static void OutOfBounds() => throw new WasmTrapException(TrapCode.MemoryOutOfBounds);
}
