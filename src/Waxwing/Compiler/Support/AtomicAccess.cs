using System.Runtime.CompilerServices;
using Waxwing.Numerics;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Waxwing.Compiler;

/// <summary>Atomic instructions: an operation of <see cref="Numerics"/> on a checked address.</summary>
internal static unsafe class AtomicAccess
{
    [MethodImpl(AggressiveInlining)]
    public static TValue Load<TOp, TCell, TValue>(ulong index, GuestContext context, int memory, ulong offset)
        where TOp : struct, IAtomicLoad<TCell, TValue>
        where TCell : unmanaged => TOp.Apply(ref Unsafe.AsRef<TCell>(Locate(context.Memories[memory], index, offset, sizeof(TCell))));

    [MethodImpl(AggressiveInlining)]
    public static void Store<TOp, TCell, TValue>(ulong index, TValue value, GuestContext context, int memory, ulong offset)
        where TOp : struct, IAtomicStore<TCell, TValue>
        where TCell : unmanaged => TOp.Apply(ref Unsafe.AsRef<TCell>(Locate(context.Memories[memory], index, offset, sizeof(TCell))), value);

    [MethodImpl(AggressiveInlining)]
    public static TValue Modify<TOp, TCell, TValue>(ulong index, TValue operand, GuestContext context, int memory, ulong offset)
        where TOp : struct, IAtomicRmw<TCell, TValue>
        where TCell : unmanaged => TOp.Apply(ref Unsafe.AsRef<TCell>(Locate(context.Memories[memory], index, offset, sizeof(TCell))), operand);

    [MethodImpl(AggressiveInlining)]
    public static TValue Exchange<TOp, TCell, TValue>(ulong index, TValue expected, TValue replacement, GuestContext context, int memory, ulong offset)
        where TOp : struct, IAtomicCmpxchg<TCell, TValue>
        where TCell : unmanaged => TOp.Apply(ref Unsafe.AsRef<TCell>(Locate(context.Memories[memory], index, offset, sizeof(TCell))), expected, replacement);

    public static int Notify(ulong index, int count, GuestContext context, int memory, ulong offset)
    {
        var target = context.Memories[memory];
        Locate(target, index, offset, 4);
        return target.NotifyWaiters(index + offset, (uint)count);
    }

    public static int Wait32(ulong index, int expected, long timeout, GuestContext context, int memory, ulong offset)
    {
        var target = LocateShared(context, memory, index, offset, 4);
        try
        {
            return target.Wait32(index + offset, expected, timeout, context.Thread.Cancellation);
        }
        catch (OperationCanceledException) when (context.Thread.Cancellation.IsCancellationRequested)
        {
            throw new WasmTrapException(TrapCode.Interrupted);
        }
    }

    public static int Wait64(ulong index, long expected, long timeout, GuestContext context, int memory, ulong offset)
    {
        var target = LocateShared(context, memory, index, offset, 8);
        try
        {
            return target.Wait64(index + offset, expected, timeout, context.Thread.Cancellation);
        }
        catch (OperationCanceledException) when (context.Thread.Cancellation.IsCancellationRequested)
        {
            throw new WasmTrapException(TrapCode.Interrupted);
        }
    }

    private static WasmMemory LocateShared(GuestContext context, int memory, ulong index, ulong offset, int size)
    {
        var target = context.Memories[memory];
        Locate(target, index, offset, size);
        if (!target.IsShared)
            Traps.Throw(TrapCode.ExpectedSharedMemory);
        return target;
    }

    [MethodImpl(AggressiveInlining)]
    private static void* Locate(WasmMemory memory, ulong index, ulong offset, int size)
    {
        var trap = memory.LocateAtomic(index, offset, size, out var place);
        if (trap != 0)
            Traps.Throw(trap);
        return place;
    }
}
