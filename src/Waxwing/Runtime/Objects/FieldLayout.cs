namespace Waxwing.Runtime;

/// <summary>How a field or array element is stored.</summary>
internal enum FieldStorage : byte { Byte, Int16, Int32, Int64, Single, Double, Vector, Reference }

/// <summary>Where a field lives.</summary>
/// <param name="Storage">How it is stored.</param>
/// <param name="Offset">For numbers: bytes from <see cref="WasmStruct.Data"/>. For references: the index for <see cref="WasmStruct.Reference"/>.</param>
internal readonly record struct FieldLayout(FieldStorage Storage, int Offset)
{
    public static FieldStorage StorageOf(StorageType type) => type switch
    {
        { PackedBits: 8 } => FieldStorage.Byte,
        { PackedBits: 16 } => FieldStorage.Int16,
        _ => type.Type.Kind switch
        {
            ValueKind.I32 => FieldStorage.Int32,
            ValueKind.I64 => FieldStorage.Int64,
            ValueKind.F32 => FieldStorage.Single,
            ValueKind.F64 => FieldStorage.Double,
            ValueKind.V128 => FieldStorage.Vector,
            _ => FieldStorage.Reference,
        },
    };

    /// <summary>Bytes of a number; 0 for a reference.</summary>
    public static int Size(FieldStorage storage) => storage switch
    {
        FieldStorage.Byte => 1,
        FieldStorage.Int16 => 2,
        FieldStorage.Int32 or FieldStorage.Single => 4,
        FieldStorage.Int64 or FieldStorage.Double => 8,
        FieldStorage.Vector => 16,
        _ => 0,
    };
}
