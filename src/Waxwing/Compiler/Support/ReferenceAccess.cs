using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>Instructions on references of any type, and on i31.</summary>
internal static class ReferenceAccess
{
    public static object Function(GuestContext context, int function) => context.Instance.GetFunctionRecord(function);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int AreEqual(object? left, object? right) => I31.ReferenceEquals(left, right) ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object? NonNull(object? reference)
    {
        if (reference is null)
            Traps.Throw(TrapCode.NullReference);
        return reference;
    }

    public static object I31Of(int value) => I31.Of(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I31Signed(object? reference) => AsI31(reference).Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I31Unsigned(object? reference) => AsI31(reference).UnsignedValue;

    /// <summary>Validation proved that it is an i31, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static I31 AsI31(object? reference)
    {
        if (reference is null)
            Traps.Throw(TrapCode.NullI31Reference);
        return Unsafe.As<I31>(reference);
    }
}
