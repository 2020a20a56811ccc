using System.Runtime.CompilerServices;
using Waxwing.Runtime;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Compiler;

/// <summary>
/// Struct instructions. Validation proved that the reference is null or a struct of the type or a subtype of it, and the emitter computed offsets from its layout: that makes the unchecked
/// conversions safe. Null is asked for: a fault would be taken for one of memory.
/// </summary>
internal static class StructAccess
{
    public static object New(GuestContext context, int type)
    {
        Traps.StopFor(ObjectCreation.NewStruct(ObjectLayout.Of(context.Types[type]), out var made));
        return made!;
    }

    [MethodImpl(AggressiveInlining)]
    public static T Get<T>(object? reference, int offset)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(ref Unsafe.AddByteOffset(ref Check(reference).Data, offset));

    [MethodImpl(AggressiveInlining)]
    public static void Set<T>(object? reference, T value, int offset)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref Check(reference).Data, offset), value);

    /// <summary>A reference by its index, in an object whose numbers may be more than those of the static type.</summary>
    [MethodImpl(AggressiveInlining)]
    public static object? GetReference(object? reference, int index) => Check(reference).Reference(index);

    [MethodImpl(AggressiveInlining)]
    public static void SetReference(object? reference, object? value, int index) => Check(reference).Reference(index) = value;

    /// <summary>A reference by its offset, in an object of exactly the static type.</summary>
    [MethodImpl(AggressiveInlining)]
    public static object? GetReferenceAt(object? reference, int offset) => Place(Check(reference), offset);

    [MethodImpl(AggressiveInlining)]
    public static void SetReferenceAt(object? reference, object? value, int offset) => Place(Check(reference), offset) = value;

    // Fields of an object that was just made.

    [MethodImpl(AggressiveInlining)]
    public static void Put<T>(object made, T value, int offset)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Unsafe.AddByteOffset(ref Unsafe.As<WasmStruct>(made).Data, offset), value);

    [MethodImpl(NoInlining)]
    public static void PutOneOfMany<T>(object made, T value, int offset)
        where T : unmanaged => Put(made, value, offset);

    [MethodImpl(AggressiveInlining)]
    public static void PutReference(object made, object? value, int offset) => Place(Unsafe.As<WasmStruct>(made), offset) = value;

    [MethodImpl(NoInlining)]
    public static void PutOneReferenceOfMany(object made, object? value, int offset) => PutReference(made, value, offset);

    [MethodImpl(AggressiveInlining)]
    private static ref object? Place(WasmStruct target, int offset) => ref Unsafe.As<byte, object?>(ref Unsafe.AddByteOffset(ref target.Data, offset));

    [MethodImpl(AggressiveInlining)]
    private static WasmStruct Check(object? reference)
    {
        if (reference is null)
            Traps.Throw(TrapCode.NullStructReference);
        return Unsafe.As<WasmStruct>(reference);
    }
}
