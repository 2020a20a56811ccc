using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>Signatures and other byte strings of metadata (ECMA-335, II.24.2.4), each kept once. Used by one thread.</summary>
internal sealed class BlobHeap
{
    private readonly ByteWriter heap = new();
    private readonly ByteWriter prefix = new(4);

    // A hash table of places in the heap; 0, which is the empty blob, stands for nothing.
    private int[] places = new int[64];
    private int count;

    public BlobHeap()
    {
        heap.Byte(0);
    }

    public ReadOnlySpan<byte> Written => heap.Written;

    /// <returns>The blob's place.</returns>
    public int Add(ReadOnlySpan<byte> blob)
    {
        if (2 * ++count > places.Length)
            Grow();
        prefix.Truncate(0);
        WriteLength(prefix, blob.Length);
        var slot = Hash(blob) & (places.Length - 1);
        for (; places[slot] is var place and not 0; slot = (slot + 1) & (places.Length - 1))
        {
            var known = heap.Written[place..];
            if (known.StartsWith(prefix.Written) && known[prefix.Length..].StartsWith(blob))
                return place;
        }
        places[slot] = heap.Length;
        heap.Bytes(prefix.Written);
        heap.Bytes(blob);
        return places[slot];
    }

    /// <summary>Pads the heap; nothing is added any more.</summary>
    public void Finish() => UnitMetadata.Align(heap);

    /// <summary>A length, count or token in one, two or four bytes (II.23.2).</summary>
    public static void WriteLength(ByteWriter to, int value)
    {
        if (value < 0x80)
        {
            to.Byte((byte)value);
            return;
        }
        if (value < 0x4000)
        {
            to.Byte((byte)(0x80 | value >> 8));
        }
        else
        {
            to.Byte((byte)(0xC0 | value >> 24));
            to.Byte((byte)(value >> 16));
            to.Byte((byte)(value >> 8));
        }
        to.Byte((byte)value);
    }

    private static int Hash(ReadOnlySpan<byte> blob)
    {
        var hash = default(HashCode);
        hash.AddBytes(blob);
        return hash.ToHashCode();
    }

    private void Grow()
    {
        var old = places;
        places = new int[2 * old.Length];
        foreach (var place in old)
        {
            if (place == 0)
                continue;
            var slot = Hash(BlobAt(place)) & (places.Length - 1);
            while (places[slot] != 0)
                slot = (slot + 1) & (places.Length - 1);
            places[slot] = place;
        }
    }

    private ReadOnlySpan<byte> BlobAt(int place)
    {
        var bytes = heap.Written[place..];
        return bytes[0] switch
        {
            < 0x80 => bytes.Slice(1, bytes[0]),
            < 0xC0 => bytes.Slice(2, (bytes[0] & 0x3F) << 8 | bytes[1]),
            _ => bytes.Slice(4, (bytes[0] & 0x1F) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]),
        };
    }
}
