using System.Runtime.Intrinsics;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>The types of emitted locals and signatures.</summary>
internal enum IlType : byte
{
    Int32, Int64, Float32, Float64, Vector, Object, Address, Function, Memory, Exception, Context, Objects, Boolean, Void,
}

internal static class IlTypes
{
    /// <summary>The type that stands for a WebAssembly value: integers as they are, a vector as <c>Vector128&lt;byte&gt;</c>, any reference as an object.</summary>
    public static IlType Of(ValType type) => type switch
    {
        _ when type == ValType.I32 => IlType.Int32,
        _ when type == ValType.I64 => IlType.Int64,
        _ when type == ValType.F32 => IlType.Float32,
        _ when type == ValType.F64 => IlType.Float64,
        _ when type == ValType.V128 => IlType.Vector,
        _ => IlType.Object,
    };

    public static IlType Of(ValueType type) => type.Kind switch
    {
        ValueKind.I32 => IlType.Int32,
        ValueKind.I64 => IlType.Int64,
        ValueKind.F32 => IlType.Float32,
        ValueKind.F64 => IlType.Float64,
        ValueKind.V128 => IlType.Vector,
        _ => IlType.Object,
    };

    public static Type Runtime(this IlType type) => type switch
    {
        IlType.Int32 => typeof(int),
        IlType.Int64 => typeof(long),
        IlType.Float32 => typeof(float),
        IlType.Float64 => typeof(double),
        IlType.Vector => typeof(Vector128<byte>),
        IlType.Object => typeof(object),
        IlType.Address => typeof(nint),
        IlType.Function => typeof(WasmFunction),
        IlType.Memory => typeof(WasmMemory),
        IlType.Exception => typeof(Runtime.WasmExceptionObject),
        IlType.Context => typeof(GuestContext),
        IlType.Objects => typeof(object[]),
        IlType.Boolean => typeof(bool),
        _ => typeof(void),
    };
}
