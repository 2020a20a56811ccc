using System.Runtime.CompilerServices;
using Waxwing.Numerics;

namespace Waxwing.Interpreter;

// Atomic accesses. Operands lie in consecutive slots from A, where the result goes; B is the memory, its sign bit set for 64-bit addresses; Imm the offset.

internal readonly unsafe struct AtomicLoad<TOp, TCell, TValue> : IDiverging
    where TOp : struct, IAtomicLoad<TCell, TValue>
    where TCell : unmanaged
    where TValue : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.AtomicAddress(pc, fp, sizeof(TCell), out var place);
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        ToSlot.Write(fp + pc->A, TOp.Apply(ref Unsafe.AsRef<TCell>(place)));
        return 0;
    }
}

internal readonly unsafe struct AtomicStore<TOp, TCell, TValue> : IDiverging
    where TOp : struct, IAtomicStore<TCell, TValue>
    where TCell : unmanaged
    where TValue : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.AtomicAddress(pc, fp, sizeof(TCell), out var place);
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        TOp.Apply(ref Unsafe.AsRef<TCell>(place), *(TValue*)(fp + pc->A + 8));
        return 0;
    }
}

internal readonly unsafe struct AtomicRmw<TOp, TCell, TValue> : IDiverging
    where TOp : struct, IAtomicRmw<TCell, TValue>
    where TCell : unmanaged
    where TValue : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.AtomicAddress(pc, fp, sizeof(TCell), out var place);
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        ToSlot.Write(fp + pc->A, TOp.Apply(ref Unsafe.AsRef<TCell>(place), *(TValue*)(fp + pc->A + 8)));
        return 0;
    }
}

internal readonly unsafe struct AtomicCmpxchg<TOp, TCell, TValue> : IDiverging
    where TOp : struct, IAtomicCmpxchg<TCell, TValue>
    where TCell : unmanaged
    where TValue : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.AtomicAddress(pc, fp, sizeof(TCell), out var place);
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        ToSlot.Write(fp + pc->A, TOp.Apply(ref Unsafe.AsRef<TCell>(place), *(TValue*)(fp + pc->A + 8), *(TValue*)(fp + pc->A + 16)));
        return 0;
    }
}

internal readonly unsafe struct AtomicNotify : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.AtomicAddress(pc, fp, 4, out var place);
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        var memory = ctx.MemoryOf(pc);
        *(long*)(fp + pc->A) = memory.NotifyWaiters((ulong)((byte*)place - memory.Base), *(uint*)(fp + pc->A + 8));
        return 0;
    }
}

internal readonly unsafe struct AtomicWait<T> : IDiverging
    where T : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var memory = ctx.MemoryOf(pc);
        var trap = ctx.AtomicAddress(pc, fp, sizeof(T), out var place);
        if (trap == 0 && !memory.Type.Shared)
            trap = TrapCode.ExpectedSharedMemory;
        if (trap != 0)
            return ctx.Trap(pc, fp, trap);
        var address = (ulong)((byte*)place - memory.Base);
        var slots = (long*)(fp + pc->A);
        try
        {
            slots[0] = sizeof(T) == 4
                ? memory.Wait32(address, (int)slots[1], slots[2], ctx.Cancellation)
                : memory.Wait64(address, slots[1], slots[2], ctx.Cancellation);
            return 0;
        }
        catch (OperationCanceledException) when (ctx.Cancellation.IsCancellationRequested)
        {
            return ctx.Trap(pc, fp, TrapCode.Interrupted);
        }
    }
}

internal readonly struct AtomicFence : IDiverging
{
    public static unsafe nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        Interlocked.MemoryBarrier();
        return 0;
    }
}
