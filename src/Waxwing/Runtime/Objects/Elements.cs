using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>The elements of an array, past the checks.</summary>
internal static class Elements
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte At<TStored>(WasmNumericArray array, uint index)
        where TStored : unmanaged =>
        // SAFETY: callers compared the index with the array's length, and its bytes hold that many elements of its type.
        ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array.Bytes), (nuint)index * (nuint)Unsafe.SizeOf<TStored>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref object? At(WasmReferenceArray array, uint index) =>
        // SAFETY: as above; and the items are exactly an object[], so that any reference may be stored.
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(array.Items), (nuint)index);

    /// <summary>Why an element cannot be reached.</summary>
    public static TrapCause Outside(object? reference, uint index) =>
        reference is WasmArray array ? new(TrapCode.ArrayOutOfBounds, $"index {index}, length {array.Length}") : new(TrapCode.NullArrayReference);
}
