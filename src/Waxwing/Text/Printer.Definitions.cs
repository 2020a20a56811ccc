using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Everything between the types and the code.</summary>
internal sealed partial class Printer
{
    private void PrintImports()
    {
        int function = 0, table = 0, memory = 0, global = 0, tag = 0;
        foreach (var import in module.Imports)
        {
            Line(1);
            writer.Write($"(import {TextLiteral.Name(import.Module)} {TextLiteral.Name(import.Name)} ");
            switch (import.Kind)
            {
                case ExternKind.Function:
                    writer.Write($"(func {functions.Definition(function)}");
                    PrintTypeUse(import.TypeIndex, PrintedNames.Of(nameSection.Locals(function++)));
                    break;
                case ExternKind.Table:
                    writer.Write($"(table {tables.Definition(table++)} {Text(import.Table)}");
                    break;
                case ExternKind.Memory:
                    writer.Write($"(memory {memories.Definition(memory++)} {Text(import.Memory)}");
                    break;
                case ExternKind.Global:
                    writer.Write($"(global {globals.Definition(global++)} {Text(import.Global)}");
                    break;
                case ExternKind.Tag:
                    writer.Write($"(tag {tags.Definition(tag++)}");
                    PrintTypeUse(import.TypeIndex, null);
                    break;
            }
            writer.Write("))");
        }
    }

    private void PrintTables()
    {
        for (var index = 0; index < module.Tables.Count; index++)
        {
            Line(1);
            var table = module.Tables[index];
            writer.Write($"(table {tables.Definition(importedTables + index)} {Text(table.Type)}");
            // The text format cannot tell an empty initialiser, which is invalid, from none.
            if (table.Initializer.Length > 1)
            {
                writer.Write(' ');
                PrintExpression(table.Initializer, null);
            }
            writer.Write(')');
        }
    }

    private void PrintMemories()
    {
        for (var index = 0; index < module.Memories.Count; index++)
        {
            Line(1);
            writer.Write($"(memory {memories.Definition(importedMemories + index)} {Text(module.Memories[index])})");
        }
    }

    private void PrintTags()
    {
        for (var index = 0; index < module.Tags.Count; index++)
        {
            Line(1);
            writer.Write($"(tag {tags.Definition(importedTags + index)}");
            PrintTypeUse(module.Tags[index], null);
            writer.Write(')');
        }
    }

    private void PrintGlobals()
    {
        for (var index = 0; index < module.Globals.Count; index++)
        {
            Line(1);
            var global = module.Globals[index];
            writer.Write($"(global {globals.Definition(importedGlobals + index)} {Text(global.Type)} ");
            PrintExpression(global.Initializer, null);
            writer.Write(')');
        }
    }

    private void PrintExports()
    {
        foreach (var export in module.Exports)
        {
            Line(1);
            var (keyword, names) = export.Kind switch
            {
                ExternKind.Function => ("func", functions),
                ExternKind.Table => ("table", tables),
                ExternKind.Memory => ("memory", memories),
                ExternKind.Global => ("global", globals),
                _ => ("tag", tags),
            };
            writer.Write($"(export {TextLiteral.Name(export.Name)} ({keyword} {names.Reference(export.Index)}))");
        }
    }

    private void PrintElements()
    {
        for (var index = 0; index < module.Elements.Count; index++)
        {
            Line(1);
            var segment = module.Elements[index];
            writer.Write($"(elem {elements.Definition(index)}");
            switch (segment.Mode)
            {
                case SegmentMode.Declarative:
                    writer.Write(" declare");
                    break;
                case SegmentMode.Active:
                    if (segment.Table != 0)
                        writer.Write($" (table {tables.Reference(segment.Table)})");
                    writer.Write(' ');
                    PrintExpression(segment.TableOffset, "offset");
                    break;
            }
            if (segment.FunctionIndices is not null)
            {
                writer.Write(" func");
                foreach (var function in segment.FunctionIndices)
                    writer.Write(" " + functions.Reference(function));
            }
            else
            {
                writer.Write($" {Text(segment.Type)}");
                foreach (var expression in segment.Expressions!)
                {
                    writer.Write(' ');
                    PrintExpression(expression, "item");
                }
            }
            writer.Write(')');
        }
    }

    private void PrintData()
    {
        for (var index = 0; index < module.Data.Count; index++)
        {
            Line(1);
            var segment = module.Data[index];
            writer.Write($"(data {data.Definition(index)}");
            if (segment.Mode == SegmentMode.Active)
            {
                if (segment.Memory != 0)
                    writer.Write($" (memory {memories.Reference(segment.Memory)})");
                writer.Write(' ');
                PrintExpression(segment.MemoryOffset, "offset");
            }
            writer.Write(' ');
            TextLiteral.WriteBytes(writer, module.Slice(segment.Content));
            writer.Write(')');
        }
    }
}
