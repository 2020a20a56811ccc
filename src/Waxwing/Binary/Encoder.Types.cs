using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>Types.</summary>
internal sealed partial class Encoder
{
    private void WriteTypes()
    {
        content.Index(module.RecursionGroups.Count);
        foreach (var group in module.RecursionGroups)
        {
            if (group.Count != 1)
            {
                content.Byte(0x4E);
                content.Index(group.Count);
            }
            for (var index = 0; index < group.Count; index++)
                WriteSubType(module.Types[group.First + index]);
        }
    }

    private void WriteSubType(SubType type)
    {
        if (!type.Final || type.Supertype >= 0)
        {
            content.Byte(type.Final ? (byte)0x4F : (byte)0x50);
            content.Index(type.Supertype >= 0 ? 1 : 0);
            if (type.Supertype >= 0)
                content.Index(type.Supertype);
        }
        switch (type.Kind)
        {
            case CompositeKind.Func:
                content.Byte(0x60);
                WriteValueTypes(type.Parameters);
                WriteValueTypes(type.Results);
                break;
            case CompositeKind.Struct:
                content.Byte(0x5F);
                content.Index(type.Fields.Length);
                foreach (var field in type.Fields)
                    WriteField(field);
                break;
            case CompositeKind.Array:
                content.Byte(0x5E);
                WriteField(type.Fields[0]);
                break;
        }
    }

    private void WriteField(FieldType field)
    {
        WriteValueType(field.Storage);
        content.Byte(field.Mutable ? (byte)1 : (byte)0);
    }

    private void WriteValueTypes(ValType[] types)
    {
        content.Index(types.Length);
        foreach (var type in types)
            WriteValueType(type);
    }

    private void WriteValueType(ValType type) => WriteValueType(content, type);

    /// <summary>A value, reference or storage type.</summary>
    public static void WriteValueType(ByteWriter writer, ValType type)
    {
        if (!type.IsReference)
        {
            writer.Byte(type.Kind);
            return;
        }
        if (!type.IsNullable || type.Heap.IsIndex)
            writer.Byte(type.Kind);
        WriteHeapType(writer, type.Heap);
    }

    public static void WriteHeapType(ByteWriter writer, HeapTypeCode heap) => writer.S64(heap.Code);

    private void WriteTableType(TableSyntax table)
    {
        WriteValueType(table.Element);
        WriteLimits(table.Limits, pageSized: false);
    }

    private void WriteMemoryType(MemorySyntax memory)
    {
        var pageSized = memory.PageSizeLog2 != 16;
        WriteLimits(memory.Limits, pageSized);
        if (pageSized)
            content.Index(memory.PageSizeLog2);
    }

    private void WriteLimits(Limits limits, bool pageSized)
    {
        content.Byte((byte)((limits.Maximum.HasValue ? 1 : 0) | (limits.Shared ? 2 : 0) | (limits.Is64 ? 4 : 0) | (pageSized ? 8 : 0)));
        content.U64(limits.Minimum);
        if (limits.Maximum is { } maximum)
            content.U64(maximum);
    }

    private void WriteGlobalType(GlobalSyntax global)
    {
        WriteValueType(global.Type);
        content.Byte(global.Mutable ? (byte)1 : (byte)0);
    }

    private void WriteTagType(int type)
    {
        content.Byte(0);
        content.Index(type);
    }
}
