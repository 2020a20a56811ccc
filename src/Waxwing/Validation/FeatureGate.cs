using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Proposals that declarations need. The decoder refuses most at the byte that asks for them; modules from text pass here only.</summary>
internal static class FeatureGate
{
    public static bool Lacks(WasmFeatures features, WasmFeatures needed) => (features & needed) != needed;

    public static void Require(WasmFeatures features, WasmFeatures needed, string what, long offset = 0)
    {
        if (Lacks(features, needed))
            throw Off(needed & ~features, what, offset);
    }

    public static void Require(WasmFeatures features, ValType type, long offset)
    {
        var needed = Of(type);
        if (Lacks(features, needed))
            throw Off(needed & ~features, TypeNames.Write(type), offset);
    }

    public static WasmValidationException Off(WasmFeatures missing, string what, long offset) => new($"{what} needs WasmFeatures.{missing}, which is off", offset);

    /// <summary>The proposal that a type needs as the type of a value; funcref as the type of a table's entries is plain 1.0.</summary>
    public static WasmFeatures Of(ValType type)
    {
        if (type == ValType.V128)
            return WasmFeatures.Simd;
        if (!type.IsReference)
            return WasmFeatures.Wasm1;
        if (!type.IsNullable || type.Heap.IsIndex)
            return WasmFeatures.FunctionReferences;
        return type.Heap.Code switch
        {
            ValueCode.Func or ValueCode.Extern => WasmFeatures.ReferenceTypes,
            ValueCode.Exn or ValueCode.NoExn => WasmFeatures.Exceptions,
            _ => WasmFeatures.GC,
        };
    }
}
