namespace Waxwing.Emscripten.Functions;

/// <summary>What is said of imports that this host does not know.</summary>
internal static class UnknownImports
{
    /// <summary>One error for all of them.</summary>
    public static WasmLinkException Describe(WasmModule module, List<ImportType> unknown)
    {
        var text = $"unknown import: {module} imports {(unknown.Count == 1 ? "something" : $"{unknown.Count} things")} that neither you nor Waxwing.Emscripten define:"
            + string.Concat(unknown.Select(import => $"\n  \"{import.Module}\" \"{import.Name}\": {import.Type}{Remark(import)}"));
        if (IsMinified(module))
        {
            text += "\nThe names are minified: what they stand for is only in the JavaScript file of the same build. Link with -g2 or --profiling-funcs, with -O1, or with -sSTANDALONE_WASM to keep them.";
        }
        else
        {
            text += "\nDefine them in EmscriptenHost.Imports, or let them trap when they are called (EmscriptenOptions.UnknownImports, or waxwing run --trap-unknown-imports).";
        }
        return new(text, unknown);
    }

    public static WasmFunction Trapping(ImportType import, DefinedType type) => WasmFunction.FromRaw([.. type.Parameters], [.. type.Results],
        (_, _, _) => throw new WasmTrapException(TrapCode.Unreachable, $"unknown import: {import} was called, which nobody defines"));

    private static string Remark(ImportType import) =>
        import.Name.StartsWith("emscripten_asm_const", StringComparison.Ordinal) || import.Name.StartsWith("_emval_", StringComparison.Ordinal) ? " (runs JavaScript)"
        : EmscriptenFunctions.Contains(import.Name) ? " (known, but with other parameters)"
        : "";

    /// <summary>Whether imports look like "a.b": one letter for the only module, one or two for each name, of imports and exports.</summary>
    public static bool IsMinified(WasmModule module)
    {
        var functions = module.Imports.Where(import => import.Type.Function is not null).ToList();
        return functions.Count >= 2 && functions[0].Module.Length == 1 && functions.All(import => import.Module == functions[0].Module && import.Name.Length <= 2)
            && module.Exports.Count >= 2 && module.Exports.All(export => export.Name.Length <= 2);
    }
}
