using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Lays out a module's index spaces: imports first, then its own definitions.</summary>
internal static class IndexSpaces
{
    public static ModuleContext Lay(Module module, WasmFeatures features, WasmLimits limits)
    {
        var functions = new List<int>(module.Functions.Count);
        var tables = new List<TableSyntax>();
        var memories = new List<MemorySyntax>();
        var globals = new List<GlobalSyntax>(module.Globals.Count);
        var tags = new List<int>();
        foreach (var import in module.Imports)
        {
            switch (import.Kind)
            {
                case ExternKind.Function:
                    functions.Add(import.TypeIndex);
                    break;
                case ExternKind.Table:
                    tables.Add(import.Table);
                    break;
                case ExternKind.Memory:
                    memories.Add(import.Memory);
                    break;
                case ExternKind.Global:
                    globals.Add(import.Global);
                    break;
                default:
                    tags.Add(import.TypeIndex);
                    break;
            }
        }
        var (importedTables, importedGlobals) = (tables.Count, globals.Count);
        foreach (var table in module.Tables)
            tables.Add(table.Type);
        foreach (var global in module.Globals)
            globals.Add(global.Type);
        return new(module, features, limits)
        {
            ImportedFunctions = functions.Count,
            ImportedTables = importedTables,
            ImportedMemories = memories.Count,
            ImportedGlobals = importedGlobals,
            ImportedTags = tags.Count,
            FunctionTypes = [.. functions, .. module.Functions],
            Tables = [.. tables],
            Memories = [.. memories, .. module.Memories],
            Globals = [.. globals],
            Tags = [.. tags, .. module.Tags],
        };
    }
}
