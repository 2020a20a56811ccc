namespace Waxwing.Emscripten.Linking;

/// <summary>What a module defines for others: functions, and addresses of data.</summary>
/// <param name="Function">A function, or null.</param>
/// <param name="Address">The address of a variable; of one that each thread has for itself, from the beginning of these.</param>
/// <param name="IsThreadLocal">Whether each thread has the variable for itself.</param>
internal readonly record struct Symbol(WasmFunction? Function, uint Address, bool IsThreadLocal = false);

/// <summary>A loaded side module: the main thread's instance, and what it takes to make others.</summary>
internal sealed record Library(WasmInstance Instance, Dictionary<string, Symbol> Symbols, WasmModule Module, Dylink Section, Linker.Placement Place);

/// <summary>Reads the symbols of an instance.</summary>
internal static class Symbols
{
    // The linker's own, of which every module has its own.
    private static readonly HashSet<string> Own = new(StringComparer.Ordinal)
    {
        "__wasm_call_ctors", "__wasm_apply_data_relocs", "__wasm_apply_tls_relocs", "__post_instantiate", "__dso_handle", "__tls_size", "__tls_align", "__set_stack_limits",
        "__wasm_init_tls", "_emscripten_tls_init", "emscripten_tls_init", "__start_em_asm", "__stop_em_asm", "__start_em_js", "__stop_em_js", "__stack_pointer", "_initialize", "_start",
    };

    /// <summary>The exports, with addresses made absolute.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="memoryBase">Where its data is; its addresses count from there.</param>
    /// <param name="section">Its section, which says what each thread has for itself.</param>
    public static Dictionary<string, Symbol> Of(WasmInstance instance, uint memoryBase, Dylink section)
    {
        var symbols = new Dictionary<string, Symbol>(StringComparer.Ordinal);
        foreach (var export in instance.Exports)
        {
            if (Own.Contains(export.Name))
                continue;
            if (export.Type.Function is not null)
                symbols[export.Name] = new(instance.GetFunction(export.Name), 0);
            else if (export.Type.Global is { Type.Kind: ValueKind.I32, IsMutable: false })
            {
                var offset = (uint)instance.GetGlobal(export.Name).Value;
                symbols[export.Name] = section.IsThreadLocal(export.Name) ? new(null, offset, IsThreadLocal: true) : new(null, memoryBase + offset);
            }
        }
        return symbols;
    }
}
