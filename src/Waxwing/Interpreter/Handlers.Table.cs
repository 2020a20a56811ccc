using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Tables. Operands of bulk instructions lie in consecutive slots from A.

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
        ctx.Reference(fp, pc->A) = TableRanges.At(table, index);
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
        TableRanges.At(table, index) = ctx.Reference(fp, pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

internal static unsafe class RaiseOutsideTable
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.StopFor(pc, fp, TableRanges.Outside(ctx.Tables[pc->C], (ulong)acc));
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
        var (from, count) = (BulkOperand.Read(slots, pc->C != 0), BulkOperand.Read(slots + 16, pc->C != 0));
        return ctx.StopFor(pc, fp, TableRanges.Fill(ctx.Tables[pc->B], from, ctx.Reference(fp, pc->A + 8), count, ref ctx.Fuel));
    }
}

/// <summary>table.copy to table B from table C (D: bit 0 whether B, bit 1 whether C is 64-bit): destination, source, count.</summary>
internal readonly unsafe struct TableCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var to = BulkOperand.Read(slots, (pc->D & 1) != 0);
        var from = BulkOperand.Read(slots + 8, (pc->D & 2) != 0);
        var count = BulkOperand.Read(slots + 16, pc->D == 3);
        return ctx.StopFor(pc, fp, TableRanges.Copy(ctx.Tables[pc->B], to, ctx.Tables[pc->C], from, count, ref ctx.Fuel));
    }
}

/// <summary>table.init from element segment B into table C (D: whether 64-bit): index, offset, count.</summary>
internal readonly unsafe struct TableInit : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var to = BulkOperand.Read(slots, pc->D != 0);
        return ctx.StopFor(pc, fp, TableRanges.Init(ctx.Tables[pc->C], to, ctx.Instance, pc->B, *(uint*)(slots + 8), *(uint*)(slots + 16), ref ctx.Fuel));
    }
}
