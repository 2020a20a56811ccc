using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Binary;

/// <summary>
/// Room for the immediates of variable length, reused from one instruction to the next: labels of br_table, clauses of try_table, types of select.
/// Grows by doubling as elements are read, never by a count that the input claims. Belongs to one thread at a time.
/// </summary>
internal sealed class InstructionBuffers
{
    private int[] labels = new int[16];
    private CatchClause[] catches = new CatchClause[4];
    private ValType[] types = new ValType[1];

    /// <summary>Elements there is room for: an owner that keeps buffers for long lets go of large ones.</summary>
    public int Capacity => labels.Length + catches.Length + types.Length;

    /// <summary>Labels of a br_table, the default last.</summary>
    public ReadOnlySpan<int> ReadLabels(scoped ref ByteReader reader)
    {
        var count = reader.ReadLength();
        for (var index = 0; index <= count; index++)
        {
            if (index == labels.Length)
                Array.Resize(ref labels, index * 2);
            labels[index] = (int)reader.ReadU32();
        }
        return labels.AsSpan(0, count + 1);
    }

    public ReadOnlySpan<CatchClause> ReadCatches(scoped ref ByteReader reader)
    {
        var count = reader.ReadLength();
        for (var index = 0; index < count; index++)
        {
            if (index == catches.Length)
                Array.Resize(ref catches, index * 2);
            var kind = reader.ReadByte();
            if (kind > (byte)CatchKind.CatchAllRef)
                throw new WasmFormatException("malformed catch clause", reader.Position - 1, $"0x{kind:x2}");
            var tag = kind <= (byte)CatchKind.CatchRef ? (int)reader.ReadU32() : 0;
            catches[index] = new((CatchKind)kind, tag, (int)reader.ReadU32());
        }
        return catches.AsSpan(0, count);
    }

    public ReadOnlySpan<ValType> ReadTypes(scoped ref ByteReader reader, WasmFeatures features)
    {
        var count = reader.ReadLength();
        for (var index = 0; index < count; index++)
        {
            if (index == types.Length)
                Array.Resize(ref types, index * 2);
            types[index] = TypeReader.ReadValueType(ref reader, features);
        }
        return types.AsSpan(0, count);
    }
}
