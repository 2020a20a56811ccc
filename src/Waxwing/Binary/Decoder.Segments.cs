using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>Code, element segments and data segments.</summary>
internal ref partial struct Decoder
{
    private void ReadElements()
    {
        var count = ReadCount(limits.Segments, "element segments");
        module.Elements.EnsureCapacity(Capacity(count, 3));
        for (; count > 0; count--)
            module.Elements.Add(ReadElementSegment());
    }

    private ElementSegment ReadElementSegment()
    {
        // Bit 0: not active. Bit 1: declarative, or with a table index. Bit 2: expressions instead of function indices.
        var start = reader.Position;
        var flags = reader.ReadU32();
        if (flags > 7)
            throw new WasmFormatException("malformed elements segment kind", start, $"{flags}");
        if (flags != 0 && (features & (WasmFeatures.BulkMemory | WasmFeatures.ReferenceTypes)) == 0)
            throw TypeReader.Disabled("malformed elements segment kind", start, $"kind {flags}", WasmFeatures.BulkMemory);
        var mode = (flags & 1) == 0 ? SegmentMode.Active : (flags & 2) != 0 ? SegmentMode.Declarative : SegmentMode.Passive;
        var table = (flags & 3) == 2 ? ReadIndex() : 0;
        var offset = mode == SegmentMode.Active ? ReadExpression() : default;
        var type = ReadElementType(flags);
        if ((flags & 4) == 0)
            return new() { Mode = mode, Type = type, Table = table, TableOffset = offset, FunctionIndices = ReadFunctionIndices(), Offset = start };
        return new() { Mode = mode, Type = type, Table = table, TableOffset = offset, Expressions = ReadExpressions(), Offset = start };
    }

    private ValType ReadElementType(uint flags)
    {
        if ((flags & 3) == 0)
            return (flags & 4) != 0 ? ValType.FuncRef : ValType.Ref(HeapTypeCode.Func, nullable: false);
        if ((flags & 4) != 0)
            return TypeReader.ReadReferenceType(ref reader, features);
        var kind = reader.ReadByte();
        return kind == 0 ? ValType.Ref(HeapTypeCode.Func, nullable: false) : throw new WasmFormatException("malformed element kind", reader.Position - 1, $"0x{kind:x2}");
    }

    private int[] ReadFunctionIndices()
    {
        var indices = new int[Checked(reader.ReadLength(), 1)];
        for (var index = 0; index < indices.Length; index++)
            indices[index] = ReadIndex();
        return indices;
    }

    private CodeRange[] ReadExpressions()
    {
        var expressions = new CodeRange[Checked(reader.ReadLength(), 1)];
        for (var index = 0; index < expressions.Length; index++)
            expressions[index] = ReadExpression();
        return expressions;
    }

    /// <summary>A count of elements, each of <paramref name="minimumBytes"/> or more, which the bytes left can hold.</summary>
    private readonly int Checked(int count, int minimumBytes)
    {
        if (count > reader.Remaining / minimumBytes)
            reader.ThrowUnexpectedEnd();
        return count;
    }

    private void ReadDataCount()
    {
        var start = reader.Position;
        var count = reader.ReadU32();
        if (count > limits.Segments)
            throw TooMany("data segments", start, count, limits.Segments);
        module.DataCount = (int)count;
    }

    private void ReadCode()
    {
        var count = ReadCount(limits.Functions, "functions", importedFunctions);
        module.Code.EnsureCapacity(Capacity(count, 1));
        for (; count > 0; count--)
        {
            var start = reader.Position;
            var size = reader.ReadLength();
            if (size > limits.FunctionBodySize)
                throw new WasmFormatException("function body too large", start, $"{size} bytes; the limit is {limits.FunctionBodySize}");
            module.Code.Add(new(new(reader.Position, size)));
            reader.Skip(size);
        }
    }

    /// <summary>Reads the bodies found so far, for their errors.</summary>
    private void CheckCode()
    {
        foreach (var body in module.Code)
        {
            reader = new ByteReader(module.Bytes.Span, body.Range.Offset, module.Bytes.Length);
            for (var groups = reader.ReadLength(); groups > 0; groups--)
            {
                reader.ReadU32();
                TypeReader.ReadValueType(ref reader, features);
            }
            ReadExpression();
            if (reader.Position != body.Range.End)
                throw new WasmFormatException("section size mismatch", body.Range.Offset, "the body ends elsewhere than its size says");
        }
    }

    private void ReadData()
    {
        var count = ReadCount(limits.Segments, "data segments");
        module.Data.EnsureCapacity(Capacity(count, 2));
        for (; count > 0; count--)
            module.Data.Add(ReadDataSegment());
    }

    private DataSegment ReadDataSegment()
    {
        var start = reader.Position;
        var flags = reader.ReadU32();
        if (flags > 2)
            throw new WasmFormatException("malformed data segment kind", start, $"{flags}");
        if (flags != 0 && (features & (WasmFeatures.BulkMemory | WasmFeatures.MultiMemory)) == 0)
            throw TypeReader.Disabled("malformed data segment kind", start, $"kind {flags}", WasmFeatures.BulkMemory);
        var memory = flags == 2 ? ReadIndex() : 0;
        var offset = flags != 1 ? ReadExpression() : default;
        var size = reader.ReadLength();
        var content = new CodeRange(reader.Position, size);
        reader.Skip(size);
        return new(flags == 1 ? SegmentMode.Passive : SegmentMode.Active, memory, offset, content, start);
    }
}
