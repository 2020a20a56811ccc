using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Binary;

/// <summary>
/// The binary format, 5 of the specification: bytes to <see cref="Module"/>. Code is not looked into, only delimited; constant expressions are read
/// to find their ends. Sections follow one another without a fence between them, as in the reference interpreter: content that runs over the end of
/// its section is read on to whatever error it meets, or fails as a section size mismatch. Nothing is allocated by a count before that count was
/// weighed against the bytes left, and nothing recurses.
/// </summary>
internal ref partial struct Decoder
{
    private readonly WasmFeatures features;
    private readonly WasmLimits limits;
    private readonly Module module;
    private readonly InstructionBuffers buffers = new();
    private ByteReader reader;
    private InstructionEvent instruction;
    private ReadOnlySpan<byte> lastModuleBytes;
    private string lastModule = "";
    private int importedFunctions, importedTables, importedMemories, importedGlobals, importedTags;

    private Decoder(ReadOnlyMemory<byte> bytes, WasmFeatures features, WasmLimits limits)
    {
        this.features = features;
        this.limits = limits;
        module = new Module { Bytes = bytes };
        reader = new ByteReader(bytes.Span);
    }

    /// <summary>Decodes a module; <paramref name="bytes"/> stay referenced and must not change afterwards.</summary>
    /// <exception cref="WasmFormatException">The bytes are no module, use a proposal that is off, or exceed a limit.</exception>
    public static Module Decode(ReadOnlyMemory<byte> bytes, WasmFeatures features, WasmLimits limits)
    {
        if (bytes.Length > limits.ModuleSize)
            throw new WasmFormatException("module too large", 0, $"{bytes.Length} bytes; the limit is {limits.ModuleSize}");
        var decoder = new Decoder(bytes, features, limits);
        decoder.ReadHeader();
        try
        {
            decoder.ReadSections();
        }
        catch (WasmFormatException)
        {
            // A body that is malformed itself often is why a later section makes no sense: the first error in the file is the one to report.
            decoder.CheckCode();
            throw;
        }
        decoder.CheckLengths();
        return decoder.module;
    }

    private void ReadHeader()
    {
        if (!reader.ReadBytes(4).SequenceEqual("\0asm"u8))
            throw new WasmFormatException("magic header not detected", 0);
        if (!reader.ReadBytes(4).SequenceEqual("\x01\0\0\0"u8))
            throw new WasmFormatException("unknown binary version", 4);
    }

    private void ReadSections()
    {
        var last = SectionId.Custom;
        while (!reader.IsAtEnd)
        {
            var start = reader.Position;
            var id = (SectionId)reader.ReadByte();
            if (!Enum.IsDefined(id))
                throw new WasmFormatException("malformed section id", start, $"{(byte)id}");
            var size = reader.ReadLength();
            var end = reader.Position + size;
            if (id == SectionId.Custom)
            {
                ReadCustomSection(end, last);
                continue;
            }
            if (id.Order() <= last.Order())
                throw new WasmFormatException("unexpected content after last section", start, $"{id} section after {last} section");
            last = id;
            ReadSection(id, start);
            if (reader.Position != end)
                throw new WasmFormatException("section size mismatch", start, $"{id} section of {size} bytes {(reader.Position < end ? "has more" : "needs more")}");
        }
    }

    private void ReadSection(SectionId id, int start)
    {
        switch (id)
        {
            case SectionId.Type:
                ReadTypes();
                break;
            case SectionId.Import:
                ReadImports();
                break;
            case SectionId.Function:
                ReadFunctions();
                break;
            case SectionId.Table:
                ReadTables();
                break;
            case SectionId.Memory:
                ReadMemories();
                break;
            case SectionId.Tag:
                if ((features & (WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions)) == 0)
                    throw TypeReader.Disabled("malformed section id", start, "the tag section", WasmFeatures.Exceptions);
                ReadTags();
                break;
            case SectionId.Global:
                ReadGlobals();
                break;
            case SectionId.Export:
                ReadExports();
                break;
            case SectionId.Start:
                module.StartOffset = reader.Position;
                module.Start = ReadIndex();
                break;
            case SectionId.Element:
                ReadElements();
                break;
            case SectionId.DataCount:
                if ((features & WasmFeatures.BulkMemory) == 0)
                    throw TypeReader.Disabled("malformed section id", start, "the data count section", WasmFeatures.BulkMemory);
                ReadDataCount();
                break;
            case SectionId.Code:
                ReadCode();
                break;
            case SectionId.Data:
                ReadData();
                break;
        }
    }

    private void ReadCustomSection(int end, SectionId last)
    {
        var start = reader.Position;
        var name = reader.ReadName(limits.NameLength);
        if (reader.Position > end)
            throw new WasmFormatException("unexpected end of section or function", end, "the name of a custom section is longer than the section");
        var offset = reader.Position;
        reader.Skip(end - offset);
        module.CustomSections.Add(new(name, module.Bytes[offset..end], (byte)last, start));
    }

    private readonly void CheckLengths()
    {
        if (module.Functions.Count != module.Code.Count)
        {
            throw new WasmFormatException("function and code section have inconsistent lengths", reader.End,
                $"{module.Functions.Count} functions, {module.Code.Count} bodies");
        }
        if (module.DataCount >= 0 && module.DataCount != module.Data.Count)
        {
            throw new WasmFormatException("data count and data section have inconsistent lengths", reader.End,
                $"data count {module.DataCount}, {module.Data.Count} segments");
        }
    }

    /// <summary>A 32-bit index; one above <see cref="int.MaxValue"/> becomes that number, which no index space reaches.</summary>
    private int ReadIndex() => (int)Math.Min(reader.ReadU32(), int.MaxValue);

    /// <summary>The count of a section's entries, within the limit.</summary>
    private int ReadCount(int limit, string what, int before = 0)
    {
        var start = reader.Position;
        var count = reader.ReadLength();
        if (count > limit - before)
            throw TooMany(what, start, (long)before + count, limit);
        return count;
    }

    private static WasmFormatException TooMany(string what, int offset, long count, int limit) =>
        new($"too many {what}", offset, $"{count}; the limit is {limit}");

    /// <summary>How many elements to reserve room for: not more than the bytes left can hold.</summary>
    private readonly int Capacity(int count, int minimumBytes) => Math.Min(count, reader.Remaining / minimumBytes);

    /// <summary>Steps over an expression to behind its <c>end</c>.</summary>
    private CodeRange ReadExpression()
    {
        var start = reader.Position;
        for (var depth = 1; depth > 0;)
        {
            InstructionReader.Read(ref reader, features, buffers, ref instruction);
            if (instruction.Opcode.OpensBlock())
                depth++;
            else if (instruction.Opcode.ClosesBlock())
                depth--;
        }
        return new(start, reader.Position - start);
    }
}
