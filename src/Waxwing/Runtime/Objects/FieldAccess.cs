using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>Fields and elements as <see cref="WasmValue"/>, for the host.</summary>
internal static class FieldAccess
{
    public static WasmValue Default(StorageType type) => type.Type.IsReference ? WasmValue.Null : new(type.Type.Kind, 0, 0, null);

    /// <exception cref="ArgumentException">The value is not of the type.</exception>
    public static void Check(StorageType type, WasmValue value)
    {
        if (value.Kind != type.Type.Kind)
            throw new ArgumentException($"The value must be {type.Type}, not {value.Kind.ToString().ToLowerInvariant()}.", nameof(value));
        if (value.Kind == ValueKind.Reference && !ReferenceTypes.IsInstance(value.ReferenceUnchecked, type.Type))
            throw new ArgumentException($"The value must be {type.Type}, not {ReferenceTypes.Describe(value.ReferenceUnchecked)}.", nameof(value));
    }

    public static WasmValue Read(ref byte place, FieldStorage storage) => storage switch
    {
        FieldStorage.Byte => new(ValueKind.I32, place, 0, null),
        FieldStorage.Int16 => new(ValueKind.I32, Unsafe.ReadUnaligned<ushort>(ref place), 0, null),
        FieldStorage.Int32 => new(ValueKind.I32, Unsafe.ReadUnaligned<uint>(ref place), 0, null),
        FieldStorage.Int64 => new(ValueKind.I64, Unsafe.ReadUnaligned<ulong>(ref place), 0, null),
        FieldStorage.Single => new(ValueKind.F32, Unsafe.ReadUnaligned<uint>(ref place), 0, null),
        FieldStorage.Double => new(ValueKind.F64, Unsafe.ReadUnaligned<ulong>(ref place), 0, null),
        _ => new(ValueKind.V128, Unsafe.ReadUnaligned<ulong>(ref place), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref place, 8)), null),
    };

    public static void Write(ref byte place, FieldStorage storage, WasmValue value)
    {
        switch (storage)
        {
            case FieldStorage.Byte:
                place = (byte)value.Low;
                break;
            case FieldStorage.Int16:
                Unsafe.WriteUnaligned(ref place, (ushort)value.Low);
                break;
            case FieldStorage.Int32 or FieldStorage.Single:
                Unsafe.WriteUnaligned(ref place, (uint)value.Low);
                break;
            case FieldStorage.Vector:
                Unsafe.WriteUnaligned(ref place, value.Low);
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref place, 8), value.High);
                break;
            default:
                Unsafe.WriteUnaligned(ref place, value.Low);
                break;
        }
    }
}
