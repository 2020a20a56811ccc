using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>
/// Explicit bounds checks, against the length that the code read last: after whatever can tell it that another thread grew the memory (a call, an atomic access, memory.size), it reads it again. So a failed
/// check is a trap and does not return, and the JIT need not save registers around it.
/// </summary>
internal static unsafe class Addresses
{
    /// <summary>The address of an access to a 32-bit memory.</summary>
    /// <param name="index">The index, zero-extended.</param>
    /// <param name="offset">The constant offset, at most 2^32 - 1.</param>
    /// <param name="size">Bytes accessed.</param>
    /// <param name="length">The memory's length as last read.</param>
    /// <param name="start">Its first byte.</param>
    /// <param name="site">Where the access is in the module.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Check32(ulong index, long offset, int size, nint length, byte* start, int site)
    {
        if (index + (ulong)(offset + size) > (ulong)length)
            OutOfBounds(site);
        return start + index + offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Check64(ulong index, long offset, int size, nint length, byte* start, int site)
    {
        var address = index + (ulong)offset;
        if (address < index || (ulong)length < (ulong)size || address > (ulong)length - (ulong)size)
            OutOfBounds(site);
        return start + address;
    }

    /// <summary>A check failed. The site keeps RyuJIT from making one of the calls for several accesses.</summary>
    /// <param name="site">Where the access is in the module.</param>
    [DoesNotReturn]
    public static void OutOfBounds(int site) => throw Trap(site);

    private static WasmTrapException Trap(int site) => new(TrapCode.MemoryOutOfBounds) { Offset = site };
}
