using Waxwing.Instructions;
using Waxwing.Runtime;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// Blocks and branches. At a label, values are in the home slots of the block's results (of a loop: parameters).
internal sealed unsafe partial class Translator
{
    private struct Control
    {
        public Opcode Kind;
        public bool IsFunction;

        /// <summary>Entered in unreachable code: nothing inside is translated.</summary>
        public bool IsDead;

        /// <summary>Whether anything jumps to <see cref="Label"/>.</summary>
        public bool IsTarget;

        /// <summary>Operands and their bytes below the block's parameters.</summary>
        public int Operands;
        public int Height;
        public ValType[] Parameters;
        public ValType[] Results;

        /// <summary>The end, or a loop's beginning.</summary>
        public int Label;
        public int ElseLabel;

        /// <summary>A loop's polling stub, or -1 while there is none.</summary>
        public int PollLabel;

        /// <summary>First and last instruction of a try's body.</summary>
        public int TryStart;
        public int TryEnd;
        public HandlerRange[]? Catches;
    }

    private Control[] controls = new Control[16];
    private int controlCount;
    private readonly List<(int Stub, int Loop)> pollStubs = [];

    private void PushControl(Opcode kind, ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        if (controlCount == controls.Length)
            Array.Resize(ref controls, controlCount * 2);
        ref var control = ref controls[controlCount++];
        control = new Control { Kind = kind, IsDead = unreachable, ElseLabel = -1, PollLabel = -1 };
        if (unreachable)
            return;
        control.Parameters = Share(parameters);
        control.Results = Share(results);
        control.Operands = operandCount - parameters.Length;
        control.Height = parameters.Length == 0 ? height : operands[control.Operands].Home - operandBase;
        control.Label = NewLabel();
    }

    // Nearly every block has no parameters and at most one result.
    private static readonly ValType[][] Single = [[ValType.I32], [ValType.I64], [ValType.F32], [ValType.F64]];

    private static ValType[] Share(ReadOnlySpan<ValType> types)
    {
        if (types.Length == 0)
            return [];
        if (types.Length == 1)
        {
            foreach (var single in Single)
            {
                if (single[0] == types[0])
                    return single;
            }
        }
        return types.ToArray();
    }

    private ref Control ControlAt(int depth) => ref controls[controlCount - 1 - depth];

    private int HomeOf(in Control control) => operandBase + control.Height;

    private static ValType[] LabelTypes(in Control control) => control.Kind == Opcode.Loop ? control.Parameters : control.Results;

    private void BeginBlock(in InstructionEvent e)
    {
        SettleLocals();
        PushControl(e.Opcode, e.Parameters, e.Results);
    }

    private void BeginLoop(in InstructionEvent e)
    {
        SettleLocals();
        SettleTop(e.Parameters.Length);
        PushControl(Opcode.Loop, e.Parameters, e.Results);
        Bind(controls[controlCount - 1].Label);
        if (module.Tiers is { } tiers)
            CountTurns(tiers, e.Offset);
    }

    /// <summary>
    /// Where a loop has been turning for long, compiled code takes over in the middle of the function: if there is nothing but locals to hand over, and no handler around.
    /// </summary>
    private void CountTurns(TierThresholds tiers, int loop)
    {
        hasLoops = true;
        if (operandCount > 0 || localTypes.Length > tiers.Locals || IsProtected())
        {
            isForCompiler = true;
            return;
        }
        var counter = (LoopCounter*)module.AllocateBlock((nuint)sizeof(LoopCounter));
        *counter = new LoopCounter { TurnsLeft = tiers.Turns * TierThresholds.Weight(context.Module.Code[function - context.ImportedFunctions].Range.Length), Offset = loop };
        operations[Emit((int)Micro.CountTurn, 0)].Imm = (long)counter;
        barrier = count;
    }

    private bool IsProtected()
    {
        for (var i = 0; i < controlCount; i++)
        {
            if (controls[i].Kind is Opcode.Try or Opcode.TryTable)
                return true;
        }
        return false;
    }

    private void BeginIf(in InstructionEvent e)
    {
        var condition = Pop();
        SettleLocals();
        SettleTop(e.Parameters.Length);
        PushControl(Opcode.If, e.Parameters, e.Results);
        ref var control = ref controls[controlCount - 1];
        control.ElseLabel = NewLabel();
        EmitConditional(ref condition, whenTrue: false, control.ElseLabel, poll: -1);
        if (module.Metered)
            StartFuelBlock();
    }

    private void BeginElse()
    {
        ref var control = ref controls[controlCount - 1];
        if (control.IsDead)
            return;
        LeaveArm(ref control);
        Truncate(control);
        Bind(control.ElseLabel);
        control.ElseLabel = -1;
        unreachable = false;
        foreach (var parameter in control.Parameters)
            PushPlain(parameter);
    }

    /// <summary>The end of an if's or try's part that others follow: results in place, and on to the end.</summary>
    private void LeaveArm(ref Control control)
    {
        if (unreachable)
            return;
        MoveTop(control.Results.Length, HomeOf(control));
        EmitJump(control.Label, -1);
        control.IsTarget = true;
    }

