using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>The type section, and the types of imports and definitions.</summary>
internal ref partial struct Decoder
{
    private const byte Recursive = 0x4E, FinalSub = 0x4F, OpenSub = 0x50, ArrayForm = 0x5E, StructForm = 0x5F, FuncForm = 0x60;

    private void ReadTypes()
    {
        var count = ReadCount(Math.Min(limits.Types, ValType.MaximumIndex), "types");
        module.Types.EnsureCapacity(Capacity(count, 2));
        module.RecursionGroups.EnsureCapacity(Capacity(count, 2));
        for (; count > 0; count--)
        {
            var first = module.Types.Count;
            if (reader.PeekByte() == Recursive)
                ReadRecursionGroup(first);
            else
                ReadSubType();
            // An empty group defines nothing and is forgotten.
            if (module.Types.Count > first)
                module.RecursionGroups.Add(new(first, module.Types.Count - first));
        }
    }

    private void ReadRecursionGroup(int first)
    {
        RequireGC("a recursion group");
        reader.Skip(1);
        for (var count = ReadCount(Math.Min(limits.Types, ValType.MaximumIndex), "types", first); count > 0; count--)
            ReadSubType();
    }

    private void ReadSubType()
    {
        if (module.Types.Count >= Math.Min(limits.Types, ValType.MaximumIndex))
            throw TooMany("types", reader.Position, module.Types.Count + 1L, limits.Types);
        var supertype = -1;
        var final = true;
        if (reader.PeekByte() is FinalSub or OpenSub)
        {
            RequireGC("a declared supertype");
            final = reader.ReadByte() == FinalSub;
            var start = reader.Position;
            var count = reader.ReadLength();
            if (count > 1)
                throw new WasmValidationException("too many supertypes", start, $"{count}; there may be one");
            if (count == 1)
                supertype = ReadIndex();
        }
        module.Types.Add(ReadCompositeType(final, supertype));
    }

    private SubType ReadCompositeType(bool final, int supertype)
    {
        switch (reader.PeekByte())
        {
            case FuncForm:
                reader.Skip(1);
                var parameters = ReadValueTypes("parameters");
                var results = ReadValueTypes("results");
                return new() { Kind = CompositeKind.Func, Final = final, Supertype = supertype, Parameters = parameters, Results = results };
            case StructForm:
                RequireGC("a struct type");
                reader.Skip(1);
                return new() { Kind = CompositeKind.Struct, Final = final, Supertype = supertype, Fields = ReadFields() };
            case ArrayForm:
                RequireGC("an array type");
                reader.Skip(1);
                return new() { Kind = CompositeKind.Array, Final = final, Supertype = supertype, Fields = [ReadField()] };
            // The form is a signed LEB128 integer of seven bits.
            case >= 0x80:
                throw new WasmFormatException("integer representation too long", reader.Position + 1);
            case var form:
                throw new WasmFormatException("malformed definition type", reader.Position, $"0x{form:x2}");
        }
    }

    private readonly void RequireGC(string what)
    {
        if ((features & WasmFeatures.GC) == 0)
            throw TypeReader.Disabled("malformed definition type", reader.Position, what, WasmFeatures.GC);
    }

    private ValType[] ReadValueTypes(string what)
    {
        var count = ReadCount(limits.Parameters, what);
        if (count == 0)
            return [];
        // Each type takes a byte at least; one count too many for the bytes left cannot allocate more than the limit on parameters.
        var types = new ValType[count];
        for (var index = 0; index < types.Length; index++)
            types[index] = TypeReader.ReadValueType(ref reader, features);
        return types;
    }

    private FieldType[] ReadFields()
    {
        var fields = new FieldType[ReadCount(limits.StructFields, "fields")];
        for (var index = 0; index < fields.Length; index++)
            fields[index] = ReadField();
        return fields;
    }

    private FieldType ReadField() => new(TypeReader.ReadStorageType(ref reader, features), ReadMutability());

    private bool ReadMutability()
    {
        var flag = reader.ReadByte();
        return flag <= 1 ? flag == 1 : throw new WasmFormatException("malformed mutability", reader.Position - 1, $"0x{flag:x2}");
    }

    private TableSyntax ReadTableType()
    {
        var element = TypeReader.ReadReferenceType(ref reader, features);
        return new(ReadLimits(WasmFeatures.Memory64, out _), element);
    }

    private MemorySyntax ReadMemoryType()
    {
        var memory = ReadLimits(WasmFeatures.Memory64 | WasmFeatures.Threads | WasmFeatures.CustomPageSizes, out var pageSized);
        if (!pageSized)
            return new(memory);
        var start = reader.Position;
        var log2 = reader.ReadU32();
        // 64 and more have no size in 64 bits; the validator refuses the others that are not allowed.
        return log2 < 64 ? new(memory, (byte)log2) : throw new WasmFormatException("invalid custom page size", start, $"2 to the power of {log2}");
    }

    /// <summary>Limits, whose flags may be those of 1.0 and of the <paramref name="allowed"/> proposals that are on.</summary>
    private Limits ReadLimits(WasmFeatures allowed, out bool pageSized)
    {
        const byte HasMaximum = 1, Shared = 2, Is64 = 4, PageSized = 8;
        var start = reader.Position;
        var flags = reader.ReadByte();
        if (flags > (HasMaximum | Shared | Is64 | PageSized))
            throw new WasmFormatException("malformed limits flags", start, $"0x{flags:x2}");
        var needed = ((flags & Shared) != 0 ? WasmFeatures.Threads : 0) | ((flags & Is64) != 0 ? WasmFeatures.Memory64 : 0)
            | ((flags & PageSized) != 0 ? WasmFeatures.CustomPageSizes : 0);
        if ((needed & ~allowed) != 0)
            throw new WasmFormatException("malformed limits flags", start, $"0x{flags:x2}");
        if ((needed & ~features) != 0)
            throw TypeReader.Disabled("malformed limits flags", start, $"0x{flags:x2}", needed & ~features);
        pageSized = (flags & PageSized) != 0;
        var minimum = reader.ReadU64();
        ulong? maximum = (flags & HasMaximum) != 0 ? reader.ReadU64() : null;
        return new(minimum, maximum, (flags & Is64) != 0, (flags & Shared) != 0);
    }

    private GlobalSyntax ReadGlobalType() => new(TypeReader.ReadValueType(ref reader, features), ReadMutability());

    private int ReadTagType()
    {
        var attribute = reader.ReadByte();
        return attribute == 0 ? ReadIndex() : throw new WasmFormatException("malformed tag attribute", reader.Position - 1, $"0x{attribute:x2}");
    }
}
