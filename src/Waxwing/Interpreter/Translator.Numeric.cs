using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// Arithmetic, comparisons, conversions and vectors.
internal sealed unsafe partial class Translator
{
    private static ValType TypeOf(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' => ValType.F32,
        'd' => ValType.F64,
        _ => ValType.V128,
    };

    private void TranslateBinary(Opcode opcode)
    {
        var (right, left) = (Pop(), Pop());
        var code = (short)opcode;
        // A constant belongs on the right, where the variants have it.
        if (left.Kind == OperandKind.Constant && right.Kind != OperandKind.Constant)
        {
            if (Commutes[code])
            {
                (left, right) = (right, left);
            }
            else if (Shapes[code] == Shape.Compare && Comparisons[code].Exchanged >= 0)
            {
                code = Comparisons[code].Exchanged;
                (left, right) = (right, left);
            }
        }
        var leftSlot = SlotOf(ref left);
        var rightSlot = right.Kind == OperandKind.Constant ? 0 : SlotOf(ref right);
        int variant;
        if (right.Kind == OperandKind.Constant)
            variant = Take(left) ? Variant.LastConstant : Variant.SlotConstant;
        else if (Take(left, unless: right))
            variant = Variant.LastSlot;
        else if (Take(right, unless: left))
            variant = Variant.SlotLast;
        else
            variant = Variant.SlotSlot;
        var operation = Emit(code, variant);
        operations[operation].B = leftSlot;
        if (right.Kind == OperandKind.Constant)
            operations[operation].Imm = right.Bits;
        else
            operations[operation].C = rightSlot;
        PushResult(TypeOf(InstructionTable.Info(opcode).Results![0]), operation);
    }

    /// <summary>Whether the operand is read from its register; it is then not stored, if nobody else reads it.</summary>
    private bool Take(in Operand operand)
    {
        if (!IsInRegister(operand))
            return false;
        ReadFromRegister(operand);
        return true;
    }

    /// <summary>The same, where the other operand may be the same local: that one is read from its slot.</summary>
    private bool Take(in Operand operand, in Operand unless) => Take(operand);

    private void TranslateUnary(Opcode opcode)
    {
        var operand = Pop();
        // eqz of a comparison is the opposite comparison.
        if (opcode == Opcode.I32Eqz && IsMadeByLast(operand) && Shapes[Last.Code] == Shape.Compare && Comparisons[Last.Code].Negated >= 0)
        {
            Last.Code = Comparisons[Last.Code].Negated;
            Push(ValType.I32, OperandKind.Temporary, count - 1);
            return;
        }
        var slot = SlotOf(ref operand);
        var operation = Emit((int)opcode, Take(operand) ? Variant.Last : Variant.Slot);
        operations[operation].B = slot;
        PushResult(TypeOf(InstructionTable.Info(opcode).Results![0]), operation);
    }

    /// <summary>Whether the operand is the result of the last instruction, which may still be changed or removed.</summary>
    private bool IsMadeByLast(in Operand operand) =>
        operand.Kind == OperandKind.Temporary && operand.Source == count - 1 && operand.Source >= barrier && Last.Code is >= 0 and < (short)Micro.Nop && !Last.HasTarget;

    /// <summary>Removes the last instruction, whose effect will be part of another.</summary>
    private Operation RemoveLast()
    {
        (integerOwner, floatOwner) = (integerOwnerBefore, floatOwnerBefore);
        return operations[--count];
    }

    private void TranslateVector(Opcode opcode, Shape shape, in InstructionEvent e)
    {
        var info = InstructionTable.Info(opcode);
        var (third, second) = (default(Operand), default(Operand));
        if (shape == Shape.VectorTernary)
            third = Pop();
        if (shape is Shape.VectorTernary or Shape.VectorBinary or Shape.VectorReplace or Shape.VectorShuffle)
            second = Pop();
        var first = Pop();
        var (a, b, c) = (SlotOf(ref first), shape is Shape.VectorTernary or Shape.VectorBinary or Shape.VectorReplace or Shape.VectorShuffle ? SlotOf(ref second) : 0,
            shape == Shape.VectorTernary ? SlotOf(ref third) : 0);
        var operation = Emit((int)opcode, 0);
        (operations[operation].B, operations[operation].C, operations[operation].D) = (a, b, c);
        switch (shape)
        {
            case Shape.VectorExtract:
                operations[operation].C = e.Index;
                break;
            case Shape.VectorReplace:
                operations[operation].D = e.Index;
                break;
            case Shape.VectorShuffle:
                EmitData(e.Immediate, e.Immediate2);
                break;
        }
        PushResult(TypeOf(info.Results![0]), operation);
        // What follows a shuffle is data: it must not be mistaken for the instruction that made the result.
        if (shape == Shape.VectorShuffle)
            operands[operandCount - 1].Source = -1;
    }

    private void TranslateVectorConstant(ulong low, ulong high)
    {
        var operation = Emit((int)Micro.VectorConstant, 0);
        EmitData(low, high);
        PushResult(ValType.V128, operation);
        operands[operandCount - 1].Source = -1;
    }

    private void EmitData(ulong low, ulong high)
    {
        var data = Emit(DataOperation, 0);
        operations[data].A = (int)low;
        operations[data].B = (int)(low >> 32);
        operations[data].Imm = (long)high;
    }

    /// <summary>i64.add128 and its like work in place on consecutive slots.</summary>
    private void TranslateWide(Opcode opcode)
    {
        var number = InstructionTable.Info(opcode).Operands!.Length;
        var home = TakeSettled(number);
        var operation = Emit((int)opcode, 0);
        operations[operation].A = home;
        PushPlain(ValType.I64);
        PushPlain(ValType.I64);
    }

    /// <summary>Settles and pops operands; the home of the first, where in-place instructions find them (and put their result).</summary>
    private int TakeSettled(int number)
    {
        SettleTop(number);
        for (var i = 0; i < number; i++)
            Pop();
        return NextHome;
    }

    /// <summary>Pushes a value that lies in its home slot and is in no register.</summary>
    private void PushPlain(ValType pushed)
    {
        Overwrote(NextHome);
        Push(pushed, OperandKind.Temporary, -1);
    }
}