    private void Truncate(in Control control)
    {
        while (operandCount > control.Operands)
            Pop();
        height = control.Height;
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
        if (control.Kind == Opcode.TryTable)
            EndTryTable(control);
        var isLoop = control.Kind == Opcode.Loop;
        var isMerge = control.ElseLabel >= 0 || (control.IsTarget && !isLoop);
        var isCatch = control.Kind is Opcode.Catch or Opcode.CatchAll;
        if (!isMerge && !isCatch)
        {
            // Nobody jumps here: the values may stay as they are, or the code behind is unreachable too.
            if (unreachable)
                Truncate(control);
            controlCount--;
            return;
        }
        if (!unreachable)
            MoveTop(control.Results.Length, HomeOf(control));
        var wasReached = !unreachable || isMerge;
        Truncate(control);
        if (control.ElseLabel >= 0)
            Bind(control.ElseLabel);
        if (control.IsTarget && !isLoop)
            Bind(control.Label);
        unreachable = !wasReached;
        if (wasReached)
        {
            foreach (var result in control.Results)
                PushPlain(result);
        }
        controlCount--;
    }

    private void EndFunction(ref Control control)
    {
        if (control.IsTarget)
        {
            if (!unreachable)
                MoveTop(control.Results.Length, HomeOf(control));
            Truncate(control);
            Bind(control.Label);
            unreachable = false;
            foreach (var result in control.Results)
                PushPlain(result);
        }
        if (!unreachable)
            EmitReturn();
    }

    private void EmitJump(int label, int poll)
    {
        var operation = Emit((int)Micro.Jump, poll >= 0 ? Variant.Backward : 0);
        operations[operation].HasTarget = true;
        (operations[operation].C, operations[operation].D) = (label, poll);
    }

    /// <summary>The label of the stub that polls for a loop; made on demand, emitted at the end.</summary>
    private int PollOf(ref Control control)
    {
        if (control.Kind != Opcode.Loop)
            return -1;
        if (control.PollLabel < 0)
        {
            control.PollLabel = NewLabel();
            pollStubs.Add((control.PollLabel, control.Label));
        }
        return control.PollLabel;
    }

    private void EmitPollStubs()
    {
        foreach (var (stub, loop) in pollStubs)
        {
            labels[stub] = count;
            Add(Micro.Poll);
            EmitJump(loop, -1);
        }
        pollStubs.Clear();
    }

    /// <summary>An unconditional branch.</summary>
    private void Branch(int depth)
    {
        ref var control = ref ControlAt(depth);
        if (control.IsFunction)
        {
            EmitReturn();
        }
        else
        {
            MoveTop(LabelTypes(control).Length, HomeOf(control));
            control.IsTarget = true;
            EmitJump(control.Label, PollOf(ref control));
        }
        unreachable = true;
    }

    /// <summary>A conditional branch; the condition is popped, the label's values are on top.</summary>
    private void BranchIf(ref Operand condition, bool whenTrue, int depth)
    {
        ref var control = ref ControlAt(depth);
        var types = LabelTypes(control);
        if (types.Length == 0 || AreInPlace(types.Length, HomeOf(control)))
        {
            control.IsTarget = true;
            EmitConditional(ref condition, whenTrue, control.Label, PollOf(ref control));
        }
        else
        {
            var skip = NewLabel();
            EmitConditional(ref condition, !whenTrue, skip, -1);
            var reachable = !unreachable;
            Branch(depth);
            unreachable = !reachable;
            Bind(skip);
            return;
        }
        if (module.Metered)
            StartFuelBlock();
    }

    private bool AreInPlace(int number, int to)
    {
        for (var i = operandCount - number; i < operandCount; i++)
        {
            ref var operand = ref operands[i];
            if (operand.Kind != OperandKind.Temporary || operand.Home != to)
                return false;
            to += 8 * operand.Type.Slots;
        }
        for (var i = operandCount - number; i < operandCount; i++)
            operands[i].Source = -1;
        return true;
    }

