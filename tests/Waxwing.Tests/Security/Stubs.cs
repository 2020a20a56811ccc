namespace Waxwing.Tests.Security;

/// <summary>Something for every import of a module that can be made from its type alone.</summary>
internal static class Stubs
{
    public static WasmImports For(WasmModule module, WasmLimits limits)
    {
        var imports = new WasmImports();
        foreach (var import in module.Imports)
        {
            try
            {
                Define(imports, import, limits);
            }
            catch (Exception refused) when (refused is WasmLinkException or ArgumentException)
            {
                // A memory beyond the limits, or a table or global of references that cannot be null: the import stays missing.
            }
        }
        return imports;
    }

    private static void Define(WasmImports imports, ImportType import, WasmLimits limits)
    {
        var (module, name, type) = import;
        if (type.Function is { } function)
        {
            imports.Define(module, name, WasmFunction.FromRaw([.. function.Parameters], [.. function.Results], static (_, _, _) => { }));
        }
        else if (type.Memory is { } memory)
        {
            imports.Define(module, name, new WasmMemory(memory, WasmMemoryPolicy.Portable, limits));
        }
        else if (type.Table is { } table)
        {
            imports.Define(module, name, new WasmTable(table, null, limits));
        }
        else if (type.Global is { } global)
        {
            imports.Define(module, name, new WasmGlobal(global, Zero(global.Type)));
        }
        else if (type.Tag is { } tag)
        {
            imports.Define(module, name, new WasmTag([.. tag.Parameters]));
        }
    }

    public static WasmValue Zero(ValueType type) => new(type.Kind, 0, 0, null);
}
