namespace Waxwing.Binary;

/// <summary>
/// A name map of the name section: ascending indices, and for each the offset in the section's content of its name (of its own map, in an indirect map).
/// Eight bytes an entry, and four when the indices have no gaps, as those of functions mostly do.
/// </summary>
internal sealed class NameMap
{
    private readonly int[] offsets;

    /// <summary>Null when entry <c>n</c> has the index <c>first + n</c>.</summary>
    private readonly int[]? indices;
    private readonly int first;

    private NameMap(int[] indices, int[] offsets)
    {
        this.offsets = offsets;
        first = indices.Length > 0 ? indices[0] : 0;
        // Ascending, so the last one tells whether there is a gap.
        if (indices.Length > 0 && indices[^1] - first != indices.Length - 1)
            this.indices = indices;
    }

    /// <summary>Offset of the entry for an index, or -1.</summary>
    public int Find(int index)
    {
        var position = indices is null ? index - first : Array.BinarySearch(indices, index);
        return (uint)position < (uint)offsets.Length && index >= first ? offsets[position] : -1;
    }

    /// <summary>Reads a map to its end and checks all of it: order, lengths, UTF-8.</summary>
    public static NameMap Read(ref ByteReader reader, bool indirect)
    {
        var count = reader.ReadLength();
        // An entry takes two bytes or more.
        if (count > reader.Remaining / 2)
            reader.ThrowUnexpectedEnd();
        var indices = new int[count];
        var offsets = new int[count];
        for (var entry = 0; entry < count; entry++)
        {
            indices[entry] = ReadIndex(ref reader, entry == 0 ? -1 : indices[entry - 1]);
            offsets[entry] = reader.Position;
            if (indirect)
                Check(ref reader);
            else
                reader.ReadNameBytes(int.MaxValue);
        }
        return new(indices, offsets);
    }

    /// <summary>Looks an index up in a map that was read before; the offset of its name, or -1.</summary>
    public static int Scan(ByteReader reader, int index)
    {
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            var next = (int)reader.ReadU32();
            if (next == index)
                return reader.Position;
            if (next > index)
                break;
            reader.Skip(reader.ReadLength());
        }
        return -1;
    }

    private static void Check(ref ByteReader reader)
    {
        var last = -1;
        for (var count = reader.ReadLength(); count > 0; count--)
        {
            last = ReadIndex(ref reader, last);
            reader.ReadNameBytes(int.MaxValue);
        }
    }

    private static int ReadIndex(ref ByteReader reader, int last)
    {
        var start = reader.Position;
        var index = reader.ReadU32();
        if (index > int.MaxValue || (int)index <= last)
            throw new WasmFormatException("malformed name section", start, $"index {index} after {last}");
        return (int)index;
    }
}
