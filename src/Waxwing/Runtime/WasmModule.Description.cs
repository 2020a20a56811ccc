using Waxwing.Binary;
using Waxwing.Syntax;
using Waxwing.Types;

namespace Waxwing;

public sealed partial class WasmModule
{
    private ImportType[]? imports;
    private ExportType[]? exports;
    private WasmCustomSection[]? customSections;
    private NameSection? names;
    private DefinedType[]? canonicalTypes;
    private Dictionary<int, string>? exportNames;
    private Dictionary<string, Export>? exportMap;

    /// <summary>The exports by name. Made on first use.</summary>
    internal Dictionary<string, Export> ExportMap => exportMap ??= Context.Module.Exports.ToDictionary(export => export.Name, StringComparer.Ordinal);

    internal NameSection Names => names ??= NameSection.Of(Context.Module);

    internal ImportType[] ImportList => imports ??= DescribeImports();

    /// <summary>A function's name for backtraces: from the name section, else an export of it, else null.</summary>
    internal string? FunctionName(int index)
    {
        if (Names.Function(index) is { } name)
            return name;
        var byExport = exportNames;
        if (byExport is null)
        {
            byExport = [];
            foreach (var export in Context.Module.Exports)
            {
                if (export.Kind == ExternKind.Function)
                    byExport.TryAdd(export.Index, export.Name);
            }
            exportNames = byExport;
        }
        return byExport.GetValueOrDefault(index);
    }

    /// <summary>The types of the type section. Shared by the instances, never changed.</summary>
    internal DefinedType[] CanonicalTypes => canonicalTypes ??= [.. Context.Module.Types.Select(type => type.Canonical!)];

    internal DefinedType CanonicalType(int typeIndex) => Context.Module.Types[typeIndex].Canonical!;

    internal static MemoryType Describe(MemorySyntax memory) => new(
        (long)Math.Min(memory.Limits.Minimum, long.MaxValue),
        memory.Limits.Maximum is { } maximum ? (long)Math.Min(maximum, long.MaxValue) : null,
        memory.Limits.Shared, memory.Limits.Is64, memory.PageSizeLog2);

    internal TableType Describe(TableSyntax table) => new(
        TypeRegistry.Resolve(Context.Module, table.Element),
        (long)Math.Min(table.Limits.Minimum, long.MaxValue),
        table.Limits.Maximum is { } maximum ? (long)Math.Min(maximum, long.MaxValue) : null,
        table.Limits.Is64);

    internal GlobalType Describe(GlobalSyntax global) => new(TypeRegistry.Resolve(Context.Module, global.Type), global.Mutable);

    internal ExternalType Describe(Import import) => import.Kind switch
    {
        ExternKind.Function => ExternalType.OfFunction(CanonicalType(import.TypeIndex)),
        ExternKind.Table => ExternalType.OfTable(Describe(import.Table)),
        ExternKind.Memory => ExternalType.OfMemory(Describe(import.Memory)),
        ExternKind.Global => ExternalType.OfGlobal(Describe(import.Global)),
        _ => ExternalType.OfTag(CanonicalType(import.TypeIndex)),
    };

    private ImportType[] DescribeImports() => [.. Context.Module.Imports.Select(import => new ImportType(import.Module, import.Name, Describe(import)))];

    private ExportType[] DescribeExports() => [.. Context.Module.Exports.Select(export => new ExportType(export.Name, export.Kind switch
    {
        ExternKind.Function => ExternalType.OfFunction(CanonicalType(Context.FunctionTypes[export.Index])),
        ExternKind.Table => ExternalType.OfTable(Describe(Context.Tables[export.Index])),
        ExternKind.Memory => ExternalType.OfMemory(Describe(Context.Memories[export.Index])),
        ExternKind.Global => ExternalType.OfGlobal(Describe(Context.Globals[export.Index])),
        _ => ExternalType.OfTag(CanonicalType(Context.Tags[export.Index])),
    }))];
}
