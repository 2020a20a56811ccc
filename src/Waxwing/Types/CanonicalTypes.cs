using Waxwing.Syntax;

namespace Waxwing.Types;

/// <summary>The correspondence between module-local type codes and the public, process-wide types.</summary>
internal static class CanonicalTypes
{
    public static ValType Code(ValueKind kind) => kind switch
    {
        ValueKind.I32 => ValType.I32,
        ValueKind.I64 => ValType.I64,
        ValueKind.F32 => ValType.F32,
        ValueKind.F64 => ValType.F64,
        ValueKind.V128 => ValType.V128,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a number or vector"),
    };

    public static HeapTypeCode Code(HeapKind kind) => kind switch
    {
        HeapKind.Func => HeapTypeCode.Func,
        HeapKind.NoFunc => HeapTypeCode.NoFunc,
        HeapKind.Extern => HeapTypeCode.Extern,
        HeapKind.NoExtern => HeapTypeCode.NoExtern,
        HeapKind.Any => HeapTypeCode.Any,
        HeapKind.Eq => HeapTypeCode.Eq,
        HeapKind.I31 => HeapTypeCode.I31,
        HeapKind.Struct => HeapTypeCode.Struct,
        HeapKind.Array => HeapTypeCode.Array,
        HeapKind.None => HeapTypeCode.None,
        HeapKind.Exn => HeapTypeCode.Exn,
        HeapKind.NoExn => HeapTypeCode.NoExn,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not abstract"),
    };

    public static HeapType Heap(HeapTypeCode code) => code.Code switch
    {
        -0x0C => HeapType.NoExn,
        -0x0D => HeapType.NoFunc,
        -0x0E => HeapType.NoExtern,
        -0x0F => HeapType.None,
        -0x10 => HeapType.Func,
        -0x11 => HeapType.Extern,
        -0x12 => HeapType.Any,
        -0x13 => HeapType.Eq,
        -0x14 => HeapType.I31,
        -0x15 => HeapType.Struct,
        -0x16 => HeapType.Array,
        -0x17 => HeapType.Exn,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "not an abstract heap type"),
    };

    /// <summary>A type without a type index, or (packed types) its unpacked form.</summary>
    public static ValueType Number(ValType type) => type.Kind switch
    {
        0x7F or 0x78 or 0x77 => ValueType.I32,
        0x7E => ValueType.I64,
        0x7D => ValueType.F32,
        0x7C => ValueType.F64,
        0x7B => ValueType.V128,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a value type"),
    };
}
