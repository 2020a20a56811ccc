using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Bulk memory instructions and the segments. Operands in consecutive slots from A.

internal static unsafe class BulkOperand
{
    /// <summary>An address or count of the given width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(byte* slot, bool is64) => is64 ? *(ulong*)slot : *(uint*)slot;
}

/// <summary>memory.init from data segment B into memory C (D: whether 64-bit): address, offset, count.</summary>
internal readonly unsafe struct MemoryInit : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var to = BulkOperand.Read(slots, pc->D != 0);
        return ctx.StopFor(pc, fp, MemoryRanges.Init(ctx.Instance.Memories[pc->C], to, ctx.Instance, pc->B, *(uint*)(slots + 8), *(uint*)(slots + 16), ref ctx.Fuel));
    }
}

/// <summary>memory.copy to memory B from memory C (D: bit 0 whether B, bit 1 whether C is 64-bit): destination, source, count.</summary>
internal readonly unsafe struct MemoryCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var memories = ctx.Instance.Memories;
        var to = BulkOperand.Read(slots, (pc->D & 1) != 0);
        var from = BulkOperand.Read(slots + 8, (pc->D & 2) != 0);
        var count = BulkOperand.Read(slots + 16, pc->D == 3);
        return ctx.StopFor(pc, fp, MemoryRanges.Copy(memories[pc->B], to, memories[pc->C], from, count, ref ctx.Fuel));
    }
}

/// <summary>memory.fill of memory B (C: whether 64-bit): address, value, count.</summary>
internal readonly unsafe struct MemoryFill : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var (to, count) = (BulkOperand.Read(slots, pc->C != 0), BulkOperand.Read(slots + 16, pc->C != 0));
        return ctx.StopFor(pc, fp, MemoryRanges.Fill(ctx.Instance.Memories[pc->B], to, slots[8], count, ref ctx.Fuel));
    }
}

/// <summary>Drops data segment B.</summary>
internal readonly unsafe struct DataDrop : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        Segments.DropData(ctx.Instance, pc->B);
        return 0;
    }
}

/// <summary>Drops element segment B.</summary>
internal readonly unsafe struct ElementDrop : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        Segments.DropElements(ctx.Instance, pc->B);
        return 0;
    }
}
