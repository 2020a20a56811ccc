using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Making objects: the operands lie in consecutive slots from A, where the reference goes. B: the type.

internal static unsafe class Creation
{
    public static ObjectLayout Layout(Instr* pc, Activation ctx) => ObjectLayout.Of(ctx.Types[pc->B]);

    /// <summary>Puts what was made into A; or stops because nothing was.</summary>
    public static nint Finish(Instr* pc, byte* fp, Activation ctx, TrapCause cause, WasmObject? made)
    {
        if (made is null)
            return ctx.StopFor(pc, fp, cause);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

internal readonly unsafe struct StructNew : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Creation.Layout(pc, ctx);
        var cause = ObjectCreation.NewStruct(layout, out var made);
        if (made is null)
            return ctx.StopFor(pc, fp, cause);
        var slot = pc->A;
        foreach (ref readonly var field in layout.Fields.AsSpan())
        {
            if (field.Storage == FieldStorage.Reference)
                made.Reference(field.Offset) = ctx.Reference(fp, slot);
            else
                Store(ref Unsafe.AddByteOffset(ref made.Data, field.Offset), fp + slot, field.Storage);
            slot += field.Storage == FieldStorage.Vector ? 16 : 8;
        }
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref byte place, byte* slot, FieldStorage storage)
    {
        switch (storage)
        {
            case FieldStorage.Byte:
                place = *slot;
                break;
            case FieldStorage.Int16:
                Unsafe.WriteUnaligned(ref place, *(ushort*)slot);
                break;
            case FieldStorage.Int32 or FieldStorage.Single:
                Unsafe.WriteUnaligned(ref place, *(uint*)slot);
                break;
            case FieldStorage.Vector:
                Unsafe.WriteUnaligned(ref place, *(V*)slot);
                break;
            default:
                Unsafe.WriteUnaligned(ref place, *(ulong*)slot);
                break;
        }
    }
}

internal readonly unsafe struct StructNewDefault : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var cause = ObjectCreation.NewStruct(Creation.Layout(pc, ctx), out var made);
        return Creation.Finish(pc, fp, ctx, cause, made);
    }
}

/// <summary>array.new: the value, then the length.</summary>
internal readonly unsafe struct ArrayNew : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Creation.Layout(pc, ctx);
        var value = fp + pc->A;
        var length = *(uint*)(value + (layout.Element == FieldStorage.Vector ? 16 : 8));
        var cause = ObjectCreation.NewArray(layout, length, value, ctx.Reference(fp, pc->A), ctx.Instance, ref ctx.Fuel, out var made);
        return Creation.Finish(pc, fp, ctx, cause, made);
    }
}

internal readonly unsafe struct ArrayNewDefault : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var cause = ObjectCreation.NewArray(Creation.Layout(pc, ctx), *(uint*)(fp + pc->A), ctx.Instance, ref ctx.Fuel, out var made);
        return Creation.Finish(pc, fp, ctx, cause, made);
    }
}

/// <summary>array.new_fixed: C elements.</summary>
internal readonly unsafe struct ArrayNewFixed : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Creation.Layout(pc, ctx);
        var cause = ObjectCreation.NewArray(layout, (uint)pc->C, ctx.Instance, ref ctx.Fuel, out var made);
        if (made is WasmReferenceArray array)
        {
            for (var i = 0; i < array.Items.Length; i++)
                array.Items[i] = ctx.Reference(fp, pc->A + 8 * i);
        }
        else if (made is not null)
        {
            Gather(Unsafe.As<WasmNumericArray>(made).Bytes, fp + pc->A, layout.Element);
        }
        return Creation.Finish(pc, fp, ctx, cause, made);
    }

    /// <summary>Writes values, given in consecutive slots, to the elements.</summary>
    private static void Gather(Span<byte> elements, byte* slots, FieldStorage storage)
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
}

/// <summary>array.new_data from data segment C: offset in bytes, then length in elements.</summary>
internal readonly unsafe struct ArrayNewData : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var (from, length) = (*(uint*)(fp + pc->A), *(uint*)(fp + pc->A + 8));
        var cause = ObjectCreation.NewArrayOfData(Creation.Layout(pc, ctx), pc->C, from, length, ctx.Instance, ref ctx.Fuel, out var made);
        return Creation.Finish(pc, fp, ctx, cause, made);
    }
}

/// <summary>array.new_elem from element segment C: offset, then length.</summary>
internal readonly unsafe struct ArrayNewElement : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var (from, length) = (*(uint*)(fp + pc->A), *(uint*)(fp + pc->A + 8));
        var cause = ObjectCreation.NewArrayOfElements(Creation.Layout(pc, ctx), pc->C, from, length, ctx.Instance, ref ctx.Fuel, out var made);
        return Creation.Finish(pc, fp, ctx, cause, made);
    }
}
