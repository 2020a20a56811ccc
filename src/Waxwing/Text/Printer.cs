using System.Globalization;
using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>
/// The text format: <see cref="Module"/> to text. Instructions are flat and indented by nesting; names come from the name section. What is printed parses to a module
/// that encodes alike: code with integers in their shortest form, locals with equal neighbours joined; of the name section what is well-formed.
/// No recursion; the module need not be valid, but its code must decode.
/// </summary>
internal sealed partial class Printer
{
    /// <summary>Deeper nesting is not indented further: a million blocks would be a terabyte of spaces.</summary>
    private const int DeepestIndentation = 40;

    private readonly Module module;
    private readonly TextWriter writer;
    private readonly NameSection nameSection;
    private readonly PrintedNames types, functions, tables, memories, globals, tags, elements, data;
    private readonly Dictionary<int, PrintedNames> fields = [];
    private readonly Dictionary<(int Function, int Offset), byte> branchHints = [];
    private readonly int importedFunctions, importedTables, importedMemories, importedGlobals, importedTags;

    private Printer(Module module, TextWriter writer)
    {
        (this.module, this.writer) = (module, writer);
        nameSection = NameSection.Of(module);
        importedFunctions = module.Imports.Count(import => import.Kind == ExternKind.Function);
        importedTables = module.Imports.Count(import => import.Kind == ExternKind.Table);
        importedMemories = module.Imports.Count(import => import.Kind == ExternKind.Memory);
        importedGlobals = module.Imports.Count(import => import.Kind == ExternKind.Global);
        importedTags = module.Imports.Count(import => import.Kind == ExternKind.Tag);
        types = PrintedNames.Of(module.Types.Count, nameSection.Type);
        functions = PrintedNames.Of(importedFunctions + module.Functions.Count, nameSection.Function);
        tables = PrintedNames.Of(importedTables + module.Tables.Count, nameSection.Table);
        memories = PrintedNames.Of(importedMemories + module.Memories.Count, nameSection.Memory);
        globals = PrintedNames.Of(importedGlobals + module.Globals.Count, nameSection.Global);
        tags = PrintedNames.Of(importedTags + module.Tags.Count, nameSection.Tag);
        elements = PrintedNames.Of(module.Elements.Count, nameSection.Element);
        data = PrintedNames.Of(module.Data.Count, nameSection.Data);
        for (var index = 0; index < module.Types.Count; index++)
        {
            if (module.Types[index].Kind == CompositeKind.Struct)
                fields.Add(index, PrintedNames.Of(nameSection.Fields(index)));
        }
    }

    /// <summary>Prints a module. Costs time and space in proportion to its size.</summary>
    /// <exception cref="WasmFormatException">Code of the module does not decode.</exception>
    public static void Print(Module module, TextWriter writer) => new Printer(module, writer).PrintModule();

    private void PrintModule()
    {
        var custom = module.CustomSections.Where(section => section.Name != NameSection.SectionName && !TakeBranchHints(section)).ToList();
        writer.Write("(module");
        if (nameSection.ModuleName is { } name)
            writer.Write(name.Length > 0 ? $" {TextLiteral.Identifier(name)}" : " (@name \"\")");
        PrintTypes();
        PrintImports();
        PrintFunctions();
        PrintTables();
        PrintMemories();
        PrintTags();
        PrintGlobals();
        PrintExports();
        if (module.Start >= 0)
        {
            Line(1);
            writer.Write($"(start {functions.Reference(module.Start)})");
        }
        PrintElements();
        PrintData();
        foreach (var section in custom)
            PrintCustom(section);
        writer.Write("\n)\n");
    }

    private bool TakeBranchHints(CustomSection section)
    {
        if (section.Name != BranchHints.SectionName || branchHints.Count > 0 || BranchHints.TryRead(section) is not { Count: > 0 } hints)
            return false;
        foreach (var (place, likely) in hints)
            branchHints.Add(place, likely);
        return true;
    }

    private void PrintCustom(CustomSection section)
    {
        Line(1);
        writer.Write("(@custom ");
        writer.Write(TextLiteral.Name(section.Name));
        writer.Write(section.After == 0 ? " (before first)" : $" (after {SectionNames.Name(section.After)})");
        if (section.Content.Length > 0)
        {
            writer.Write(' ');
            TextLiteral.WriteBytes(writer, section.Content.Span);
        }
        writer.Write(')');
    }

    private void Line(int depth)
    {
        writer.Write('\n');
        for (depth = Math.Min(depth, DeepestIndentation); depth > 0; depth--)
            writer.Write("  ");
    }

    private static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
