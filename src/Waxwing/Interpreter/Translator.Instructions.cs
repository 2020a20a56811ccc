using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// The instruction that the walk reports, one after another.
internal sealed unsafe partial class Translator
{
    public void Translate(in InstructionEvent e)
    {
        offset = e.Offset;
        if (unreachable)
        {
            TranslateUnreachable(in e);
            return;
        }
        if (fuelOperation >= 0)
            operations[fuelOperation].B++;
        var opcode = e.Opcode;
        switch (Shapes[(int)opcode])
        {
            case Shape.Binary or Shape.Compare or Shape.TrappingBinary:
                TranslateBinary(opcode);
                break;
            case Shape.Unary or Shape.TrappingUnary:
                TranslateUnary(opcode);
                break;
            case Shape.Load:
                TranslateLoad(opcode, in e);
                break;
            case Shape.Store:
                TranslateStore(opcode, in e);
                break;
            case Shape.Special:
                TranslateSpecial(in e);
                break;
            case Shape.LoadLane:
                TranslateLane(opcode, in e, isLoad: true);
                break;
            case Shape.StoreLane:
                TranslateLane(opcode, in e, isLoad: false);
                break;
            case Shape.Wide:
                TranslateWide(opcode);
                break;
            case Shape.Atomic:
                TranslateAtomic(opcode, in e);
                break;
            case var shape:
                TranslateVector(opcode, shape, in e);
                break;
        }
    }

