using System.Text;
using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>Imports, definitions and exports.</summary>
internal ref partial struct Decoder
{
    private void ReadImports()
    {
        var count = ReadCount(limits.Imports, "imports");
        module.Imports.EnsureCapacity(Capacity(count, 4));
        for (; count > 0; count--)
            module.Imports.Add(ReadImport());
        CheckImports(importedTables, limits.MemoriesAndTables, "tables");
        CheckImports(importedMemories, limits.MemoriesAndTables, "memories");
        CheckImports(importedFunctions, limits.Functions, "functions");
        CheckImports(importedGlobals, limits.Globals, "globals");
        CheckImports(importedTags, limits.Tags, "tags");
    }

    private readonly void CheckImports(int count, int limit, string what)
    {
        if (count > limit)
            throw TooMany(what, reader.Position, count, limit);
    }

    private Import ReadImport()
    {
        var offset = reader.Position;
        var moduleName = ReadModuleName();
        var name = reader.ReadName(limits.NameLength);
        var kind = reader.ReadByte();
        switch (kind)
        {
            case (byte)ExternKind.Function:
                importedFunctions++;
                return new() { Module = moduleName, Name = name, Kind = ExternKind.Function, TypeIndex = ReadIndex(), Offset = offset };
            case (byte)ExternKind.Table:
                importedTables++;
                return new() { Module = moduleName, Name = name, Kind = ExternKind.Table, Table = ReadTableType(), Offset = offset };
            case (byte)ExternKind.Memory:
                importedMemories++;
                return new() { Module = moduleName, Name = name, Kind = ExternKind.Memory, Memory = ReadMemoryType(), Offset = offset };
            case (byte)ExternKind.Global:
                importedGlobals++;
                return new() { Module = moduleName, Name = name, Kind = ExternKind.Global, Global = ReadGlobalType(), Offset = offset };
            case (byte)ExternKind.Tag when (features & (WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions)) != 0:
                importedTags++;
                return new() { Module = moduleName, Name = name, Kind = ExternKind.Tag, TypeIndex = ReadTagType(), Offset = offset };
            case (byte)ExternKind.Tag:
                throw TypeReader.Disabled("malformed import kind", reader.Position - 1, "a tag", WasmFeatures.Exceptions);
            default:
                throw new WasmFormatException("malformed import kind", reader.Position - 1, $"0x{kind:x2}");
        }
    }

    /// <summary>The module name of an import. Imports of one module mostly follow one another, and share the string.</summary>
    private string ReadModuleName()
    {
        var name = reader.ReadNameBytes(limits.NameLength);
        if (!name.SequenceEqual(lastModuleBytes))
        {
            lastModuleBytes = name;
            lastModule = Encoding.UTF8.GetString(name);
        }
        return lastModule;
    }

    private void ReadFunctions()
    {
        var count = ReadCount(limits.Functions, "functions", importedFunctions);
        module.Functions.EnsureCapacity(Capacity(count, 1));
        for (; count > 0; count--)
            module.Functions.Add(ReadIndex());
    }

    private void ReadTables()
    {
        for (var count = ReadCount(limits.MemoriesAndTables, "tables", importedTables); count > 0; count--)
        {
            var offset = reader.Position;
            if (reader.PeekByte() != 0x40)
            {
                module.Tables.Add(new(ReadTableType(), default, offset));
                continue;
            }
            reader.Skip(1);
            if (reader.ReadByte() != 0)
                throw new WasmFormatException("zero byte expected", reader.Position - 1);
            if ((features & (WasmFeatures.FunctionReferences | WasmFeatures.GC)) == 0)
                throw TypeReader.Disabled("malformed reference type", offset, "a table with an initialiser", WasmFeatures.FunctionReferences);
            module.Tables.Add(new(ReadTableType(), ReadExpression(), offset));
        }
    }

    private void ReadMemories()
    {
        for (var count = ReadCount(limits.MemoriesAndTables, "memories", importedMemories); count > 0; count--)
            module.Memories.Add(ReadMemoryType());
    }

    private void ReadTags()
    {
        for (var count = ReadCount(limits.Tags, "tags", importedTags); count > 0; count--)
            module.Tags.Add(ReadTagType());
    }

    private void ReadGlobals()
    {
        var count = ReadCount(limits.Globals, "globals", importedGlobals);
        module.Globals.EnsureCapacity(Capacity(count, 3));
        for (; count > 0; count--)
            module.Globals.Add(new(ReadGlobalType(), ReadExpression()));
    }

    private void ReadExports()
    {
        var count = ReadCount(limits.Exports, "exports");
        module.Exports.EnsureCapacity(Capacity(count, 3));
        for (; count > 0; count--)
        {
            var offset = reader.Position;
            var name = reader.ReadName(limits.NameLength);
            var kind = reader.ReadByte();
            if (kind > (byte)ExternKind.Tag)
                throw new WasmFormatException("malformed export kind", reader.Position - 1, $"0x{kind:x2}");
            if (kind == (byte)ExternKind.Tag && (features & (WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions)) == 0)
                throw TypeReader.Disabled("malformed export kind", reader.Position - 1, "a tag", WasmFeatures.Exceptions);
            module.Exports.Add(new(name, (ExternKind)kind, ReadIndex(), offset));
        }
    }
}
