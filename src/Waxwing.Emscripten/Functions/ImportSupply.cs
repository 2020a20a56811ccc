using Waxwing.Emscripten.Linking;

namespace Waxwing.Emscripten.Functions;

/// <summary>Reads a module's imports and finds something for each: the embedder's own, the runtime's, other modules' (when linked dynamically), then the host's.</summary>
internal sealed class ImportSupply(EmscriptenHost host)
{
    private static readonly string[] Prefixes =
        [InvokeFunction.Prefix, "emscripten_", "_emscripten_", "__emscripten_", "__syscall_", "__cxa_", "__pthread_create_js", "_dlopen_js", "setTempRet0", "_abort_js", "_localtime_js", "_embind_"];

    private readonly Dictionary<string, WasmTag> tags = new(StringComparer.Ordinal);

    /// <summary>Whether only Emscripten's output has such an import.</summary>
    public static bool IsCharacteristic(ImportType import) =>
        import.Type.Function is not null && Prefixes.Any(prefix => import.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The main module's imports.</summary>
    /// <exception cref="WasmLinkException">Some are unknown; all are named.</exception>
    public WasmImports For(WasmModule module)
    {
        host.Linker.IsOldLayout = module.Imports.Any(IsOld);
        return For(module, host.Linker.MainPlace, host.Linker);
    }

    /// <summary>A module's imports, given its place if it is linked dynamically.</summary>
    /// <exception cref="WasmLinkException">Some are unknown; all are named.</exception>
    public WasmImports For(WasmModule module, Linker.Placement place, ILinkScope scope)
    {
        var imports = new WasmImports();
        var unknown = new List<ImportType>();
        foreach (var import in module.Imports)
        {
            var found = host.Imports.GetDefinition(import.Module, import.Name);
            // WASI as this host gives it, or the files of WASI and of system calls would be different ones.
            if (found is null && !WasiImports.IsWasi(import) && host.Runtime.GetDefinition(import.Module, import.Name) is not null)
                continue;
            switch (found ?? Find(import, place, scope))
            {
                case WasmFunction function:
                    imports.Define(import.Module, import.Name, function);
                    break;
                case WasmMemory memory:
                    imports.Define(import.Module, import.Name, memory);
                    break;
                case WasmTable table:
                    imports.Define(import.Module, import.Name, table);
                    break;
                case WasmGlobal global:
                    imports.Define(import.Module, import.Name, global);
                    break;
                case WasmTag tag:
                    imports.Define(import.Module, import.Name, tag);
                    break;
                default:
                    unknown.Add(import);
                    break;
            }
        }
        return unknown.Count == 0 ? imports : throw UnknownImports.Describe(module, unknown);
    }

    private object? Find(ImportType import, Linker.Placement place, ILinkScope scope)
    {
        var main = host.HasInstance ? host.MainThread : null;
        return import.Type switch
        {
            { Memory: { } type } => main?.Memory ?? host.CreateMemory(type),
            { Table: { } type } => scope.Table ?? new WasmTable(type with { Minimum = Math.Max(type.Minimum, host.Linker.SmallestTable) }, null, host.Runtime.Options.Limits),
            { Global: not null } => scope.Global(import, place),
            { Tag: { } type } => Tag(import.Name, type),
            { Function: { } type } => Function(import, type, scope),
            _ => null,
        };
    }

    private WasmFunction? Function(ImportType import, DefinedType type, ILinkScope scope)
    {
        if (WasiImports.IsWasi(import))
            return WasiImports.Bind(import, type, host);
        if (host.Linker.IsActive && scope.Function(import.Name) is { } linked && linked.Type == type)
            return linked;
        if (import.Module == "env")
        {
            var found = import.Name.StartsWith(InvokeFunction.Prefix, StringComparison.Ordinal) ? InvokeFunction.Bind(type, host)
                : import.Name.StartsWith(ExceptionFunctions.FindCatchPrefix, StringComparison.Ordinal) ? ExceptionFunctions.BindFindCatch(type, host)
                : import.Name.StartsWith("_embind_register_", StringComparison.Ordinal) ? Constant(type)
                : EmscriptenFunctions.Bind(import.Name, type, host);
            if (found is not null)
                return found;
            // Until the end of the main module's life another may come that has it.
            if (host.Linker.IsActive && (!host.HasInstance || scope != host.Linker))
                return Linker.Later(import, scope);
        }
        return host.Options.UnknownImports == EmscriptenUnknownImports.Trap ? UnknownImports.Trapping(import, type) : null;
    }

    /// <summary>Tags are the same for all modules of a program: exceptions pass between them.</summary>
    private WasmTag Tag(string name, DefinedType type)
    {
        if (!tags.TryGetValue(name, out var tag))
            tags[name] = tag = new([.. type.Parameters]);
        return tag;
    }

    /// <summary>A function that tells JavaScript of a class or function of C++: nobody to tell, which is no reason not to run.</summary>
    private static WasmFunction Constant(DefinedType type) => WasmFunction.FromRaw([.. type.Parameters], [.. type.Results], static (_, _, _) => { });

    /// <summary>What only versions with 32-bit times import.</summary>
    private static bool IsOld(ImportType import) => import.Name is "__syscall_open" or "__syscall_fstatat64" or "__clock_gettime" or "setTempRet0" or "getTempRet0"
        || (import is { Name: "_localtime_js" or "_gmtime_js", Type.Function.Parameters: [{ Kind: ValueKind.I32 }, { Kind: ValueKind.I32 }] });
}
