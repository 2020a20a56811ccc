using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Waxwing.Binary;

/// <summary>
/// Reads the primitives of the binary format from a range of a module's bytes. <see cref="Position"/> counts from the beginning of the module, so that
/// errors name the offset which a hex editor shows. Every method that fails throws <see cref="WasmFormatException"/>.
/// </summary>
internal ref struct ByteReader
{
    private readonly ReadOnlySpan<byte> bytes;
    private int position;

    /// <summary>A reader of all the bytes.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>A reader of the bytes from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    public ByteReader(ReadOnlySpan<byte> bytes, int start, int end)
    {
        this.bytes = bytes[..end];
        position = start;
    }

    /// <summary>Offset of the next byte in the module.</summary>
    public readonly int Position => position;

    /// <summary>Offset behind the last byte.</summary>
    public readonly int End => bytes.Length;
    public readonly int Remaining => bytes.Length - position;
    public readonly bool IsAtEnd => position >= bytes.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        var at = position;
        if ((uint)at >= (uint)bytes.Length)
            ThrowUnexpectedEnd();
        position = at + 1;
        return bytes[at];
    }

    /// <summary>The next byte, not consumed.</summary>
    public readonly byte PeekByte()
    {
        if (IsAtEnd)
            ThrowUnexpectedEnd();
        return bytes[position];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadU32()
    {
        var at = position;
        if ((uint)at < (uint)bytes.Length)
        {
            var value = bytes[at];
            if (value < 0x80)
            {
                position = at + 1;
                return value;
            }
        }
        return ReadLongU32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadU64()
    {
        var at = position;
        if ((uint)at < (uint)bytes.Length)
        {
            var value = bytes[at];
            if (value < 0x80)
            {
                position = at + 1;
                return value;
            }
        }
        return ReadUnsigned(64);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadS32()
    {
        var at = position;
        if ((uint)at < (uint)bytes.Length)
        {
            var value = bytes[at];
            if (value < 0x80)
            {
                position = at + 1;
                return value << 25 >> 25;
            }
        }
        return (int)ReadSigned(32);
    }

    public long ReadS33() => ReadSigned(33);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadS64()
    {
        var at = position;
        if ((uint)at < (uint)bytes.Length)
        {
            var value = bytes[at];
            if (value < 0x80)
            {
                position = at + 1;
                return value << 25 >> 25;
            }
        }
        return ReadSigned(64);
    }

    /// <summary>
    /// The length of a vector, name or section. One that the rest of the bytes cannot hold is refused at once, so a caller may use it to bound a
    /// loop; to size an allocation it still has to be weighed against <see cref="Remaining"/> and the size of an element.
    /// </summary>
    public int ReadLength()
    {
        var start = position;
        var length = ReadU32();
        // Measured from before the length itself, as the reference interpreter does: a length that is too big by less than the length's own bytes
        // fails later, as an unexpected end, and the suites expect both phrases.
        if (length > (uint)(bytes.Length - start))
            throw new WasmFormatException("length out of bounds", start, $"{length} bytes or elements in the {bytes.Length - position} bytes left");
        return (int)length;
    }

    /// <summary>The bits of an f32.</summary>
    public uint ReadF32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>The bits of an f64; also each half of a v128.</summary>
    public ulong ReadF64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
            ThrowUnexpectedEnd();
        var result = bytes.Slice(position, count);
        position += count;
        return result;
    }

    /// <summary>Steps over bytes that need no look.</summary>
    public void Skip(int count)
    {
        if ((uint)count > (uint)Remaining)
            ThrowUnexpectedEnd();
        position += count;
    }

    /// <summary>A name's bytes, known to be UTF-8.</summary>
    public ReadOnlySpan<byte> ReadNameBytes(int limit)
    {
        var start = position;
        var length = ReadLength();
        if (length > limit)
            throw new WasmFormatException("name too long", start, $"{length} bytes; the limit is {limit}");
        var at = position;
        var name = ReadBytes(length);
        return Utf8.IsValid(name) ? name : throw new WasmFormatException("malformed UTF-8 encoding", at);
    }

    public string ReadName(int limit) => Encoding.UTF8.GetString(ReadNameBytes(limit));

    private uint ReadLongU32()
    {
        var at = position;
        // Two to four bytes, with no need to look at the spare bits: nearly all of what the one-byte path leaves over.
        if (at + 4 <= bytes.Length)
        {
            var rest = bytes.Slice(at, 4);
            var value = (rest[0] & 0x7Fu) | (rest[1] & 0x7Fu) << 7;
            if (rest[1] < 0x80)
            {
                position = at + 2;
                return value;
            }
            value |= (rest[2] & 0x7Fu) << 14;
            if (rest[2] < 0x80)
            {
                position = at + 3;
                return value;
            }
            value |= (rest[3] & 0x7Fu) << 21;
            if (rest[3] < 0x80)
            {
                position = at + 4;
                return value;
            }
        }
        return (uint)ReadUnsigned(32);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadUnsigned(int bits)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            if (shift >= bits)
                ThrowTooLong();
            var next = ReadByte();
            if (bits - shift < 7 && (next & 0x7F) >> (bits - shift) != 0)
                ThrowTooLarge();
            value |= (next & 0x7FUL) << shift;
            if (next < 0x80)
                return value;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadSigned(int bits)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            if (shift >= bits)
                ThrowTooLong();
            var next = ReadByte();
            if (bits - shift < 7)
            {
                // The bits from the sign upwards must all be equal.
                var spare = (sbyte)(next << 1) >> (bits - shift);
                if (spare is not (0 or -1))
                    ThrowTooLarge();
            }
            value |= (next & 0x7FL) << shift;
            if (next < 0x80)
            {
                var unused = Math.Max(64 - 7 - shift, 0);
                return value << unused >> unused;
            }
        }
    }

    [DoesNotReturn]
    private readonly void ThrowTooLong() => throw new WasmFormatException("integer representation too long", position);

    [DoesNotReturn]
    private readonly void ThrowTooLarge() => throw new WasmFormatException("integer too large", position - 1);

    [DoesNotReturn]
    public readonly void ThrowUnexpectedEnd() => throw new WasmFormatException("unexpected end of section or function", bytes.Length);
}
