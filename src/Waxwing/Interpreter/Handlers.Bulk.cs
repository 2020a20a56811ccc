using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Interpreter;

// Bulk memory instructions and the segments. Operands in consecutive slots from A; all bounds are checked before anything is written.

internal static class Bounds
{
    /// <summary>Whether a range leaves something of a length; nothing overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AreLeft(ulong from, ulong count, ulong length) => from > length || count > length - from;

    /// <summary>The detail of a trap.</summary>
    public static string Describe(ulong from, ulong count, string place, ulong length) => $"{count} from {from}, length of the {place} {length}";
}

/// <summary>
/// What an instruction on many bytes costs in fuel, besides itself: or a metered guest could have gigabytes moved for one unit. It is charged when the instruction runs, and
/// noticed by the next block. (Code that is not metered counts too, from a number that it cannot use up.)
/// </summary>
internal static class BulkFuel
{
    public const int BytesPerUnit = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Charge(Activation ctx, ulong bytes) => ctx.Fuel -= (long)(bytes / BytesPerUnit);
}

/// <summary>The segments of an instance; a dropped one is empty.</summary>
internal static class Segments
{
    public static ReadOnlySpan<byte> Data(WasmInstance instance, int index)
    {
        if (Volatile.Read(ref instance.DroppedData[index]))
            return default;
        var module = instance.Module.Context.Module;
        return module.Slice(module.Data[index].Content);
    }

    public static object?[] Elements(WasmInstance instance, int index) => Volatile.Read(ref instance.Elements[index]) ?? [];
}

/// <summary>A linear memory at one moment. Another thread may grow it, which leaves what was seen valid: the length is read before the base.</summary>
internal readonly unsafe struct MemoryExtent
{
    public readonly ulong Length;
    public readonly byte* Base;

    public MemoryExtent(Activation ctx, int memory)
    {
        var target = ctx.Instance.Memories[memory];
        Length = Volatile.Read(ref target.Length);
        Base = target.Base;
    }
}

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
        var (to, from, count) = (BulkOperand.Read(slots, pc->D != 0), *(uint*)(slots + 8), *(uint*)(slots + 16));
        var data = Segments.Data(ctx.Instance, pc->B);
        var memory = new MemoryExtent(ctx, pc->C);
        if (Bounds.AreLeft(from, count, (ulong)data.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(from, count, "data segment", (ulong)data.Length));
        if (Bounds.AreLeft(to, count, memory.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(to, count, "memory", memory.Length));
        BulkFuel.Charge(ctx, count);
        // SAFETY: both ranges were checked, and the count fits an int since the segment's length does.
        data.Slice((int)from, (int)count).CopyTo(new Span<byte>(memory.Base + to, (int)count));
        return 0;
    }
}

/// <summary>memory.copy to memory B from memory C (D: bit 0 whether B, bit 1 whether C is 64-bit): destination, source, count.</summary>
internal readonly unsafe struct MemoryCopy : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var to = BulkOperand.Read(slots, (pc->D & 1) != 0);
        var from = BulkOperand.Read(slots + 8, (pc->D & 2) != 0);
        var count = BulkOperand.Read(slots + 16, pc->D == 3);
        var (destination, source) = (new MemoryExtent(ctx, pc->B), new MemoryExtent(ctx, pc->C));
        if (Bounds.AreLeft(to, count, destination.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(to, count, "memory", destination.Length));
        if (Bounds.AreLeft(from, count, source.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(from, count, "memory", source.Length));
        BulkFuel.Charge(ctx, count);
        // SAFETY: both ranges were checked. The copy is right for overlapping ranges.
        Buffer.MemoryCopy(source.Base + from, destination.Base + to, count, count);
        return 0;
    }
}

/// <summary>memory.fill of memory B (C: whether 64-bit): address, value, count.</summary>
internal readonly unsafe struct MemoryFill : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var slots = fp + pc->A;
        var (to, count) = (BulkOperand.Read(slots, pc->C != 0), BulkOperand.Read(slots + 16, pc->C != 0));
        var memory = new MemoryExtent(ctx, pc->B);
        if (Bounds.AreLeft(to, count, memory.Length))
            return ctx.Trap(pc, fp, TrapCode.MemoryOutOfBounds, Bounds.Describe(to, count, "memory", memory.Length));
        BulkFuel.Charge(ctx, count);
        // SAFETY: the range was checked.
        NativeMemory.Fill(memory.Base + to, (nuint)count, slots[8]);
        return 0;
    }
}

/// <summary>Drops data segment B.</summary>
internal readonly unsafe struct DataDrop : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        Volatile.Write(ref ctx.Instance.DroppedData[pc->B], true);
        return 0;
    }
}

/// <summary>Drops element segment B; the collector takes what only it referred to.</summary>
internal readonly unsafe struct ElementDrop : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        Volatile.Write(ref ctx.Instance.Elements[pc->B], null);
        return 0;
    }
}
