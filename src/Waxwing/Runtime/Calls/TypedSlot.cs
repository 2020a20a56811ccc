using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Waxwing.Runtime;

/// <summary>
/// .NET types as WebAssembly values in the slot layout (see <see cref="Engine"/>). The comparisons of types are constants to the code generator, so a read or write of a number is one
/// move.
/// </summary>
internal static class TypedSlot
{
    /// <summary>Whether the type is one value, not a tuple or task of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNumber<T>() =>
        typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || typeof(T) == typeof(float)
        || typeof(T) == typeof(double) || typeof(T) == typeof(bool) || typeof(T) == typeof(Vector128<byte>);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(WasmCaller caller, ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references, ref int index)
    {
        if (typeof(T) == typeof(WasmCaller))
            return Unsafe.As<WasmCaller, T>(ref caller);
        return Read<T>(slots, references, ref index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references, ref int index)
    {
        // SAFETY: each reinterpretation is of a local of exactly the type that T was just compared with.
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(float))
        {
            var word = (uint)slots[index++];
            return Unsafe.As<uint, T>(ref word);
        }
        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || typeof(T) == typeof(double))
        {
            var word = slots[index++];
            return Unsafe.As<ulong, T>(ref word);
        }
        if (typeof(T) == typeof(bool))
        {
            var flag = (uint)slots[index++] != 0;
            return Unsafe.As<bool, T>(ref flag);
        }
        if (typeof(T) == typeof(Vector128<byte>))
        {
            var vector = Vector128.Create(slots[index], slots[index + 1]).AsByte();
            index += 2;
            return Unsafe.As<Vector128<byte>, T>(ref vector);
        }
        return (T)references[index++]!;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<T>(T value, Span<ulong> slots, Span<object?> references, ref int index)
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint) || typeof(T) == typeof(float))
        {
            slots[index++] = Unsafe.As<T, uint>(ref value);
        }
        else if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong) || typeof(T) == typeof(double))
        {
            slots[index++] = Unsafe.As<T, ulong>(ref value);
        }
        else if (typeof(T) == typeof(bool))
        {
            slots[index++] = Unsafe.As<T, bool>(ref value) ? 1UL : 0UL;
        }
        else if (typeof(T) == typeof(Vector128<byte>))
        {
            var vector = Unsafe.As<T, Vector128<ulong>>(ref value);
            slots[index] = vector[0];
            slots[index + 1] = vector[1];
            index += 2;
        }
        else
        {
            references[index++] = value;
        }
    }

    /// <summary>The WebAssembly type that a host function's parameter or result of a .NET type has; null if there is none.</summary>
    public static ValueType? TypeOf(Type type)
    {
        if (type == typeof(int) || type == typeof(uint) || type == typeof(bool))
            return ValueType.I32;
        if (type == typeof(long) || type == typeof(ulong))
            return ValueType.I64;
        if (type == typeof(float))
            return ValueType.F32;
        if (type == typeof(double))
            return ValueType.F64;
        if (type == typeof(Vector128<byte>))
            return ValueType.V128;
        if (type == typeof(WasmFunction))
            return ValueType.FuncRef;
        if (type == typeof(WasmStruct))
            return ValueType.Ref(HeapType.Struct);
        if (type == typeof(WasmArray))
            return ValueType.Ref(HeapType.Array);
        if (type == typeof(WasmObject))
            return ValueType.Ref(HeapType.Eq);
        if (type == typeof(I31))
            return ValueType.Ref(HeapType.I31);
        return type.IsValueType || type.IsPointer || type.IsByRef ? null : ValueType.ExternRef;
    }

    /// <summary>Whether a delegate's parameter or result of a .NET type can stand for a value of a WebAssembly type; a reference is cast when it is passed.</summary>
    public static bool Fits(Type type, ValueType wanted)
    {
        if (TypeOf(type) is not { } own)
            return false;
        if (own.Kind != ValueKind.Reference || wanted.Kind != ValueKind.Reference)
            return own.Kind == wanted.Kind;
        // `object` stands for any reference; of the other classes each has its hierarchy, and the host's own may be extern or internalised.
        return type == typeof(object) || wanted.Heap.TopKind == own.Heap.TopKind || (own.Heap.Kind == HeapKind.Extern && wanted.Heap.TopKind == HeapKind.Any);
    }
}
