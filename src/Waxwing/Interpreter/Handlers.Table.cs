using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Interpreter;

// Tables. Whatever a table holds is of its element type (the host's entries are checked too), and an entry array is exactly an object[].

/// <summary>A ← entry of table C whose index is in B.</summary>
internal readonly unsafe struct TableGet<TIndex> : IHandler
    where TIndex : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var table = ctx.Tables[pc->C];
        var index = BulkOperand.Read(fp + pc->B, sizeof(TIndex) == 8);
        var count = (uint)Volatile.Read(ref table.Count);
        if (index >= count)
            return RaiseOutsideTable.Run(pc, fp, mem, len, ctx, (long)index, facc);
        ctx.Reference(fp, pc->A) = TableEntries.At(table, index);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Entry of table C whose index is in A ← B.</summary>
internal readonly unsafe struct TableSet<TIndex> : IHandler
    where TIndex : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var table = ctx.Tables[pc->C];
        var index = BulkOperand.Read(fp + pc->A, sizeof(TIndex) == 8);
        var count = (uint)Volatile.Read(ref table.Count);
        if (index >= count)
            return RaiseOutsideTable.Run(pc, fp, mem, len, ctx, (long)index, facc);
        TableEntries.At(table, index) = ctx.Reference(fp, pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal static unsafe class RaiseOutsideTable
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.Trap(pc, fp, TrapCode.TableOutOfBounds, $"index {(ulong)acc}, length {ctx.Tables[pc->C].Count}");
}

internal static class TableEntries
{
    /// <summary>An entry whose index is below a count that was read from the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref object? At(WasmTable table, ulong index) =>
        // SAFETY: the entries are replaced by longer ones before the count rises, so they are at least as many as the count that the index was compared with.
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Entries), (nuint)index);

    /// <summary>Whether a range leaves the table; if not, its entries.</summary>
    public static bool TryFind(WasmTable table, ulong from, ulong count, out Span<object?> entries)
    {
        var length = (ulong)Volatile.Read(ref table.Count);
        var isInside = !Bounds.AreLeft(from, count, length);
        entries = isInside ? Volatile.Read(ref table.Entries).AsSpan((int)from, (int)count) : default;
        return isInside;
    }

    public static unsafe nint Outside(Instr* pc, byte* fp, Activation ctx, ulong from, ulong count, WasmTable table) =>
        ctx.Trap(pc, fp, TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "table", (ulong)table.Count));
}

/// <summary>A ← length of table B.</summary>
internal readonly unsafe struct TableSize : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        *(long*)(fp + pc->A) = ctx.Tables[pc->B].Length;
        return 0;
    }
}

/// <summary>table.grow of table B (C: whether 64-bit): value, count. A ← the old length or -1.</summary>
internal readonly unsafe struct TableGrow : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var is64 = pc->C != 0;
        var old = ctx.Tables[pc->B].GrowEntries(BulkOperand.Read(fp + pc->A + 8, is64), ctx.Reference(fp, pc->A));
        *(long*)(fp + pc->A) = is64 ? old : (uint)old;
        return 0;
    }
}

/// <summary>table.fill of table B (C: whether 64-bit): index, value, count.</summary>
internal readonly unsafe struct TableFill : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var table = ctx.Tables[pc->B];
        var (from, count) = (BulkOperand.Read(slots, pc->C != 0), BulkOperand.Read(slots + 16, pc->C != 0));
        if (!TableEntries.TryFind(table, from, count, out var entries))
            return TableEntries.Outside(pc, fp, ctx, from, count, table);
        BulkFuel.Charge(ctx, count * (ulong)sizeof(nint));
        entries.Fill(ctx.Reference(fp, pc->A + 8));
        return 0;
    }
}

/// <summary>table.copy to table B from table C (D: bit 0 whether B, bit 1 whether C is 64-bit): destination, source, count.</summary>
internal readonly unsafe struct TableCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var (destination, source) = (ctx.Tables[pc->B], ctx.Tables[pc->C]);
        var to = BulkOperand.Read(slots, (pc->D & 1) != 0);
        var from = BulkOperand.Read(slots + 8, (pc->D & 2) != 0);
        var count = BulkOperand.Read(slots + 16, pc->D == 3);
        if (!TableEntries.TryFind(destination, to, count, out var target))
            return TableEntries.Outside(pc, fp, ctx, to, count, destination);
        if (!TableEntries.TryFind(source, from, count, out var entries))
            return TableEntries.Outside(pc, fp, ctx, from, count, source);
        BulkFuel.Charge(ctx, count * (ulong)sizeof(nint));
        entries.CopyTo(target);
        return 0;
    }
}

/// <summary>table.init from element segment B into table C (D: whether 64-bit): index, offset, count.</summary>
internal readonly unsafe struct TableInit : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var table = ctx.Tables[pc->C];
        var (to, from, count) = (BulkOperand.Read(slots, pc->D != 0), *(uint*)(slots + 8), *(uint*)(slots + 16));
        var elements = Segments.Elements(ctx.Instance, pc->B);
        if (Bounds.AreLeft(from, count, (ulong)elements.Length))
            return ctx.Trap(pc, fp, TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "element segment", (ulong)elements.Length));
        if (!TableEntries.TryFind(table, to, count, out var entries))
            return TableEntries.Outside(pc, fp, ctx, to, count, table);
        BulkFuel.Charge(ctx, count * (ulong)sizeof(nint));
        elements.AsSpan((int)from, (int)count).CopyTo(entries);
        return 0;
    }
}