    /// <summary>Only the structure of blocks matters until one of them is left.</summary>
    private void TranslateUnreachable(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                PushControl(e.Opcode, default, default);
                break;
            case Opcode.Else:
                BeginElse();
                break;
            case Opcode.Catch or Opcode.CatchAll:
                BeginCatch(in e);
                break;
            case Opcode.Delegate:
                EndDelegate(in e);
                break;
            case Opcode.End:
                EndBlock();
                break;
        }
    }

    private void TranslateSpecial(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                Add(Micro.Trap, b: (int)TrapCode.Unreachable);
                unreachable = true;
                break;
            case Opcode.Block:
                BeginBlock(in e);
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
            case Opcode.Try:
                BeginTry(in e);
                break;
            case Opcode.TryTable:
                BeginTryTable(in e);
                break;
            case Opcode.Catch or Opcode.CatchAll:
                BeginCatch(in e);
                break;
            case Opcode.Delegate:
                EndDelegate(in e);
                break;
            case Opcode.Throw:
                Throw(in e);
                break;
            case Opcode.ThrowRef:
                ThrowReference();
                break;
            case Opcode.Rethrow:
                Rethrow(e.Index);
                break;
            case Opcode.Br:
                Branch(e.Index);
                break;
            case Opcode.BrIf:
                var condition = Pop();
                BranchIf(ref condition, whenTrue: true, e.Index);
                break;
            case Opcode.BrTable:
                BranchTable(e.Labels);
                break;
            case Opcode.Return:
                EmitReturn();
                unreachable = true;
                break;
            case Opcode.Call:
                if (module.Tiers is not null && e.Index >= context.ImportedFunctions)
                    callees.Add(e.Index);
                TranslateCall(in e);
                break;
            case Opcode.CallIndirect:
                TranslateCallIndirect(in e);
                break;
            case Opcode.CallRef:
                TranslateCallReference(in e);
                break;
            case Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                TranslateReturnCall(in e);
                break;
            case Opcode.Drop:
                Pop();
                break;
            case Opcode.Select or Opcode.SelectT:
                TranslateSelect();
                break;
            case Opcode.LocalGet:
                PushLocal(e.Index);
                break;
            case Opcode.LocalSet:
                AssignLocal(e.Index);
                break;
            case Opcode.LocalTee:
                AssignLocal(e.Index);
                PushLocal(e.Index);
                break;
            case Opcode.GlobalGet:
                TranslateGlobalGet(e.Index);
                break;
            case Opcode.GlobalSet:
                TranslateGlobalSet(e.Index);
                break;
            case Opcode.I32Const:
                Push(ValType.I32, OperandKind.Constant, -1, (int)e.Immediate);
                break;
            case Opcode.I64Const:
                Push(ValType.I64, OperandKind.Constant, -1, (long)e.Immediate);
                break;
            case Opcode.F32Const:
                Push(ValType.F32, OperandKind.Constant, -1, (int)e.Immediate);
                break;
            case Opcode.F64Const:
                Push(ValType.F64, OperandKind.Constant, -1, (long)e.Immediate);
                break;
            case Opcode.V128Const:
                TranslateVectorConstant(e.Immediate, e.Immediate2);
                break;
            case Opcode.MemorySize:
                PushResult(context.Memories[e.Index].Limits.AddressType, Add((int)Opcode.MemorySize, b: e.Index));
                operands[operandCount - 1].Source = -1;
                ForgetRegisters();
                break;
            case Opcode.MemoryGrow:
                var pages = TakeSettled(1);
                var is64 = context.Memories[e.Index].Limits.Is64;
                Add((int)Opcode.MemoryGrow, a: pages, b: e.Index, d: is64 ? 1 : 0);
                PushPlain(is64 ? ValType.I64 : ValType.I32);
                break;
            case Opcode.AtomicFence:
                Add((int)Opcode.AtomicFence);
                break;
            default:
                TranslateReference(in e);
                break;
        }
    }

    private void TranslateSelect()
    {
        var condition = Pop();
        if (operands[operandCount - 1].Type is { IsReference: true } or { IsVector: true })
        {
            var selected = operands[operandCount - 1].Type;
            var conditionSlot = SlotOf(ref condition);
            // The condition's home lies above both values.
            var home = TakeSettled(2);
            Add(selected.IsVector ? Micro.SelectVector : Micro.SelectReference, a: home, b: home + 8 * selected.Slots, c: conditionSlot);
            PushPlain(selected);
            return;
        }
        var (second, first) = (Pop(), Pop());
        var (firstSlot, secondSlot) = (SlotOf(ref first), SlotOf(ref second));
        var slot = SlotOf(ref condition);
        var isFloat = first.Type == ValType.F32 || first.Type == ValType.F64;
        var operation = Emit((int)Opcode.Select, (Take(condition) ? Variant.Last : Variant.Slot) | (isFloat ? Variant.Float : 0));
        (operations[operation].B, operations[operation].C, operations[operation].D) = (firstSlot, secondSlot, slot);
        PushResult(first.Type, operation);
    }

    private void TranslateGlobalGet(int global)
    {
        var pushed = context.Globals[global].Type;
        if (pushed.IsReference)
        {
            Add(Micro.GlobalGetReference, a: NextHome, b: global);
            PushPlain(pushed);
        }
        else if (pushed.IsVector)
        {
            PushResult(pushed, Add(Micro.GlobalGetVector, b: global));
        }
        else
        {
            var isFloat = pushed == ValType.F32 || pushed == ValType.F64;
            var operation = Emit((int)Opcode.GlobalGet, isFloat ? Variant.Float : 0);
            operations[operation].B = global;
            PushResult(pushed, operation);
        }
    }

    private void TranslateGlobalSet(int global)
    {
        var operand = Pop();
        var slot = SlotOf(ref operand);
        if (operand.Type.IsReference)
        {
            Add(Micro.GlobalSetReference, a: slot, b: global);
        }
        else if (operand.Type.IsVector)
        {
            Add(Micro.GlobalSetVector, a: slot, b: global);
        }
        else
        {
            var isFloat = operand.Type == ValType.F32 || operand.Type == ValType.F64;
            var operation = Emit((int)Opcode.GlobalSet, (Take(operand) ? Variant.Last : Variant.Slot) | (isFloat ? Variant.Float : 0));
            (operations[operation].A, operations[operation].B) = (slot, global);
        }
    }

    private void TranslateCall(in InstructionEvent e)
    {
        var home = TakeSettled(e.Parameters.Length);
        if (e.Index < context.ImportedFunctions)
        {
            Add(Micro.CallImported, a: home, b: e.Index);
        }
        else
        {
            var operation = Add((int)Opcode.Call, a: home);
            operations[operation].Imm = (long)module.Entry(e.Index);
        }
        PushResults(e.Results);
    }

    /// <summary>A call's results lie where its arguments did, and a single one in its register too.</summary>
    private void PushResults(ReadOnlySpan<ValType> results)
    {
        ForgetRegisters();
        foreach (var result in results)
            PushPlain(result);
        if (results.Length == 1)
            Produced(operands[operandCount - 1].Home, results[0]);
        if (module.Metered)
            StartFuelBlock();
    }

    private void TranslateCallIndirect(in InstructionEvent e)
    {
        var index = Pop();
        var slot = SlotOf(ref index);
        // The index's home lies above the arguments; as a temporary it stays there while they are settled.
        var home = TakeSettled(e.Parameters.Length);
        Add(context.Tables[e.Index2].Limits.Is64 ? (int)Micro.CallIndirect64 : (int)Opcode.CallIndirect, a: home, b: slot, c: e.Index2, d: e.Index);
        PushResults(e.Results);
    }

    private void TranslateCallReference(in InstructionEvent e)
    {
        var reference = Pop();
        var slot = SlotOf(ref reference);
        var home = TakeSettled(e.Parameters.Length);
        Add((int)Opcode.CallRef, a: home, b: slot);
        PushResults(e.Results);
    }

    private void TranslateReturnCall(in InstructionEvent e)
    {
        var (code, slot) = ((int)e.Opcode, e.Index);
        if (e.Opcode != Opcode.ReturnCall)
        {
            var callee = Pop();
            slot = SlotOf(ref callee);
            if (e.Opcode == Opcode.ReturnCallIndirect && context.Tables[e.Index2].Limits.Is64)
                code = (int)Micro.ReturnCallIndirect64;
        }
        var home = TakeSettled(e.Parameters.Length);
        ExemptFromHandlers();
        Add(code, a: home, b: slot, c: e.Index2, d: e.Index);
        // The Nop says where this frame's header is. A callee of the host is called ordinarily, comes back there, and returns.
        Add(Micro.Nop, b: headerOffset);
        PushResults(e.Results);
        EmitReturn();
        unreachable = true;
    }
}
