using Wasmtime;

namespace Waxwing;

/// <summary>Values across the border between the two libraries.</summary>
internal static class Values
{
    public static global::Wasmtime.ValueKind KindOf(ValueKind kind) => kind switch
    {
        ValueKind.I32 => global::Wasmtime.ValueKind.Int32,
        ValueKind.I64 => global::Wasmtime.ValueKind.Int64,
        ValueKind.F32 => global::Wasmtime.ValueKind.Float32,
        ValueKind.F64 => global::Wasmtime.ValueKind.Float64,
        _ => throw new NotSupportedException($"values of kind {kind}"),
    };

    public static WasmValue From(ValueKind kind, ValueBox value) => kind switch
    {
        ValueKind.I32 => WasmValue.FromInt32(value.AsInt32()),
        ValueKind.I64 => WasmValue.FromInt64(value.AsInt64()),
        ValueKind.F32 => WasmValue.FromSingle(value.AsSingle()),
        _ => WasmValue.FromDouble(value.AsDouble()),
    };

    public static WasmValue From(object? value) => value switch
    {
        int number => WasmValue.FromInt32(number),
        long number => WasmValue.FromInt64(number),
        float number => WasmValue.FromSingle(number),
        double number => WasmValue.FromDouble(number),
        _ => throw new NotSupportedException($"values of type {value?.GetType()}"),
    };

    // Each arm says what it becomes: left to itself, the expression would make doubles of all of them.
    public static ValueBox To(WasmValue value) => value.Kind switch
    {
        ValueKind.I32 => (ValueBox)value.AsInt32(),
        ValueKind.I64 => (ValueBox)value.AsInt64(),
        ValueKind.F32 => (ValueBox)value.AsSingle(),
        _ => (ValueBox)value.AsDouble(),
    };

    /// <summary>A result as its type wants it: stubs fill results of any type with the same small number.</summary>
    public static WasmValue Of(ValueKind kind, WasmValue value) => value.Kind == kind ? value : kind switch
    {
        ValueKind.I32 => WasmValue.FromInt32(0),
        ValueKind.I64 => WasmValue.FromInt64(value.Kind == ValueKind.I32 ? value.AsInt32() : 0),
        ValueKind.F32 => WasmValue.FromSingle(0),
        _ => WasmValue.FromDouble(0),
    };
}
