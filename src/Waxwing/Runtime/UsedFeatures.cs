using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Runtime;

/// <summary>The proposals that a module's declarations (everything but bodies) make use of.</summary>
internal static class UsedFeatures
{
    public static WasmFeatures OfDeclarations(ModuleContext context)
    {
        var used = WasmFeatures.Wasm1;
        foreach (var memory in context.Memories)
        {
            if (memory.Limits.Shared)
                used |= WasmFeatures.Threads;
            if (memory.Limits.Is64)
                used |= WasmFeatures.Memory64;
            if (memory.PageSizeLog2 != 16)
                used |= WasmFeatures.CustomPageSizes;
        }
        if (context.Memories.Length > 1)
            used |= WasmFeatures.MultiMemory;
        if (context.Tables.Length > 1)
            used |= WasmFeatures.ReferenceTypes;
        foreach (var table in context.Tables)
        {
            if (table.Limits.Is64)
                used |= WasmFeatures.Memory64;
            used |= Of(table.Element);
        }
        foreach (var global in context.Globals)
            used |= Of(global.Type);
        if (context.Tags.Length > 0)
            used |= WasmFeatures.Exceptions;
        foreach (var type in context.Module.Types)
            used |= Of(type);
        return used;
    }

    private static WasmFeatures Of(SubType type)
    {
        if (type.Kind != CompositeKind.Func || type.Supertype >= 0 || !type.Final)
            return WasmFeatures.GC;
        var used = type.Results.Length > 1 ? WasmFeatures.MultiValue : WasmFeatures.Wasm1;
        foreach (var parameter in type.Parameters)
            used |= Of(parameter);
        foreach (var result in type.Results)
            used |= Of(result);
        return used;
    }

    private static WasmFeatures Of(ValType type)
    {
        if (type == ValType.V128)
            return WasmFeatures.Simd;
        // A table of funcref is plain 1.0, and as a value type it cannot be told from it here; instructions that need more say so themselves.
        if (!type.IsReference || type == ValType.FuncRef)
            return WasmFeatures.Wasm1;
        if (type == ValType.ExternRef)
            return WasmFeatures.ReferenceTypes;
        if (type.Heap == HeapTypeCode.Exn || type.Heap == HeapTypeCode.NoExn)
            return WasmFeatures.Exceptions;
        return type.Heap.IsIndex || !type.IsNullable ? WasmFeatures.FunctionReferences : WasmFeatures.GC;
    }
}
