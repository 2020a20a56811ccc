using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Compiler;

/// <summary>Array instructions. As with structs, validation proved what the unchecked conversions rely on.</summary>
internal static unsafe class ArrayAccess
{
    [MethodImpl(AggressiveInlining)]
    public static int Length(object? reference)
    {
        if (reference is null)
            Traps.Throw(TrapCode.NullArrayReference);
        return Unsafe.As<WasmArray>(reference).Length;
    }

    [MethodImpl(AggressiveInlining)]
    public static T Get<T>(object? reference, uint index)
        where T : unmanaged
    {
        var array = Unsafe.As<WasmNumericArray>(reference);
        if (array is null || index >= (uint)array.Length)
            ThrowOutside(reference, index);
        return Unsafe.ReadUnaligned<T>(ref Elements.At<T>(array, index));
    }

    [MethodImpl(AggressiveInlining)]
    public static void Set<T>(object? reference, uint index, T value)
        where T : unmanaged
    {
        var array = Unsafe.As<WasmNumericArray>(reference);
        if (array is null || index >= (uint)array.Length)
            ThrowOutside(reference, index);
        Unsafe.WriteUnaligned(ref Elements.At<T>(array, index), value);
    }

    [MethodImpl(AggressiveInlining)]
    public static object? GetReference(object? reference, uint index)
    {
        var array = Unsafe.As<WasmReferenceArray>(reference);
        if (array is null || index >= (uint)array.Length)
            ThrowOutside(reference, index);
        return Elements.At(array, index);
    }

    [MethodImpl(AggressiveInlining)]
    public static void SetReference(object? reference, uint index, object? value)
    {
        var array = Unsafe.As<WasmReferenceArray>(reference);
        if (array is null || index >= (uint)array.Length)
            ThrowOutside(reference, index);
        Elements.At(array, index) = value;
    }

    [DoesNotReturn]
    private static void ThrowOutside(object? reference, uint index) => throw Elements.Outside(reference, index).ToException();

    // New arrays.

    /// <param name="value">A number as its low bytes lie in memory.</param>
    /// <param name="length">Elements.</param>
    /// <param name="context">The context.</param>
    /// <param name="type">The array type.</param>
    public static object New<T>(T value, uint length, GuestContext context, int type)
        where T : unmanaged
    {
        Traps.StopFor(ObjectCreation.NewArray(Layout(context, type), length, (byte*)&value, null, context.Instance, ref context.Fuel, out var made));
        return made!;
    }

    public static object NewOfReference(object? value, uint length, GuestContext context, int type)
    {
        Traps.StopFor(ObjectCreation.NewArray(Layout(context, type), length, null, value, context.Instance, ref context.Fuel, out var made));
        return made!;
    }

    public static object NewDefault(uint length, GuestContext context, int type)
    {
        Traps.StopFor(ObjectCreation.NewArray(Layout(context, type), length, context.Instance, ref context.Fuel, out var made));
        return made!;
    }

    /// <summary>For array.new_fixed: the elements follow.</summary>
    public static object NewFixed(GuestContext context, int type, int length) => NewDefault((uint)length, context, type);

    public static object NewData(uint from, uint length, GuestContext context, int type, int segment)
    {
        Traps.StopFor(ObjectCreation.NewArrayOfData(Layout(context, type), segment, from, length, context.Instance, ref context.Fuel, out var made));
        return made!;
    }

    public static object NewElements(uint from, uint length, GuestContext context, int type, int segment)
    {
        Traps.StopFor(ObjectCreation.NewArrayOfElements(Layout(context, type), segment, from, length, context.Instance, ref context.Fuel, out var made));
        return made!;
    }

    [MethodImpl(AggressiveInlining)]
    public static void Put<T>(object made, T value, int index)
        where T : unmanaged => Unsafe.WriteUnaligned(ref Elements.At<T>(Unsafe.As<WasmNumericArray>(made), (uint)index), value);

    [MethodImpl(NoInlining)]
    public static void PutOneOfMany<T>(object made, T value, int index)
        where T : unmanaged => Put(made, value, index);

    [MethodImpl(AggressiveInlining)]
    public static void PutReference(object made, object? value, int index) => Elements.At(Unsafe.As<WasmReferenceArray>(made), (uint)index) = value;

    [MethodImpl(NoInlining)]
    public static void PutOneReferenceOfMany(object made, object? value, int index) => PutReference(made, value, index);

    private static ObjectLayout Layout(GuestContext context, int type) => ObjectLayout.Of(context.Types[type]);

    // Ranges.

    public static void Fill<T>(object? array, uint from, T value, uint count, GuestContext context)
        where T : unmanaged => Traps.StopFor(ArrayRanges.Fill(Unsafe.As<WasmArray>(array), from, (byte*)&value, null, count, ref context.Fuel));

    public static void FillReference(object? array, uint from, object? value, uint count, GuestContext context) =>
        Traps.StopFor(ArrayRanges.Fill(Unsafe.As<WasmArray>(array), from, null, value, count, ref context.Fuel));

    public static void Copy(object? destination, uint to, object? source, uint from, uint count, GuestContext context) =>
        Traps.StopFor(ArrayRanges.Copy(Unsafe.As<WasmArray>(destination), to, Unsafe.As<WasmArray>(source), from, count, ref context.Fuel));

    public static void InitData(object? array, uint to, uint from, uint count, GuestContext context, int segment) =>
        Traps.StopFor(ArrayRanges.InitData(Unsafe.As<WasmArray>(array), to, context.Instance, segment, from, count, ref context.Fuel));

    public static void InitElements(object? array, uint to, uint from, uint count, GuestContext context, int segment) =>
        Traps.StopFor(ArrayRanges.InitElements(Unsafe.As<WasmArray>(array), to, context.Instance, segment, from, count, ref context.Fuel));
}
