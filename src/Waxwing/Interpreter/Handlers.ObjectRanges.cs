using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Ranges of arrays: array.fill, array.copy, array.init_data, array.init_elem. Operands in consecutive slots from A, beginning with the array and an index; all bounds are
// checked before anything is written. B: the type of the (destination) array.

internal static unsafe class ElementRange
{
    /// <summary>Writes a value, given in a slot, to all elements.</summary>
    public static void Fill(Span<byte> elements, byte* slot, FieldStorage storage)
    {
        switch (storage)
        {
            case FieldStorage.Byte:
                elements.Fill(*slot);
                break;
            case FieldStorage.Int16:
                MemoryMarshal.Cast<byte, ushort>(elements).Fill(*(ushort*)slot);
                break;
            case FieldStorage.Int32 or FieldStorage.Single:
                MemoryMarshal.Cast<byte, uint>(elements).Fill(*(uint*)slot);
                break;
            case FieldStorage.Vector:
                MemoryMarshal.Cast<byte, V>(elements).Fill(*(V*)slot);
                break;
            default:
                MemoryMarshal.Cast<byte, ulong>(elements).Fill(*(ulong*)slot);
                break;
        }
    }

    /// <summary>Writes values, given in consecutive slots, to the elements.</summary>
    public static void Gather(Span<byte> elements, byte* slots, FieldStorage storage)
    {
        switch (storage)
        {
            case FieldStorage.Byte:
                Gather<byte>(elements, slots);
                break;
            case FieldStorage.Int16:
                Gather<ushort>(elements, slots);
                break;
            case FieldStorage.Int32 or FieldStorage.Single:
                Gather<uint>(elements, slots);
                break;
            default:
                // Eight-byte elements and vectors lie in their slots as they do in the array.
                new Span<byte>(slots, elements.Length).CopyTo(elements);
                break;
        }
    }

    private static void Gather<T>(Span<byte> elements, byte* slots)
        where T : unmanaged
    {
        var typed = MemoryMarshal.Cast<byte, T>(elements);
        for (var i = 0; i < typed.Length; i++)
            typed[i] = *(T*)(slots + 8 * i);
    }

    /// <summary>The bytes of a range of elements that is within the array.</summary>
    public static Span<byte> Of(WasmArray array, uint from, uint count)
    {
        var size = (uint)array.Layout.ElementSize;
        return Unsafe.As<WasmNumericArray>(array).Bytes.AsSpan((int)(from * size), (int)(count * size));
    }

    public static nint Outside(Instr* pc, byte* fp, Activation ctx, uint from, uint count, WasmArray array) =>
        ctx.Trap(pc, fp, TrapCode.ArrayOutOfBounds, Bounds.Describe(from, count, "array", (ulong)array.Length));
}

/// <summary>array.fill: array, index, value, count.</summary>
internal readonly unsafe struct ArrayFill : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        if (ctx.Reference(fp, pc->A) is not WasmArray array)
            return ctx.Trap(pc, fp, TrapCode.NullArrayReference);
        var storage = array.Layout.Element;
        var slots = fp + pc->A;
        var (from, count) = (*(uint*)(slots + 8), *(uint*)(slots + (storage == FieldStorage.Vector ? 32 : 24)));
        if (Bounds.AreLeft(from, count, (ulong)array.Length))
            return ElementRange.Outside(pc, fp, ctx, from, count, array);
        BulkFuel.Charge(ctx, array.Layout.BytesOf(count));
        if (array is WasmReferenceArray references)
            references.Items.AsSpan((int)from, (int)count).Fill(ctx.Reference(fp, pc->A + 16));
        else
            ElementRange.Fill(ElementRange.Of(array, from, count), slots + 16, storage);
        return 0;
    }
}

/// <summary>array.copy: destination, its index, source, its index, count. The two may be one array.</summary>
internal readonly unsafe struct ArrayCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        if (ctx.Reference(fp, pc->A) is not WasmArray destination || ctx.Reference(fp, pc->A + 16) is not WasmArray source)
            return ctx.Trap(pc, fp, TrapCode.NullArrayReference);
        var slots = fp + pc->A;
        var (to, from, count) = (*(uint*)(slots + 8), *(uint*)(slots + 24), *(uint*)(slots + 32));
        if (Bounds.AreLeft(to, count, (ulong)destination.Length))
            return ElementRange.Outside(pc, fp, ctx, to, count, destination);
        if (Bounds.AreLeft(from, count, (ulong)source.Length))
            return ElementRange.Outside(pc, fp, ctx, from, count, source);
        BulkFuel.Charge(ctx, source.Layout.BytesOf(count));
        if (source is WasmReferenceArray references)
            Array.Copy(references.Items, from, Unsafe.As<WasmReferenceArray>(destination).Items, to, count);
        else
            ElementRange.Of(source, from, count).CopyTo(ElementRange.Of(destination, to, count));
        return 0;
    }
}

/// <summary>array.init_data from data segment C: array, index, offset in bytes, count of elements.</summary>
internal readonly unsafe struct ArrayInitData : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        if (ctx.Reference(fp, pc->A) is not WasmArray array)
            return ctx.Trap(pc, fp, TrapCode.NullArrayReference);
        var slots = fp + pc->A;
        var (to, from, count) = (*(uint*)(slots + 8), *(uint*)(slots + 16), *(uint*)(slots + 24));
        if (Bounds.AreLeft(to, count, (ulong)array.Length))
            return ElementRange.Outside(pc, fp, ctx, to, count, array);
        var data = Segments.Data(ctx.Instance, pc->C);
        var bytes = (ulong)count * (uint)array.Layout.ElementSize;
        if (Bounds.AreLeft(from, bytes, (ulong)data.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(from, bytes, "data segment", (ulong)data.Length));
        BulkFuel.Charge(ctx, bytes);
        data.Slice((int)from, (int)bytes).CopyTo(ElementRange.Of(array, to, count));
        return 0;
    }
}

/// <summary>array.init_elem from element segment C: array, index, offset, count.</summary>
internal readonly unsafe struct ArrayInitElement : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        if (ctx.Reference(fp, pc->A) is not WasmArray array)
            return ctx.Trap(pc, fp, TrapCode.NullArrayReference);
        var slots = fp + pc->A;
        var (to, from, count) = (*(uint*)(slots + 8), *(uint*)(slots + 16), *(uint*)(slots + 24));
        if (Bounds.AreLeft(to, count, (ulong)array.Length))
            return ElementRange.Outside(pc, fp, ctx, to, count, array);
        var elements = Segments.Elements(ctx.Instance, pc->C);
        if (Bounds.AreLeft(from, count, (ulong)elements.Length))
            return ctx.Trap(pc, fp, TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "element segment", (ulong)elements.Length));
        BulkFuel.Charge(ctx, array.Layout.BytesOf(count));
        elements.AsSpan((int)from, (int)count).CopyTo(Unsafe.As<WasmReferenceArray>(array).Items.AsSpan((int)to));
        return 0;
    }
}
