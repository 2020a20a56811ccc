using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Wasi.Abi;

/// <summary>
/// The guest's memory during one call: every access is checked against its length at the beginning of the call, which can only have grown meanwhile. A pointer outside ends the call with <see cref="WasiErrno.Fault"/>.
/// </summary>
internal readonly unsafe struct GuestMemory(byte* start, ulong length)
{
    /// <summary>The longest range used at once: what Linux transfers in one call.</summary>
    public const uint LongestRange = 0x7FFF_F000;

    public static GuestMemory Of(WasmMemory memory) =>
        // SAFETY: a linear memory is native memory and does not move while the guest is in a call; the guest's instance keeps it alive.
        new((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory.AsSpan(0, 0))), (ulong)memory.ByteLength);

    /// <summary>The address of a range in this process.</summary>
    /// <exception cref="GuestFaultException">It is not within the memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Locate(uint address, ulong size)
    {
        // SAFETY: all callers stay within the size given here. Neither operand can make the sum overflow: size is below 2^40.
        if (address + size > length)
            ThrowFault();
        return start + address;
    }

    /// <summary>Checks a range that will be used later.</summary>
    /// <exception cref="GuestFaultException">It is not within the memory.</exception>
    public void Check(uint address, ulong size) => Locate(address, size);

    public Span<byte> Span(uint address, uint size) =>
        size <= LongestRange ? new(Locate(address, size), (int)size) : throw new GuestFaultException();

    public byte ReadByte(uint address) => *Locate(address, 1);

    public ushort ReadUInt16(uint address) => Unsafe.ReadUnaligned<ushort>(Locate(address, 2));

    public uint ReadUInt32(uint address) => Unsafe.ReadUnaligned<uint>(Locate(address, 4));

    public ulong ReadUInt64(uint address) => Unsafe.ReadUnaligned<ulong>(Locate(address, 8));

    public void WriteByte(uint address, byte value) => *Locate(address, 1) = value;

    public void WriteUInt16(uint address, ushort value) => Unsafe.WriteUnaligned(Locate(address, 2), value);

    public void WriteUInt32(uint address, uint value) => Unsafe.WriteUnaligned(Locate(address, 4), value);

    public void WriteUInt64(uint address, ulong value) => Unsafe.WriteUnaligned(Locate(address, 8), value);

    /// <summary>Copies bytes out before they are looked at: another thread of the guest may change them at any time.</summary>
    public byte[] Copy(uint address, uint size) => Span(address, size).ToArray();

    private static void ThrowFault() => throw new GuestFaultException();
}

/// <summary>A pointer of the guest leads out of its memory.</summary>
internal sealed class GuestFaultException : Exception;
