using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>Types in the binary format that occur both in sections and in code: 5.3 of the specification.</summary>
internal static class TypeReader
{
    private const byte NullableReference = 0x63, Reference = 0x64;

    public static ValType ReadValueType(ref ByteReader reader, WasmFeatures features)
    {
        var code = reader.ReadByte();
        switch (code)
        {
            case 0x7F:
                return ValType.I32;
            case 0x7E:
                return ValType.I64;
            case 0x7D:
                return ValType.F32;
            case 0x7C:
                return ValType.F64;
            case 0x7B:
                Require(ref reader, features, WasmFeatures.Simd, "malformed value type");
                return ValType.V128;
            default:
                return ReadReference(ref reader, features, code, "malformed value type", WasmFeatures.ReferenceTypes);
        }
    }

    /// <summary>A reference type where a value type is not allowed. funcref, the type of every table in 1.0, needs no proposal.</summary>
    public static ValType ReadReferenceType(ref ByteReader reader, WasmFeatures features) =>
        ReadReference(ref reader, features, reader.ReadByte(), "malformed reference type", WasmFeatures.Wasm1);

    /// <summary>A field's type: a value type or i8, i16.</summary>
    public static ValType ReadStorageType(ref ByteReader reader, WasmFeatures features)
    {
        switch (reader.PeekByte())
        {
            case 0x78:
                reader.Skip(1);
                return ValType.I8;
            case 0x77:
                reader.Skip(1);
                return ValType.I16;
            default:
                return ReadValueType(ref reader, features);
        }
    }

    public static HeapTypeCode ReadHeapType(ref ByteReader reader, WasmFeatures features)
    {
        var start = reader.Position;
        var first = reader.PeekByte();
        if ((first & 0xC0) == 0x40)
        {
            reader.Skip(1);
            return Abstract(ref reader, features, first, "malformed heap type", WasmFeatures.ReferenceTypes);
        }
        var index = reader.ReadS33();
        if (index < 0)
            throw new WasmFormatException("malformed heap type", start);
        if ((features & (WasmFeatures.FunctionReferences | WasmFeatures.GC)) == 0)
            throw Disabled("malformed heap type", start, $"type index {index}", WasmFeatures.FunctionReferences);
        // No module has that many types, so the validator finds the clamped index unknown too.
        return new((int)Math.Min(index, ValType.MaximumIndex));
    }

    public static BlockType ReadBlockType(ref ByteReader reader, WasmFeatures features)
    {
        var start = reader.Position;
        var first = reader.PeekByte();
        if (first == 0x40)
        {
            reader.Skip(1);
            return BlockType.Empty;
        }
        if ((first & 0xC0) == 0x40)
            return new(-1, ReadValueType(ref reader, features));
        var index = reader.ReadS33();
        if (index < 0)
            throw new WasmFormatException("malformed block type", start);
        if ((features & WasmFeatures.MultiValue) == 0)
            throw Disabled("malformed block type", start, $"type index {index}", WasmFeatures.MultiValue);
        return new((int)Math.Min(index, int.MaxValue), ValType.Bottom);
    }

    /// <summary>An error that says which proposal would have made the input legal.</summary>
    public static WasmFormatException Disabled(string phrase, int offset, string what, WasmFeatures missing) =>
        new(phrase, offset, $"{what} needs WasmFeatures.{missing}, which is off");

    private static ValType ReadReference(ref ByteReader reader, WasmFeatures features, byte code, string phrase, WasmFeatures shorthand)
    {
        if (code is not (NullableReference or Reference))
            return ValType.Ref(Abstract(ref reader, features, code, phrase, shorthand), nullable: true);
        if ((features & (WasmFeatures.FunctionReferences | WasmFeatures.GC)) == 0)
            throw Disabled(phrase, reader.Position - 1, "a typed reference", WasmFeatures.FunctionReferences);
        return ValType.Ref(ReadHeapType(ref reader, features), code == NullableReference);
    }

    private static HeapTypeCode Abstract(ref ByteReader reader, WasmFeatures features, byte code, string phrase, WasmFeatures func)
    {
        var heap = new HeapTypeCode((sbyte)(code << 1) >> 1);
        if (code is < 0x40 or >= 0x80 || !HeapTypeCode.IsAbstract(heap.Code))
            throw new WasmFormatException(phrase, reader.Position - 1, $"0x{code:x2}");
        if (heap == HeapTypeCode.Func)
            Require(ref reader, features, func, phrase);
        else if (heap == HeapTypeCode.Extern)
            Require(ref reader, features, WasmFeatures.ReferenceTypes, phrase);
        else if (heap == HeapTypeCode.Exn || heap == HeapTypeCode.NoExn)
            Require(ref reader, features, WasmFeatures.Exceptions, phrase);
        else
            Require(ref reader, features, WasmFeatures.GC, phrase);
        return heap;
    }

    /// <summary>Checks the proposal of the type code just read.</summary>
    private static void Require(ref ByteReader reader, WasmFeatures features, WasmFeatures needed, string phrase)
    {
        if ((features & needed) != needed)
            throw Disabled(phrase, reader.Position - 1, "the type", needed & ~features);
    }
}
