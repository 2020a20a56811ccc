using Waxwing.Syntax;
using Waxwing.Types;
using Waxwing.Validation;

namespace Waxwing.Runtime;

/// <summary>
/// Which type a test or cast asks for, and what is known of the reference. Any .NET object can come in as an externref and be internalised, so as long as the reference's static type
/// is any or eq, its class must be asked for; below that (and of functions), validation proved it.
/// </summary>
internal static class TypeTest
{
    /// <summary>The top of a hierarchy: every reference but null.</summary>
    public const int Anything = 0;

    /// <summary>The bottom: only null.</summary>
    public const int Nothing = 1;
    public const int Eq = 2, I31 = 3, Struct = 4, Array = 5;

    /// <summary>A struct or array type of the module, index C.</summary>
    public const int Object = 6;

    /// <summary>The same of a reference that is a struct or array in any case.</summary>
    public const int KnownObject = 7;

    /// <summary>A function type of the module, index C.</summary>
    public const int Function = 8;

    /// <summary>What ref.test, ref.cast or a branch on a cast asks for.</summary>
    public static int Of(ModuleContext context, in InstructionEvent e)
    {
        var heap = e.TargetType.Heap;
        if (heap.IsIndex)
            return context.Module.Types[heap.Code].Kind == CompositeKind.Func ? Function : IsObject(e.Type.Heap) ? KnownObject : Object;
        return heap switch
        {
            _ when heap == HeapTypeCode.Eq => Eq,
            _ when heap == HeapTypeCode.I31 => I31,
            _ when heap == HeapTypeCode.Struct => Struct,
            _ when heap == HeapTypeCode.Array => Array,
            _ when heap == HeapTypeCode.Any || heap == HeapTypeCode.Func || heap == HeapTypeCode.Extern || heap == HeapTypeCode.Exn => Anything,
            _ => Nothing,
        };
    }

    /// <summary>Why a cast failed.</summary>
    public static TrapCause Failure(object? reference, DefinedType[] types, int heap, bool isNullable)
    {
        var wanted = heap >= 0 ? $"{types[heap]}" : $"{CanonicalTypes.Heap(new HeapTypeCode(heap))}";
        return new(TrapCode.CastFailure, $"{ReferenceTypes.Describe(reference)} is not (ref {(isNullable ? "null " : "")}{wanted})");
    }

    /// <summary>Whether references of the type are structs or arrays (those of an index that names a function type are not asked about here).</summary>
    private static bool IsObject(HeapTypeCode heap) => heap.IsIndex || heap == HeapTypeCode.Struct || heap == HeapTypeCode.Array;
}
