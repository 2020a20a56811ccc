using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Blocks and branches. Where control flow joins, the evaluation stack is empty and the label's values are in locals.
internal sealed partial class FunctionEmitter
{
    private struct Control
    {
        public Opcode Kind;
        public bool IsFunction;

        /// <summary>Entered in unreachable code: nothing inside is emitted.</summary>
        public bool IsDead;

        /// <summary>Whether anything jumps to <see cref="Label"/>.</summary>
        public bool IsTarget;

        /// <summary>Operands below the block's parameters.</summary>
        public int Height;
        public ValType[] Parameters;
        public ValType[] Results;

        /// <summary>The end, or a loop's beginning.</summary>
        public int Label;
        public int ElseLabel;

        /// <summary>Where the label's values go; made by the first that jumps there with values.</summary>
        public int[]? Locals;

        /// <summary>Parameters of an `if`, for its `else`.</summary>
        public Operand[]? Saved;

        /// <summary>The innermost try around the label.</summary>
        public TryState? Around;

        /// <summary>Loops in one another, this one included.</summary>
        public int LoopDepth;

        /// <summary>Of a try or try_table.</summary>
        public TryState? Try;
    }

    /// <summary>RyuJIT's time grows with the square of their depth at least: 1,000 take it 3 s.</summary>
    private const int MaximumLoopDepth = 256;

    private Control[] controls = new Control[16];
    private int controlCount;

    /// <summary>Where results are returned from within protected regions; -1 while nobody does.</summary>
    private int returnLabel;
    private int[] returnLocals = [];

    private void PushControl(Opcode kind, ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        if (controlCount == controls.Length)
            Array.Resize(ref controls, controlCount * 2);
        ref var control = ref controls[controlCount++];
        control = new Control { Kind = kind, IsDead = unreachable, ElseLabel = -1, Around = innermost };
        if (unreachable)
            return;
        control.LoopDepth = (controlCount > 1 ? controls[controlCount - 2].LoopDepth : 0) + (kind == Opcode.Loop ? 1 : 0);
        if (control.LoopDepth > MaximumLoopDepth)
            throw new FunctionTooComplexException($"more than {MaximumLoopDepth} loops in one another");
        control.Parameters = parameters.ToArray();
        control.Results = results.ToArray();
        control.Height = count - parameters.Length;
        control.Label = il.NewLabel();
    }

    private ref Control ControlAt(int depth) => ref controls[controlCount - 1 - depth];

    private static ValType[] LabelTypes(in Control control) => control.Kind == Opcode.Loop ? control.Parameters : control.Results;

