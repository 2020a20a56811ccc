namespace Waxwing.Corpora.Tests;

/// <summary>Something for every import of a module, by its type alone: what instantiates a module whose host is not here.</summary>
internal static class StubImports
{
    /// <summary>Functions that return zeros and nulls, and memories, tables, globals and tags exactly as asked for. What is defined afterwards replaces a stub.</summary>
    /// <param name="runtime">Where they are defined.</param>
    /// <param name="module">The module that imports them.</param>
    /// <param name="onCall">Told of each call of a stub.</param>
    public static void DefineStubs(this WasmRuntime runtime, WasmModule module, Action<ImportType>? onCall = null)
    {
        foreach (var import in module.Imports)
        {
            switch (import.Type)
            {
                case { Function: { } type }:
                    runtime.DefineRaw(import.Module, import.Name, [.. type.Parameters], [.. type.Results], (_, _, results) =>
                    {
                        onCall?.Invoke(import);
                        for (var i = 0; i < results.Length; i++)
                            results[i] = Zero(type.Results[i]);
                    });
                    break;
                case { Table: { } type }:
                    runtime.Define(import.Module, import.Name, new WasmTable(type));
                    break;
                case { Global: { } type }:
                    runtime.Define(import.Module, import.Name, new WasmGlobal(type, Zero(type.Type)));
                    break;
                case { Tag: { } type }:
                    runtime.Define(import.Module, import.Name, new WasmTag([.. type.Parameters]));
                    break;
            }
        }
        runtime.ProvideMemories(module);
    }

    private static WasmValue Zero(ValueType type) => type.Kind switch
    {
        ValueKind.I32 => 0,
        ValueKind.I64 => 0L,
        ValueKind.F32 => 0f,
        ValueKind.F64 => 0d,
        ValueKind.V128 => System.Runtime.Intrinsics.Vector128<byte>.Zero,
        _ => WasmValue.Null,
    };
}
