using System.Runtime.CompilerServices;

namespace Waxwing.Interpreter;

/// <summary>Counts a call of the function (Imm: its entry).</summary>
internal readonly unsafe struct CountCall : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (--((CodeEntry*)pc->Imm)->CallsLeft < 0)
            return TierUp.Function(pc, fp, mem, len, ctx, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Counts a turn of a loop (Imm: its <see cref="LoopCounter"/>).</summary>
internal readonly unsafe struct CountTurn : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        if (--((LoopCounter*)pc->Imm)->TurnsLeft < 0)
            return TierUp.Loop(pc, fp, mem, len, ctx, acc, facc);
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>What was counted often enough goes to compiled code, if it can.</summary>
internal static unsafe class TierUp
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Function(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var entry = (CodeEntry*)pc->Imm;
        ctx.Promote(entry);
        return ctx.Retry(entry->Code == entry->Interpreted ? pc + 1 : entry->Code, fp, acc, facc);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Loop(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var counter = (LoopCounter*)pc->Imm;
        var status = ctx.TakeOverLoop(pc, fp, counter->Offset);
        if (status != 0)
            return status;
        // What cannot be will stay so; but another activation may do what this one may not.
        counter->TurnsLeft = ctx.MayLeave ? int.MaxValue : 1_000_000;
        return ctx.Retry(pc + 1, fp, acc, facc);
    }
}

/// <summary>Where the entry of a function leads that is compiled (Imm: the entry): the arguments are in place, and so is the frame's header.</summary>
internal readonly unsafe struct CallCompiled : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) => ctx.CallCompiled((CodeEntry*)pc->Imm, fp);
}
