using System.Runtime.CompilerServices;
using Waxwing.Numerics;

namespace Waxwing.Interpreter;

/// <summary>How a branch reaches its target.</summary>
internal unsafe interface ITarget
{
    static abstract Instr* Of(Instr* pc, Activation ctx);
}

internal readonly unsafe struct Forward : ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Instr* Of(Instr* pc, Activation ctx) => (Instr*)((byte*)pc + pc->C);
}

/// <summary>
/// A backward branch looks for interruption without a branch of its own: <see cref="Activation.PollBias"/> is 0, or 4 to read the distance in D, which leads to a
/// stub that polls. (A comparison here would give every loop branch a frame: 5 to 12 % measured.)
/// </summary>
internal readonly unsafe struct Backward : ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Instr* Of(Instr* pc, Activation ctx) => (Instr*)((byte*)pc + *(int*)((byte*)&pc->C + ctx.PollBias));
}

internal interface ISense
{
    static abstract bool Takes(bool condition);
}

internal readonly struct WhenTrue : ISense
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Takes(bool condition) => condition;
}

internal readonly struct WhenFalse : ISense
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Takes(bool condition) => !condition;
}

internal readonly unsafe struct Jump<TTarget> : IHandler
    where TTarget : struct, ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        pc = TTarget.Of(pc, ctx);
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Branches when the i32 in A is not (or is) zero.</summary>
internal readonly unsafe struct BranchIf<TCondition, TSense, TTarget> : IHandler
    where TCondition : struct, IOperand
    where TSense : struct, ISense
    where TTarget : struct, ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (Takes(pc, fp, acc))
        {
            var target = TTarget.Of(pc, ctx);
            return target->Run(target, fp, mem, len, ctx, acc, facc);
        }
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Takes(Instr* pc, byte* fp, long acc) => TSense.Takes(TCondition.Read<int>(pc, fp, acc, 0) != 0);
}

/// <summary>Branches when the comparison of A with B holds (or does not).</summary>
internal readonly unsafe struct CompareBranch<TOp, T, TLeft, TRight, TSense, TTarget> : IHandler
    where TOp : struct, IBinary<T, bool>
    where T : unmanaged
    where TLeft : struct, IOperand
    where TRight : struct, IOperand
    where TSense : struct, ISense
    where TTarget : struct, ITarget
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (Takes(pc, fp, acc, facc))
        {
            var target = TTarget.Of(pc, ctx);
            return target->Run(target, fp, mem, len, ctx, acc, facc);
        }
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Takes(Instr* pc, byte* fp, long acc, double facc) =>
        TSense.Takes(TOp.Apply(TLeft.Read<T>(pc, fp, acc, facc), TRight.Read<T>(pc, fp, acc, facc)));
}

/// <summary>Branches to entry A (a slot) of the table of code addresses at Imm; B is the number of the default entry.</summary>
internal readonly unsafe struct BranchTable<TIndex> : IHandler
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        pc = ((Instr**)pc->Imm)[Math.Min((uint)TIndex.Read<int>(pc, fp, acc, facc), (uint)pc->B)];
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← D ≠ 0 ? B : C, for values of one slot.</summary>
internal readonly unsafe struct Select<TCondition, T> : IHandler
    where TCondition : struct, IOperand
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var value = Apply(pc, fp, acc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }

    // The field to use is computed, not chosen by a branch: the condition of a select is often unpredictable.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Apply(Instr* pc, byte* fp, long acc)
    {
        var isZero = TCondition.Read<int>(pc, fp, acc, 0) == 0;
        var value = *(T*)(fp + (&pc->B)[Unsafe.BitCast<bool, byte>(isZero)]);
        ToSlot.Write(fp + pc->A, value);
        return value;
    }
}

/// <summary>A ← B, eight bytes; the integer register follows when <typeparamref name="T"/> is long, the float register when it is double.</summary>
internal readonly unsafe struct Copy<T, TFrom> : IHandler
    where T : unmanaged
    where TFrom : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var value = TFrom.Read<T>(pc, fp, acc, facc);
        ToSlot.Write(fp + pc->A, value);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>Two copies of eight bytes: A ← B, then C ← D. The registers keep what they held.</summary>
internal readonly unsafe struct CopyTwo : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(long*)(fp + pc->A) = *(long*)(fp + pc->B);
        *(long*)(fp + pc->C) = *(long*)(fp + pc->D);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← B, sixteen bytes.</summary>
internal readonly unsafe struct CopyVector : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(V*)(fp + pc->A) = *(V*)(fp + pc->B);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>A ← global B (numeric).</summary>
internal readonly unsafe struct GlobalGet<T, TTo> : IHandler
    where T : unmanaged
    where TTo : struct, IDestination
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var value = *(T*)ctx.Globals[pc->B];
        TTo.Write(fp + pc->A, value);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>Global B ← A (numeric, eight bytes).</summary>
internal readonly unsafe struct GlobalSet<T, TFrom> : IHandler
    where T : unmanaged
    where TFrom : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        *(T*)ctx.Globals[pc->B] = TFrom.Read<T>(pc, fp, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Zeroes B bytes from A, rounded up to 32: the locals of a frame at entry. What lies behind them is not in use yet.</summary>
internal readonly unsafe struct ZeroLocals : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var place = fp + pc->A;
        var end = place + pc->B;
        do
        {
            ((V*)place)[0] = default;
            ((V*)place)[1] = default;
            place += 32;
        }
        while (place < end);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>The same for at most 32 bytes.</summary>
internal readonly unsafe struct ZeroFewLocals : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        Zero(fp + pc->A);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zero(byte* place)
    {
        ((V*)place)[0] = default;
        ((V*)place)[1] = default;
    }
}

/// <summary>The stub behind a backward branch: serves an interruption, then goes on with the jump that follows.</summary>
internal readonly unsafe struct Poll : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (ctx.PollBias != 0 && ctx.ServeInterrupt(pc, fp) is var status && status != 0)
            return status;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Consumes B units of fuel (instructions of the block that follows).</summary>
internal readonly unsafe struct ConsumeFuel : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if ((ctx.Fuel -= pc->B) < 0)
            return Exhausted(pc, fp, mem, len, ctx, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Exhausted(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) =>
        ctx.OutOfFuel(pc, fp, acc, facc);
}

internal readonly unsafe struct Nop : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}
