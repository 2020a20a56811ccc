using System.Buffers.Binary;
using System.Text;

namespace Waxwing.Binary;

/// <summary>A growing byte buffer with the binary format's primitives: LEB128 integers, little-endian floats, vectors of bytes. Not thread-safe.</summary>
internal sealed class ByteWriter(int capacity = 256)
{
    private byte[] buffer = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> WrittenMemory => buffer.AsMemory(0, Length);

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Forgets everything from <paramref name="length"/> on.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    public void Byte(byte value)
    {
        if (Length == buffer.Length)
            Grow(1);
        buffer[Length++] = value;
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > buffer.Length - Length)
            Grow(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>An unsigned LEB128 integer of up to 32 bits.</summary>
    public void U32(uint value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    /// <summary>An index or count: a non-negative int as unsigned LEB128.</summary>
    public void Index(int value) => U32((uint)value);

    public void U64(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    /// <summary>A signed LEB128 integer: s32, s33 and s64 have the same encoding.</summary>
    public void S64(long value)
    {
        while (value is < -0x40 or >= 0x40)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)(value & 0x7F));
    }

    public void Fixed32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    public void Fixed64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>A byte vector: its length, then its bytes.</summary>
    public void Vector(ReadOnlySpan<byte> bytes)
    {
        Index(bytes.Length);
        Bytes(bytes);
    }

    /// <summary>A name: a byte vector of UTF-8.</summary>
    public void Name(string name)
    {
        var count = Encoding.UTF8.GetByteCount(name);
        Index(count);
        if (count > buffer.Length - Length)
            Grow(count);
        Length += Encoding.UTF8.GetBytes(name, buffer.AsSpan(Length));
    }

    /// <summary>A section: its id, its size, then <paramref name="content"/>.</summary>
    public void Section(byte id, ReadOnlySpan<byte> content)
    {
        Byte(id);
        Vector(content);
    }

    private void Grow(int more)
    {
        var needed = (long)Length + more;
        if (needed > Array.MaxLength)
            throw new OutOfMemoryException("a module in binary form would exceed the largest .NET array");
        Array.Resize(ref buffer, (int)Math.Min(Math.Max(needed, 2L * buffer.Length), Array.MaxLength));
    }
}
