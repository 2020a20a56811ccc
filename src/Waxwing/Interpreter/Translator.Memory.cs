using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// Loads, stores and atomics. The registers hold memory 0 except between two UseMemory instructions.
internal sealed unsafe partial class Translator
{
    private void TranslateLoad(Opcode opcode, in InstructionEvent e)
    {
        var address = Pop();
        SwitchTo(e.Index, ref address);
        var (variant, b, immediate) = Address(ref address, e);
        var operation = Emit((int)opcode, variant);
        operations[operation].B = b;
        operations[operation].Imm = immediate;
        PushResult(TypeOf(InstructionTable.Info(opcode).Results![0]), operation);
        SwitchBack(e.Index);
    }

    private void TranslateStore(Opcode opcode, in InstructionEvent e)
    {
        var (value, address) = (Pop(), Pop());
        // A constant address must be settled before the value's register is looked at, and the value before the address folds an addition.
        var isWide = value.Kind == OperandKind.Constant && !FitsField(value);
        var isVector = value.Type.IsVector;
        var valueSlot = value.Kind == OperandKind.Constant && !isWide ? (int)value.Bits : SlotOf(ref value);
        SwitchTo(e.Index, ref address);
        var (variant, b, immediate) = Address(ref address, e);
        if (value.Kind == OperandKind.Constant)
            variant |= Variant.FromConstant;
        else if (!isVector && variant is not (Variant.IndexLast or Variant.SumLast or Variant.DisplacedLast) && Take(value))
            variant |= Variant.FromLast;
        else if (!isVector && (value.Type == ValType.F32 || value.Type == ValType.F64) && Take(value))
            variant |= Variant.FromLast;
        var operation = Emit((int)opcode, variant);
        operations[operation].A = valueSlot;
        operations[operation].B = b;
        operations[operation].Imm = immediate;
        SwitchBack(e.Index);
    }

    /// <summary>Whether a constant fits an instruction's 32-bit field, from which i64 are sign-extended.</summary>
    private static bool FitsField(in Operand constant) =>
        constant.Type == ValType.I32 || constant.Type == ValType.F32 || (constant.Type == ValType.I64 && constant.Bits == (int)constant.Bits);

    /// <summary>How an address is computed: the variant, field B and the fields C and D together.</summary>
    private (int Variant, int B, long Immediate) Address(ref Operand address, in InstructionEvent e)
    {
        if (context.Memories[e.Index].Limits.Is64)
            return (Variant.Index64, SlotOf(ref address), (long)e.Immediate);
        var offset = (uint)e.Immediate;
        if (address.Kind == OperandKind.Constant)
            return (Variant.Absolute, 0, (uint)address.Bits + (long)offset);
        if (e.Index == 0 && IsMadeByLast(address) && Last.Code == (int)Opcode.I32Add)
        {
            var add = Last;
            switch (add.Variant)
            {
                case Variant.SlotSlot:
                    RemoveLast();
                    return (Variant.Sum, add.B, Pair(offset, add.C));
                case Variant.LastSlot:
                    RemoveLast();
                    return (Variant.SumLast, 0, Pair(offset, add.C));
                case Variant.SlotLast:
                    RemoveLast();
                    return (Variant.SumLast, 0, Pair(offset, add.B));
                case Variant.SlotConstant:
                    RemoveLast();
                    return (Variant.Displaced, add.B, Pair(offset, (int)add.Imm));
                case Variant.LastConstant:
                    RemoveLast();
                    return (Variant.DisplacedLast, 0, Pair(offset, (int)add.Imm));
            }
        }
        var slot = SlotOf(ref address);
        return (Take(address) ? Variant.IndexLast : Variant.Index, slot, offset);
    }

    private static long Pair(uint low, int high) => low | (long)high << 32;

    private void SwitchTo(int memory, ref Operand address)
    {
        if (memory == 0)
            return;
        SlotOf(ref address);
        Add(Micro.UseMemory, b: memory);
    }

    private void SwitchBack(int memory)
    {
        if (memory != 0)
            Add(Micro.UseMemory, b: 0);
    }

    private void TranslateLane(Opcode opcode, in InstructionEvent e, bool isLoad)
    {
        var (vector, address) = (Pop(), Pop());
        var (vectorSlot, addressSlot) = (SlotOf(ref vector), SlotOf(ref address));
        SwitchTo(e.Index, ref address);
        var operation = Emit((int)opcode, context.Memories[e.Index].Limits.Is64 ? Variant.Index64 : Variant.Index);
        operations[operation].A = vectorSlot;
        operations[operation].B = addressSlot;
        operations[operation].Imm = (long)e.Immediate;
        EmitData((uint)vectorSlot | (ulong)(uint)e.Index2 << 32, 0);
        if (isLoad)
        {
            PushResult(ValType.V128, operation);
            operands[operandCount - 1].Source = -1;
        }
        SwitchBack(e.Index);
    }

    private void TranslateAtomic(Opcode opcode, in InstructionEvent e)
    {
        var info = InstructionTable.Info(opcode);
        var home = TakeSettled(info.Operands!.Length);
        var operation = Emit((int)opcode, 0);
        operations[operation].A = home;
        operations[operation].B = e.Index | (context.Memories[e.Index].Limits.Is64 ? int.MinValue : 0);
        operations[operation].Imm = (long)e.Immediate;
        if (info.Results!.Length > 0)
            PushPlain(TypeOf(info.Results[0]));
    }

    private int Add(Micro code, int a = 0, int b = 0, int c = 0, int d = 0) => Add((int)code, a, b, c, d);

    private int Add(int code, int a = 0, int b = 0, int c = 0, int d = 0)
    {
        var operation = Emit(code, 0);
        (operations[operation].A, operations[operation].B, operations[operation].C, operations[operation].D) = (a, b, c, d);
        return operation;
    }
}
