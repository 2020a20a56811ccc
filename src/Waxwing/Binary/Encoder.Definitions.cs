using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>The contents of sections.</summary>
internal sealed partial class Encoder
{
    private void WriteImports()
    {
        content.Index(module.Imports.Count);
        foreach (var import in module.Imports)
        {
            content.Name(import.Module);
            content.Name(import.Name);
            content.Byte((byte)import.Kind);
            switch (import.Kind)
            {
                case ExternKind.Function:
                    content.Index(import.TypeIndex);
                    break;
                case ExternKind.Table:
                    WriteTableType(import.Table);
                    break;
                case ExternKind.Memory:
                    WriteMemoryType(import.Memory);
                    break;
                case ExternKind.Global:
                    WriteGlobalType(import.Global);
                    break;
                case ExternKind.Tag:
                    WriteTagType(import.TypeIndex);
                    break;
            }
        }
    }

    private void WriteTables()
    {
        content.Index(module.Tables.Count);
        foreach (var table in module.Tables)
        {
            if (table.Initializer.Length > 0)
                content.Bytes([0x40, 0x00]);
            WriteTableType(table.Type);
            content.Bytes(module.Slice(table.Initializer));
        }
    }

    private void WriteGlobals()
    {
        content.Index(module.Globals.Count);
        foreach (var global in module.Globals)
        {
            WriteGlobalType(global.Type);
            content.Bytes(module.Slice(global.Initializer));
        }
    }

    private void WriteExports()
    {
        content.Index(module.Exports.Count);
        foreach (var export in module.Exports)
        {
            content.Name(export.Name);
            content.Byte((byte)export.Kind);
            content.Index(export.Index);
        }
    }

    private void WriteElementSegment(ElementSegment segment)
    {
        var usesExpressions = segment.FunctionIndices is null;
        // Without a table index and a type, the segment is active for table 0, and its type the one the short form implies.
        var isShort = segment is { Mode: SegmentMode.Active, Table: 0 } && (!usesExpressions || segment.Type == ValType.FuncRef);
        var flags = (usesExpressions ? 4 : 0)
            | segment.Mode switch { SegmentMode.Passive => 1, SegmentMode.Declarative => 3, _ => isShort ? 0 : 2 };
        content.Index(flags);
        if (segment.Mode == SegmentMode.Active)
        {
            if (!isShort)
                content.Index(segment.Table);
            content.Bytes(module.Slice(segment.TableOffset));
        }
        if (!isShort)
        {
            if (usesExpressions)
                WriteValueType(segment.Type);
            else
                content.Byte(0);
        }
        content.Index(segment.Count);
        foreach (var function in segment.FunctionIndices ?? [])
            content.Index(function);
        foreach (var expression in segment.Expressions ?? [])
            content.Bytes(module.Slice(expression));
    }

    private void WriteDataSegment(DataSegment segment)
    {
        content.Index(segment.Mode == SegmentMode.Passive ? 1 : segment.Memory == 0 ? 0 : 2);
        if (segment.Mode == SegmentMode.Active)
        {
            if (segment.Memory != 0)
                content.Index(segment.Memory);
            content.Bytes(module.Slice(segment.MemoryOffset));
        }
        content.Vector(module.Slice(segment.Content));
    }
}
