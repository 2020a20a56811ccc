using System.Runtime.CompilerServices;
using Waxwing.Numerics;

namespace Waxwing.Interpreter;

/// <summary>A ← op(B, C).</summary>
internal readonly unsafe struct Binary<TOp, T, TResult, TLeft, TRight, TTo> : IHandler
    where TOp : struct, IBinary<T, TResult>
    where T : unmanaged
    where TResult : unmanaged
    where TLeft : struct, IOperand
    where TRight : struct, IOperand
    where TTo : struct, IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var result = Apply(pc, fp, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(result, acc), Registers.ToFloat(result, facc));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TResult Apply(Instr* pc, byte* fp, long acc, double facc)
    {
        var result = TOp.Apply(TLeft.Read<T>(pc, fp, acc, facc), TRight.Read<T>(pc, fp, acc, facc));
        TTo.Write(fp + pc->A, result);
        return result;
    }
}

/// <summary>A ← op(B).</summary>
internal readonly unsafe struct Unary<TOp, T, TResult, TValue, TTo> : IHandler
    where TOp : struct, IUnary<T, TResult>
    where T : unmanaged
    where TResult : unmanaged
    where TValue : struct, IOperand
    where TTo : struct, IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var result = Apply(pc, fp, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(result, acc), Registers.ToFloat(result, facc));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TResult Apply(Instr* pc, byte* fp, long acc, double facc)
    {
        var result = TOp.Apply(TValue.Read<T>(pc, fp, acc, facc));
        TTo.Write(fp + pc->A, result);
        return result;
    }
}

/// <summary>A ← op(B, C), or trap.</summary>
internal readonly unsafe struct TrappingBinary<TOp, T, TLeft, TRight> : IHandler
    where TOp : struct, ITrappingBinary<T, T>
    where T : unmanaged
    where TLeft : struct, IOperand
    where TRight : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (Check(pc, fp, acc, facc) != 0)
            return Trap(pc, fp, mem, len, ctx, acc, facc);
        var result = Apply(pc, fp, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(result, acc), facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TrapCode Check(Instr* pc, byte* fp, long acc, double facc) =>
        TOp.Check(TLeft.Read<T>(pc, fp, acc, facc), TRight.Read<T>(pc, fp, acc, facc));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Apply(Instr* pc, byte* fp, long acc, double facc)
    {
        var result = TOp.Apply(TLeft.Read<T>(pc, fp, acc, facc), TRight.Read<T>(pc, fp, acc, facc));
        ToSlot.Write(fp + pc->A, result);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Trap(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.Trap(pc, fp, Check(pc, fp, acc, facc));
}

/// <summary>A ← op(B), or trap.</summary>
internal readonly unsafe struct TrappingUnary<TOp, T, TResult, TValue> : IHandler
    where TOp : struct, ITrappingUnary<T, TResult>
    where T : unmanaged
    where TResult : unmanaged
    where TValue : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (TOp.Check(TValue.Read<T>(pc, fp, acc, facc)) != 0)
            return Trap(pc, fp, mem, len, ctx, acc, facc);
        var result = Apply(pc, fp, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(result, acc), facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TResult Apply(Instr* pc, byte* fp, long acc, double facc)
    {
        var result = TOp.Apply(TValue.Read<T>(pc, fp, acc, facc));
        ToSlot.Write(fp + pc->A, result);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Trap(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.Trap(pc, fp, TOp.Check(TValue.Read<T>(pc, fp, acc, facc)));
}

/// <summary>A 128-bit sum or difference in place: four operands in consecutive slots from A, the result in the first two.</summary>
internal readonly unsafe struct WideSum<TOp> : IHandler
    where TOp : struct, IWideSum
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        Apply((long*)(fp + pc->A));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(long* slots)
    {
        TOp.Apply(slots[0], slots[1], slots[2], slots[3], out var low, out var high);
        slots[0] = low;
        slots[1] = high;
    }
}

/// <summary>A 64 by 64 to 128-bit product in place, in two consecutive slots from A.</summary>
internal readonly unsafe struct WideProduct<TOp> : IHandler
    where TOp : struct, IWideProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        Apply((long*)(fp + pc->A));
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    // Apart: the machine instruction leaves its low half in a local whose address is taken, which would cost the handler its jump.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply(long* slots)
    {
        TOp.Apply(slots[0], slots[1], out var low, out var high);
        slots[0] = low;
        slots[1] = high;
    }
}