    private void EmitControl(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                il.Offset(e.Offset);
                LoadContext();
                il.Call(Support.Unreachable);
                BecomeUnreachable();
                break;
            case Opcode.Block:
                SpillBelow(0);
                PushControl(e.Opcode, e.Parameters, e.Results);
                break;
            case Opcode.Loop:
                BeginLoop(in e);
                break;
            case Opcode.If:
                BeginIf(in e);
                break;
            case Opcode.Else:
                BeginElse();
                break;
            case Opcode.End:
                EndBlock();
                break;
            case Opcode.Br:
                Branch(e.Index);
                break;
            case Opcode.BrIf:
                BranchIf(e.Index);
                break;
            case Opcode.BrTable:
                BranchTable(e.Labels);
                break;
            case Opcode.Return:
                EmitReturn();
                break;
            case Opcode.Call:
                EmitCall(in e);
                break;
            case Opcode.CallIndirect:
                EmitCallIndirect(in e);
                break;
            case Opcode.CallRef:
                EmitCallReference(in e);
                break;
            case Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                EmitReturnCall(in e);
                break;
            default:
                EmitExceptions(in e);
                break;
        }
    }

    /// <summary>A call that does not come back ends the block: the CLR wants a jump or a return all the same.</summary>
    private void BecomeUnreachable()
    {
        il.Emit(ILOpCode.Ldnull);
        il.Emit(ILOpCode.Throw);
        unreachable = true;
    }

    private void BeginLoop(in InstructionEvent e)
    {
        var parameters = e.Parameters.Length;
        var stored = NewLocals(e.Parameters);
        StoreTop(stored);
        Truncate(count - parameters);
        SpillBelow(0);
        for (var i = 0; i < parameters; i++)
            PushInLocal(e.Parameters[i], stored[i], isOwner: false);
        PushControl(Opcode.Loop, e.Parameters, e.Results);
        ref var control = ref controls[controlCount - 1];
        control.Locals = stored;
        il.Mark(control.Label);
        if (e.Offset == enteredLoop && count == 0 && innermost is null)
            enteredLabel = control.Label;
        EmitPoll();
        StartFuelBlock();
    }

    private void EmitPoll()
    {
        if (!IsPolled)
            return;
        LoadContext();
        il.Call(Support.Poll);
    }

    private void BeginIf(in InstructionEvent e)
    {
        // The condition's code stays last.
        SpillBelow(1);
        Need(1);
        var otherwise = il.NewLabel();
        EmitConditional(whenTrue: false, otherwise);
        PushControl(Opcode.If, e.Parameters, e.Results);
        ref var control = ref controls[controlCount - 1];
        control.ElseLabel = otherwise;
        if (e.Parameters.Length > 0)
        {
            // Both arms find the parameters where they are now.
            for (var i = control.Height; i < count; i++)
                operands[i].IsOwner = false;
            control.Saved = operands[control.Height..count];
        }
        StartFuelBlock();
    }

    private void BeginElse()
    {
        ref var control = ref controls[controlCount - 1];
        control.Kind = Opcode.Else;
        if (control.IsDead)
            return;
        if (!unreachable)
        {
            StoreLabelValues(ref control);
            control.IsTarget = true;
            Jump(control);
        }
        unreachable = false;
        Truncate(control.Height);
        il.Mark(control.ElseLabel);
        control.ElseLabel = -1;
        foreach (ref readonly var saved in control.Saved.AsSpan())
            Restore(in saved);
        StartFuelBlock();
    }

    /// <summary>Pushes an operand that an `if` found, as it was.</summary>
    private void Restore(in Operand saved)
    {
        Add(saved.Type) = saved;
        spilled = count;
    }

    private void EndBlock()
    {
        ref var control = ref controls[controlCount - 1];
        if (control.IsDead)
        {
            controlCount--;
            return;
        }
        if (control.IsFunction)
        {
            EndFunction(ref control);
            controlCount--;
            return;
        }
        if (control.Try is not null)
        {
            EndTry(ref control);
            return;
        }
        var isLoop = control.Kind == Opcode.Loop;
        var isMerge = control.ElseLabel >= 0 || (control.IsTarget && !isLoop);
        if (!isMerge)
        {
            // Nobody jumps here: the values may stay as they are.
            if (unreachable)
                Truncate(control.Height);
            controlCount--;
            return;
        }
        MergeEnd(ref control);
    }

    /// <summary>The end of a block that is jumped to, or of an `if` without `else`.</summary>
    private void MergeEnd(ref Control control)
    {
        if (control.ElseLabel >= 0)
        {
            // The missing arm passes the parameters on.
            if (!unreachable)
            {
                StoreLabelValues(ref control);
                if (control.Saved is not null)
                {
                    control.IsTarget = true;
                    Jump(control);
                }
            }
            Truncate(control.Height);
            il.Mark(control.ElseLabel);
            if (control.Saved is { } saved)
            {
                foreach (ref readonly var operand in saved.AsSpan())
                    Load(in operand);
                control.Locals ??= NewLocals(control.Results);
                for (var i = saved.Length - 1; i >= 0; i--)
                    il.StoreLocal(control.Locals[i]);
            }
        }
        else if (!unreachable)
        {
            StoreLabelValues(ref control);
        }
        Truncate(control.Height);
        unreachable = false;
        if (control.IsTarget)
            il.Mark(control.Label);
        PushLabelValues(ref control);
        controlCount--;
        StartFuelBlock();
    }

    private void PushLabelValues(ref Control control)
    {
        for (var i = 0; i < control.Results.Length; i++)
            PushInLocal(control.Results[i], control.Locals![i], isOwner: true);
    }

    private int[] NewLocals(ReadOnlySpan<ValType> types)
    {
        if (types.Length == 0)
            return [];
        var made = new int[types.Length];
        for (var i = 0; i < made.Length; i++)
            made[i] = Rent(IlTypes.Of(types[i]));
        return made;
    }

    /// <summary>Moves the topmost operands to a label's locals and pops them; what lies below them on the evaluation stack goes too, since a jump follows.</summary>
    private void StoreLabelValues(ref Control control)
    {
        control.Locals ??= NewLocals(LabelTypes(control));
        StoreTop(control.Locals);
        Truncate(count - control.Locals.Length);
        DropRest();
    }

    /// <summary>Stores the topmost operands, all loaded before the first is stored; they are no longer on the evaluation stack, but still counted as operands.</summary>
    private void StoreTop(int[] to)
    {
        Need(to.Length);
        for (var i = to.Length - 1; i >= 0; i--)
            il.StoreLocal(to[i]);
    }

    /// <summary>Empties the evaluation stack before a jump.</summary>
    private void DropRest()
    {
        for (var i = spilled; i < count; i++)
            il.Emit(ILOpCode.Pop);
        Truncate(spilled);
    }

    private void Jump(in Control control)
    {
        var leaves = control.Around != innermost;
        if (leaves && sharesRegion)
            EnterTry(control.Around);
        il.Branch(leaves && !sharesRegion ? ILOpCode.Leave : ILOpCode.Br, control.Label);
    }

    /// <summary>An unconditional branch.</summary>
    private void Branch(int depth)
    {
        ref var control = ref ControlAt(depth);
        if (control.IsFunction)
        {
            EmitReturn();
            return;
        }
        StoreLabelValues(ref control);
        control.IsTarget = true;
        Jump(control);
        unreachable = true;
    }

    private void BranchIf(int depth)
    {
        SpillBelow(1);
        Need(1);
        BranchOnCondition(depth, whenTrue: true);
    }

    /// <summary>Branches on the condition on top, which is all there is on the evaluation stack.</summary>
    private void BranchOnCondition(int depth, bool whenTrue)
    {
        ref var control = ref ControlAt(depth);
        var types = LabelTypes(control);
        if (types.Length == 0 && !control.IsFunction && control.Around == innermost)
        {
            control.IsTarget = true;
            EmitConditional(whenTrue, control.Label);
        }
        else
        {
            var skip = il.NewLabel();
            EmitConditional(!whenTrue, skip);
            CopyAndLeave(ref control, types.Length);
            il.Mark(skip);
        }
        StartFuelBlock();
    }

    /// <summary>Leaves for a label with the topmost operands, which stay (in locals) for whoever goes on behind.</summary>
    private void CopyAndLeave(ref Control control, int values)
    {
        for (var i = count - values; i < count; i++)
            Load(in operands[i]);
        il.MaximumStack = Math.Max(il.MaximumStack, values);
        if (control.IsFunction)
        {
            ReturnLoaded();
            return;
        }
        control.Locals ??= NewLocals(LabelTypes(control));
        for (var i = values - 1; i >= 0; i--)
            il.StoreLocal(control.Locals[i]);
        control.IsTarget = true;
        Jump(control);
    }

    private void BranchTable(ReadOnlySpan<int> depths)
    {
        SpillBelow(1);
        Need(1);
        Consume(1);
        var targets = new int[depths.Length];
        List<(int Label, int Depth)>? stubs = null;
        // Each block is dealt with once, however often it is listed.
        var known = new Dictionary<int, int>();
        for (var i = 0; i < targets.Length; i++)
        {
            if (known.TryGetValue(depths[i], out targets[i]))
                continue;
            ref var control = ref ControlAt(depths[i]);
            if (LabelTypes(control).Length == 0 && !control.IsFunction && control.Around == innermost)
            {
                control.IsTarget = true;
                targets[i] = control.Label;
            }
            else
            {
                targets[i] = il.NewLabel();
                (stubs ??= []).Add((targets[i], depths[i]));
            }
            known.Add(depths[i], targets[i]);
        }
        if (targets.Length == 1)
        {
            il.Emit(ILOpCode.Pop);
        }
        else if (targets.Length == 2)
        {
            il.Branch(ILOpCode.Brfalse, targets[0]);
        }
        else
        {
            il.Switch(targets[..^1]);
        }
        il.Branch(ILOpCode.Br, targets[^1]);
        foreach (var (label, depth) in stubs ?? [])
        {
            LimitInstructions();
            il.Mark(label);
            ref var control = ref ControlAt(depth);
            CopyAndLeave(ref control, LabelTypes(control).Length);
        }
        unreachable = true;
    }

    /// <summary>Returns the topmost operands.</summary>
    private void EmitReturn()
    {
        var results = type.Results.Length;
        Need(results);
        DropBelow(results);
        Consume(results);
        ReturnLoaded();
        unreachable = true;
    }

    /// <summary>Takes what lies below the topmost operands off the evaluation stack.</summary>
    private void DropBelow(int kept)
    {
        var end = count - kept;
        if (spilled >= end)
            return;
        var place = kept > 0 ? operands[end].Start : il.Count;
        var since = il.Count;
        for (var i = spilled; i < end; i++)
            il.Emit(ILOpCode.Pop);
        Shift(end, il.MoveLast(since, place));
        // They are gone: what is left of them must not be popped again.
        for (var i = spilled; i < end; i++)
            operands[i].IsConstant = true;
        spilled = end;
    }

    /// <summary>Returns results that are all there is on the evaluation stack.</summary>
    private void ReturnLoaded()
    {
        if (!IsProtected)
        {
            StoreFurtherResults();
            il.Emit(ILOpCode.Ret);
            return;
        }
        var results = ReturnLocals();
        for (var i = results.Length - 1; i >= 0; i--)
            il.StoreLocal(results[i]);
        il.Branch(ILOpCode.Leave, returnLabel);
    }

    /// <summary>Where results go before a jump to <see cref="returnLabel"/>.</summary>
    private int[] ReturnLocals()
    {
        if (returnLabel < 0)
        {
            returnLabel = il.NewLabel();
            returnLocals = new int[type.Results.Length];
            for (var i = 0; i < returnLocals.Length; i++)
                returnLocals[i] = NewLocal(IlTypes.Of(type.Results[i]));
        }
        return returnLocals;
    }

    private void EndFunction(ref Control control)
    {
        if (!unreachable)
            EmitReturn();
        if (control.IsTarget)
            throw new InvalidOperationException("a function's label is returned to, not jumped to");
        if (sharesRegion)
            EndSharedRegion();
        if (returnLabel >= 0)
        {
            il.Mark(returnLabel);
            foreach (var local in returnLocals)
                il.LoadLocal(local);
            StoreFurtherResults();
            il.Emit(ILOpCode.Ret);
        }
        EmitDelayedCalls();
    }
}
