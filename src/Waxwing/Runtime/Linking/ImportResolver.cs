namespace Waxwing.Runtime;

/// <summary>Finds what a module imports: first among the definitions for this instantiation, then the runtime's own, then the exports of its named instances.</summary>
internal readonly struct ImportResolver(WasmRuntime runtime, WasmImports? overrides)
{
    /// <summary>Everything the module imports, in order.</summary>
    /// <exception cref="WasmLinkException">Something is missing or does not fit: the message has a line for each such import.</exception>
    public object[] ResolveAll(WasmModule module)
    {
        var imports = module.ImportList;
        if (imports.Length == 0)
            return [];
        var resolved = new object[imports.Length];
        List<(ImportType Import, string Text)>? problems = null;
        for (var i = 0; i < imports.Length; i++)
        {
            ref readonly var import = ref imports[i];
            var found = Find(import.Module, import.Name);
            if (found is null)
                (problems ??= []).Add((import, Unknown(import)));
            else if (!ImportMatching.Matches(found, import.Type))
                (problems ??= []).Add((import, Incompatible(import, found)));
            else
                resolved[i] = runtime.Options.HostTrace is { } trace && found is WasmFunction function ? trace.Follow(function, import) : found;
        }
        if (problems is null)
            return resolved;
        throw new WasmLinkException(string.Join('\n', problems.Select(problem => problem.Text)), problems[0].Import.Module, problems[0].Import.Name)
        {
            Imports = [.. problems.Select(problem => problem.Import)],
        };
    }

    public object? Find(string module, string name) => overrides?.Find(module, name) ?? runtime.Find(module, name);

    private static string Incompatible(ImportType import, object found) =>
        $"incompatible import type: import \"{import.Module}\" \"{import.Name}\": needs {ImportMatching.Describe(import.Type, found)}, "
        + $"\"{import.Module}\" provides {ImportMatching.Describe(found, import.Type)}";

    private string Unknown(ImportType import)
    {
        var wanted = $"unknown import: \"{import.Module}\" \"{import.Name}\": needs {import.Type}, ";
        var known = runtime.NamesIn(import.Module);
        if (overrides is not null)
            known = known.Concat(overrides.NamesIn(import.Module));
        var names = known.Distinct().Order(StringComparer.Ordinal).ToList();
        var hint = import.Kind == ExternalKind.Memory ? "; WasmRuntime.ProvideMemories would create it" : "";
        if (names.Count == 0)
        {
            var near = Spelling.Nearest(import.Module, runtime.ModuleNames);
            return $"{wanted}and nothing is defined or instantiated under \"{import.Module}\"{(near is null ? "" : $" (did you mean \"{near}\"?)")}{hint}";
        }
        return Spelling.Nearest(import.Name, names) is { } similar
            ? $"{wanted}\"{import.Module}\" provides no such name (did you mean \"{similar}\"?){hint}"
            : $"{wanted}\"{import.Module}\" provides only {Spelling.List(names)}{hint}";
    }
}
