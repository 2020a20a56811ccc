using Waxwing.Syntax;

namespace Waxwing.Validation;

// Element and data segments.
internal sealed partial class ModuleValidator
{
    private void CheckElements()
    {
        foreach (var segment in module.Elements)
        {
            if (segment.Type != ValType.FuncRef)
                CheckElementType(segment);
            if (segment.Mode == SegmentMode.Active)
                CheckActive(segment);
            if (segment.FunctionIndices is { } functions)
                CheckFunctions(functions, segment.Offset);
            else
                CheckExpressions(segment);
        }
    }

    private void CheckElementType(ElementSegment segment)
    {
        if (segment.Type.IsReference && segment.Type.Heap.Code >= module.Types.Count)
            throw new WasmValidationException($"unknown type {segment.Type.Heap.Code}", segment.Offset, $"{module.Types.Count} exist");
        // The form with plain function indices has the type (ref func) since 3.0 and was of funcref before.
        if (segment.FunctionIndices is null)
            FeatureGate.Require(features, segment.Type, segment.Offset);
    }

    private void CheckActive(ElementSegment segment)
    {
        if ((uint)segment.Table >= (uint)context.Tables.Length)
            throw new WasmValidationException($"unknown table {(uint)segment.Table}", segment.Offset, $"in an element segment; {context.Tables.Length} exist");
        var table = context.Tables[segment.Table];
        if (!Matching.Matches(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(module.Types), segment.Type, table.Element))
        {
            throw new WasmValidationException("type mismatch", segment.Offset,
                $"the segment holds {TypeNames.Write(segment.Type)}, table {segment.Table} {TypeNames.Write(table.Element)}");
        }
        CheckConstant(segment.TableOffset, table.Limits.AddressType, VisibleGlobals);
    }

    /// <summary>Globals that segments may read: all, but before extended constants imported ones only.</summary>
    private int VisibleGlobals => (features & WasmFeatures.ExtendedConst) != 0 ? context.Globals.Length : context.ImportedGlobals;

    private void CheckFunctions(int[] functions, long offset)
    {
        foreach (var function in functions)
        {
            if ((uint)function >= (uint)context.FunctionTypes.Length)
                throw new WasmValidationException($"unknown function {(uint)function}", offset, $"in an element segment; {context.FunctionTypes.Length} exist");
            context.DeclaredFunctions.Add(function);
        }
    }

    private void CheckExpressions(ElementSegment segment)
    {
        foreach (var expression in segment.Expressions!)
            CheckConstant(expression, segment.Type, VisibleGlobals);
    }

    private void CheckData()
    {
        foreach (var segment in module.Data)
        {
            if (segment.Mode != SegmentMode.Active)
                continue;
            if ((uint)segment.Memory >= (uint)context.Memories.Length)
                throw new WasmValidationException($"unknown memory {(uint)segment.Memory}", segment.Offset, $"in a data segment; {context.Memories.Length} exist");
            CheckConstant(segment.MemoryOffset, context.Memories[segment.Memory].Limits.AddressType, VisibleGlobals);
        }
    }
}
