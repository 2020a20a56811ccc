using Waxwing.Syntax;

namespace Waxwing.Validation;

/// <summary>Module-local types in the text format, for messages: a type index stays an index.</summary>
internal static class TypeNames
{
    public static string Write(ValType type)
    {
        if (type == ValType.I32)
            return "i32";
        if (type == ValType.I64)
            return "i64";
        if (type == ValType.F32)
            return "f32";
        if (type == ValType.F64)
            return "f64";
        if (type == ValType.V128)
            return "v128";
        if (type == ValType.I8)
            return "i8";
        if (type == ValType.I16)
            return "i16";
        if (!type.IsReference)
            return "bot";
        var heap = type.Heap.Code;
        if (!type.IsNullable || heap >= 0)
            return $"(ref {(type.IsNullable ? "null " : "")}{Write(heap)})";
        return heap switch
        {
            ValueCode.None => "nullref",
            ValueCode.NoFunc => "nullfuncref",
            ValueCode.NoExtern => "nullexternref",
            ValueCode.NoExn => "nullexnref",
            _ => Write(heap) + "ref",
        };
    }

    public static string Write(int heap) => heap switch
    {
        >= 0 => $"{heap}",
        ValueCode.NoExn => "noexn",
        ValueCode.NoFunc => "nofunc",
        ValueCode.NoExtern => "noextern",
        ValueCode.None => "none",
        ValueCode.Func => "func",
        ValueCode.Extern => "extern",
        ValueCode.Any => "any",
        ValueCode.Eq => "eq",
        ValueCode.I31Heap => "i31",
        ValueCode.Struct => "struct",
        ValueCode.Array => "array",
        ValueCode.Exn => "exn",
        _ => "bot",
    };
}
