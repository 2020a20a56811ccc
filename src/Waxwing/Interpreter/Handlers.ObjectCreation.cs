using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Making objects: the operands lie in consecutive slots from A, where the reference goes. B: the type.

internal static unsafe class Allocation
{
    /// <summary>A struct with zeros and nulls, or null if memory was refused.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static WasmStruct? TryNew(ObjectLayout layout)
    {
        try
        {
            return layout.NewStruct();
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    public static nint Refuse(Instr* pc, byte* fp, Activation ctx, ObjectLayout layout) =>
        ctx.Trap(pc, fp, TrapCode.AllocationRefused, $"a struct of {layout.Fields.Length} fields");

    /// <summary>An array with zeros and nulls; or null, and why it was refused.</summary>
    public static WasmArray? TryNew(ObjectLayout layout, uint length, Activation ctx, out string? refusal)
    {
        BulkFuel.Charge(ctx, layout.BytesOf(length));
        return layout.TryNewArray(length, ctx.Instance.Runtime.Options.Limits.ArrayBytes, out refusal);
    }

    public static ObjectLayout Layout(Instr* pc, Activation ctx) => ObjectLayout.Of(ctx.Types[pc->B]);
}

internal readonly unsafe struct StructNew : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Allocation.Layout(pc, ctx);
        if (Allocation.TryNew(layout) is not { } made)
            return Allocation.Refuse(pc, fp, ctx, layout);
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
        var layout = Allocation.Layout(pc, ctx);
        if (Allocation.TryNew(layout) is not { } made)
            return Allocation.Refuse(pc, fp, ctx, layout);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

/// <summary>array.new: the value, then the length.</summary>
internal readonly unsafe struct ArrayNew : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Allocation.Layout(pc, ctx);
        var length = *(uint*)(fp + pc->A + (layout.Element == FieldStorage.Vector ? 16 : 8));
        var made = Allocation.TryNew(layout, length, ctx, out var refusal);
        if (made is null)
            return ctx.Trap(pc, fp, TrapCode.AllocationRefused, refusal);
        if (made is WasmReferenceArray array)
            array.Items.AsSpan().Fill(ctx.Reference(fp, pc->A));
        else
            ElementRange.Fill(Unsafe.As<WasmNumericArray>(made).Bytes, fp + pc->A, layout.Element);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

internal readonly unsafe struct ArrayNewDefault : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var made = Allocation.TryNew(Allocation.Layout(pc, ctx), *(uint*)(fp + pc->A), ctx, out var refusal);
        if (made is null)
            return ctx.Trap(pc, fp, TrapCode.AllocationRefused, refusal);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

/// <summary>array.new_fixed: C elements.</summary>
internal readonly unsafe struct ArrayNewFixed : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Allocation.Layout(pc, ctx);
        var made = Allocation.TryNew(layout, (uint)pc->C, ctx, out var refusal);
        if (made is null)
            return ctx.Trap(pc, fp, TrapCode.AllocationRefused, refusal);
        if (made is WasmReferenceArray array)
        {
            for (var i = 0; i < array.Items.Length; i++)
                array.Items[i] = ctx.Reference(fp, pc->A + 8 * i);
        }
        else
        {
            ElementRange.Gather(Unsafe.As<WasmNumericArray>(made).Bytes, fp + pc->A, layout.Element);
        }
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

/// <summary>array.new_data from data segment C: offset in bytes, then length in elements.</summary>
internal readonly unsafe struct ArrayNewData : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var layout = Allocation.Layout(pc, ctx);
        var data = Segments.Data(ctx.Instance, pc->C);
        var (from, length) = (*(uint*)(fp + pc->A), *(uint*)(fp + pc->A + 8));
        var bytes = (ulong)length * (uint)layout.ElementSize;
        if (Bounds.AreLeft(from, bytes, (ulong)data.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(from, bytes, "data segment", (ulong)data.Length));
        var made = Allocation.TryNew(layout, length, ctx, out var refusal);
        if (made is null)
            return ctx.Trap(pc, fp, TrapCode.AllocationRefused, refusal);
        data.Slice((int)from, (int)bytes).CopyTo(Unsafe.As<WasmNumericArray>(made).Bytes);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}

/// <summary>array.new_elem from element segment C: offset, then length.</summary>
internal readonly unsafe struct ArrayNewElement : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var elements = Segments.Elements(ctx.Instance, pc->C);
        var (from, length) = (*(uint*)(fp + pc->A), *(uint*)(fp + pc->A + 8));
        if (Bounds.AreLeft(from, length, (ulong)elements.Length))
            return ctx.Trap(pc, fp, TrapCode.TableOutOfBounds, Bounds.Describe(from, length, "element segment", (ulong)elements.Length));
        var made = Allocation.TryNew(Allocation.Layout(pc, ctx), length, ctx, out var refusal);
        if (made is null)
            return ctx.Trap(pc, fp, TrapCode.AllocationRefused, refusal);
        elements.AsSpan((int)from, (int)length).CopyTo(Unsafe.As<WasmReferenceArray>(made).Items);
        ctx.Reference(fp, pc->A) = made;
        return 0;
    }
}
