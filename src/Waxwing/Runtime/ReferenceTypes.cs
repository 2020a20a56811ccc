namespace Waxwing.Runtime;

/// <summary>The dynamic types of references.</summary>
internal static class ReferenceTypes
{
    /// <summary>Whether a reference is a value of the type. Any host object is both an externref and (internalised) an anyref. Cost: O(1).</summary>
    public static bool IsInstance(object? reference, ValueType type) => reference is null ? type.IsNullable : IsInstance(reference, type.Heap);

    /// <summary>Whether a non-null reference is a value of the heap type.</summary>
    public static bool IsInstance(object reference, HeapType heap) => heap.Kind switch
    {
        HeapKind.Extern => reference is not WasmExceptionObject,
        HeapKind.Any => reference is not WasmExceptionObject,
        HeapKind.Func => reference is WasmFunction,
        HeapKind.Eq => reference is WasmObject or I31,
        HeapKind.Struct => reference is WasmStruct,
        HeapKind.Array => reference is WasmArray,
        HeapKind.I31 => reference is I31,
        HeapKind.Exn => reference is WasmExceptionObject,
        HeapKind.Defined => reference switch
        {
            WasmObject instance => instance.Type.IsSubtypeOf(heap.Definition!),
            WasmFunction function => function.DefinedType.IsSubtypeOf(heap.Definition!),
            _ => false,
        },
        _ => false,
    };

    public static string Describe(object? reference) => reference switch
    {
        null => "null",
        WasmFunction function => $"(ref {function.DefinedType})",
        WasmObject instance => $"(ref {instance.Type})",
        I31 => "(ref i31)",
        WasmExceptionObject => "(ref exn)",
        _ => $"a host object ({reference.GetType().Name})",
    };
}