    /// <summary>Jumps to a label depending on an i32, merged with the comparison that made it where possible.</summary>
    private void EmitConditional(ref Operand condition, bool whenTrue, int label, int poll)
    {
        if (condition.Kind == OperandKind.Constant)
        {
            if ((int)condition.Bits != 0 == whenTrue)
                EmitJump(label, poll);
            return;
        }
        var backward = poll >= 0 ? Variant.Backward : 0;
        int operation;
        if (IsMadeByLast(condition) && Shapes[Last.Code] == Shape.Compare && ComparesWithField(Last))
        {
            var compare = RemoveLast();
            var code = compare.Code;
            if (!whenTrue && Comparisons[code].Negated >= 0)
                (code, whenTrue) = (Comparisons[code].Negated, true);
            operation = Emit(code, (compare.Variant & 7) | Variant.Branch | (whenTrue ? 0 : Variant.WhenFalse) | backward);
            operations[operation].A = compare.B;
            operations[operation].B = IsWithConstant(compare) ? (int)compare.Imm : compare.C;
        }
        else if (IsMadeByLast(condition) && Last.Code == (int)Opcode.I64Eqz)
        {
            var test = RemoveLast();
            operation = Emit((int)(whenTrue ? Opcode.I64Eq : Opcode.I64Ne), (test.Variant == Variant.Last ? Variant.LastConstant : Variant.SlotConstant) | Variant.Branch | backward);
            operations[operation].A = test.B;
        }
        else
        {
            var (variant, slot) = (0, 0);
            if (IsMadeByLast(condition) && Last.Code == (int)Opcode.I32Eqz)
            {
                var test = RemoveLast();
                (variant, slot, whenTrue) = (test.Variant, test.B, !whenTrue);
            }
            else
            {
                slot = SlotOf(ref condition);
                variant = Take(condition) ? Variant.Last : Variant.Slot;
            }
            operation = Emit((int)Micro.BranchIf, variant | (whenTrue ? 0 : Variant.WhenFalse) | backward);
            operations[operation].A = slot;
        }
        operations[operation].HasTarget = true;
        (operations[operation].C, operations[operation].D) = (label, poll);
    }

    private static bool IsWithConstant(in Operation compare) => (compare.Variant & 7) is Variant.SlotConstant or Variant.LastConstant;

    /// <summary>Whether a comparison's constant, if it has one, fits the 32-bit field that the branch has for it.</summary>
    private static bool ComparesWithField(in Operation compare) => !IsWithConstant(compare) || InstructionTable.Info((Opcode)compare.Code).Operands![0] switch
    {
        'i' or 'f' => true,
        'l' => compare.Imm == (int)compare.Imm,
        _ => false,
    };

    private void BranchTable(ReadOnlySpan<int> depths)
    {
        var index = Pop();
        var slot = SlotOf(ref index);
        var operation = Emit((int)Micro.BranchTable, Take(index) ? Variant.Last : Variant.Slot);
        operations[operation].A = slot;
        operations[operation].B = depths.Length - 1;
        var targets = new int[depths.Length];
        // Each block is dealt with once, however often it is listed. A branch with values to move, or backward, goes through a stub behind the table.
        var known = new Dictionary<int, int>();
        for (var i = 0; i < targets.Length; i++)
        {
            if (!known.TryGetValue(depths[i], out targets[i]))
                known.Add(depths[i], targets[i] = TableTarget(depths[i]));
        }
        tables.Add((operation, targets));
        unreachable = true;
    }

    private int TableTarget(int depth)
    {
        ref var control = ref ControlAt(depth);
        var types = LabelTypes(control);
        if (types.Length == 0 || AreInPlace(types.Length, HomeOf(control)))
        {
            control.IsTarget = true;
            return control.Kind == Opcode.Loop ? PollOf(ref control) : control.Label;
        }
        var stub = NewLabel();
        labels[stub] = count;
        barrier = count;
        ForgetRegisters();
        Branch(depth);
        return stub;
    }

    /// <summary>Returns the topmost operands.</summary>
    private void EmitReturn()
    {
        var results = type.Results;
        if (results.Length == 1 && results[0] is { IsReference: false, IsVector: false } single)
        {
            var operand = operands[operandCount - 1];
            var isFloat = single == ValType.F32 || single == ValType.F64;
            // The operand stays on the stack: it is a branch's value, or dropped by the end of its block.
            var variant = operand.Kind == OperandKind.Constant ? Variant.Constant : IsInRegister(operand) ? Variant.Last : Variant.Slot;
            operands[operandCount - 1].Source = operand.Kind == OperandKind.Local ? operand.Source : -1;
            var operation = Emit((int)Micro.ReturnValue, variant | (isFloat ? Variant.Float : 0));
            operations[operation].B = headerOffset;
            if (operand.Kind == OperandKind.Constant)
                operations[operation].Imm = single == ValType.I32 ? (uint)operand.Bits : operand.Bits;
            else
                operations[operation].A = operand.Kind == OperandKind.Local ? localSlots[operand.Source] : operand.Home;
            return;
        }
        var first = operandCount - results.Length;
        Operand[] kept = results.Length > 1 ? operands[first..operandCount] : [];
        for (var i = 0; i < kept.Length; i++)
        {
            // Results overwrite parameters: whatever still stands for one is copied out of the way first.
            if (kept[i].Kind != OperandKind.Local || localSlots[kept[i].Source] >= headerOffset)
                continue;
            EmitCopy(kept[i].Home, localSlots[kept[i].Source], kept[i].Type);
            (operands[first + i].Kind, operands[first + i].Source) = (OperandKind.Temporary, -1);
        }
        MoveTop(results.Length, 0);
        // Where the branch is not taken nothing was copied.
        for (var i = 0; i < kept.Length; i++)
        {
            if (kept[i].Kind == OperandKind.Local)
                operands[first + i] = kept[i];
        }
        Add(Micro.Return, b: headerOffset);
    }
}
