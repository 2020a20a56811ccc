using System.Runtime.CompilerServices;

namespace Waxwing.Interpreter;

/// <summary>Calls a function of the same module (Imm: its entry); the arguments lie at A, where the callee's frame begins.</summary>
internal readonly unsafe struct Call : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var callee = (CodeEntry*)pc->Imm;
        var frame = fp + pc->A;
        if (frame + callee->FrameBytes > ctx.StackLimit)
            return StackOverflow.Run(pc, fp, mem, len, ctx, acc, facc);
        Enter(pc, callee, frame);
        pc = callee->Code;
        return pc->Run(pc, frame, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(Instr* pc, CodeEntry* callee, byte* frame)
    {
        var header = (FrameHeader*)(frame + callee->HeaderOffset);
        header->Return = pc + 1;
        header->Delta = pc->A;
    }
}

/// <summary>
/// Calls through a table: index in slot B, table C, expected type D (an index of the module's types), frame at A. The common case - in bounds,
/// exactly the type, a function of this instance - is here; everything else in <see cref="Other"/>.
/// </summary>
internal readonly unsafe struct CallIndirect<TIndex> : IHandler
    where TIndex : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var callee = Find((uint)TIndex.Read<int>(pc, fp, acc, facc), pc, ctx);
        if (callee == null)
            return Other(pc, fp, mem, len, ctx, acc, facc);
        var frame = fp + pc->A;
        if (frame + callee->FrameBytes > ctx.StackLimit)
            return StackOverflow.Run(pc, fp, mem, len, ctx, acc, facc);
        Call.Enter(pc, callee, frame);
        pc = callee->Code;
        return pc->Run(pc, frame, mem, len, ctx, acc, facc);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeEntry* Find(uint index, Instr* pc, Activation ctx)
    {
        var table = ctx.Tables[pc->C];
        var entries = table.Entries;
        if (index >= (uint)table.Count || index >= (uint)entries.Length)
            return null;
        var function = Unsafe.As<WasmFunction>(entries[index]);
        if (function is null || !ReferenceEquals(function.DefinedType, ctx.Types[pc->D]) || !ReferenceEquals(function.Instance, ctx.Instance))
            return null;
        return (CodeEntry*)function.Entry;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Other(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var trap = ctx.FindIndirect((uint)TIndex.Read<int>(pc, fp, acc, facc), pc->C, pc->D, out var function);
        return trap != 0 ? ctx.Trap(pc, fp, trap) : ctx.CallFunction(pc, fp, function!);
    }
}

/// <summary>Leaves a function: the results are in place. B: offset of the frame header.</summary>
internal readonly unsafe struct Return : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var header = (FrameHeader*)(fp + pc->B);
        fp -= header->Delta;
        pc = header->Return;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }
}

/// <summary>Leaves a function with one numeric result, which goes to the frame's first slot and to its register.</summary>
internal readonly unsafe struct ReturnValue<T, TFrom> : IHandler
    where T : unmanaged
    where TFrom : struct, IOperand
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var value = TFrom.Read<T>(pc, fp, acc, facc);
        var header = (FrameHeader*)(fp + pc->B);
        ToSlot.Write(fp, value);
        fp -= header->Delta;
        pc = header->Return;
        return pc->Run(pc, fp, mem, len, ctx, Registers.ToInteger(value, acc), Registers.ToFloat(value, facc));
    }
}

/// <summary>A call that does not fit the guest stack: the stack grows and the instruction runs again, or the guest traps, or an interruption is served.</summary>
internal static unsafe class StackOverflow
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var status = ctx.MakeRoom(pc, fp);
        return status != 0 ? status : ctx.Retry(pc, ctx.NextFp, acc, facc);
    }
}

/// <summary>What an instruction outside the fast paths does: an ordinary method that may call, throw and allocate.</summary>
internal unsafe interface IDiverging
{
    /// <summary>0: go on with the next instruction; else a <see cref="Status"/> for the driver.</summary>
    static abstract nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc);
}

/// <summary>Runs an <see cref="IDiverging"/> instruction.</summary>
internal readonly unsafe struct Diverging<TOp> : IHandler
    where TOp : struct, IDiverging
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc)
    {
        var status = Execute(pc, fp, ctx, acc, facc);
        if (status != 0)
            return status;
        pc++;
        return pc->Run(pc, fp, mem, len, ctx, acc, facc);
    }

    // Apart, because a local whose address is taken (in Execute, inlined) would cost the handler its tail calls.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) => TOp.Execute(pc, fp, ctx, acc, facc);
}

/// <summary>Translates the function on its first call (Imm: its entry), then runs it.</summary>
internal readonly unsafe struct Translate : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var entry = (CodeEntry*)pc->Imm;
        ctx.Code.Module.Translate(entry);
        return ctx.EnterTranslated(entry, fp);
    }
}

/// <summary>Leaves the chain of handlers: the outermost guest frame returned.</summary>
internal readonly unsafe struct Exit : IHandler
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static nint Run(Instr* pc, byte* fp, byte* mem, ulong len, Activation ctx, long acc, double facc) => Status.Done;
}

/// <summary>Where a function called from another instance returns to: restores the caller's instance.</summary>
internal readonly unsafe struct ReturnToInstance : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) => ctx.LeaveInstance(fp, acc, facc);
}

/// <summary>Calls function B of the index space, which is imported: of the host or of another instance.</summary>
internal readonly unsafe struct CallImported : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) =>
        ctx.CallFunction(pc, fp, ctx.Instance.GetFunctionRecord(pc->B));
}

/// <summary>call_indirect through a 64-bit table.</summary>
internal readonly unsafe struct CallIndirect64 : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var trap = ctx.FindIndirect(*(ulong*)(fp + pc->B), pc->C, pc->D, out var function);
        return trap != 0 ? ctx.Trap(pc, fp, trap) : ctx.CallFunction(pc, fp, function!);
    }
}

/// <summary>Calls the function reference in slot B.</summary>
internal readonly unsafe struct CallReference : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) =>
        ctx.Reference(fp, pc->B) is WasmFunction function ? ctx.CallFunction(pc, fp, function) : ctx.Trap(pc, fp, TrapCode.NullFunctionReference);
}

// The tail calls: A is where the arguments lie; B, C, D as in the calls they belong to. When the callee is the host's, the call is an ordinary one and the
// instructions that follow return its results.

internal readonly unsafe struct ReturnCall : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) =>
        ctx.TailCall(pc, fp, ctx.Instance.GetFunctionRecord(pc->B));
}

internal readonly unsafe struct ReturnCallIndirect<TIndex> : IDiverging
    where TIndex : unmanaged
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc)
    {
        var index = sizeof(TIndex) == 8 ? *(ulong*)(fp + pc->B) : *(uint*)(fp + pc->B);
        var trap = ctx.FindIndirect(index, pc->C, pc->D, out var function);
        return trap != 0 ? ctx.Trap(pc, fp, trap) : ctx.TailCall(pc, fp, function!);
    }
}

internal readonly unsafe struct ReturnCallReference : IDiverging
{
    public static nint Execute(Instr* pc, byte* fp, Activation ctx, long acc, double facc) =>
        ctx.Reference(fp, pc->B) is WasmFunction function ? ctx.TailCall(pc, fp, function) : ctx.Trap(pc, fp, TrapCode.NullFunctionReference);
}
