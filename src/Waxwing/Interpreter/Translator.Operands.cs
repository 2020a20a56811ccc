using Waxwing.Syntax;

namespace Waxwing.Interpreter;

// The operand stack: what is known of each value, and how it gets to where it is needed.
internal sealed unsafe partial class Translator
{
    private enum OperandKind : byte
    {
        /// <summary>In its home slot (or only in the register, once its reader asked for that).</summary>
        Temporary,

        /// <summary>Still the value of a local; copied home before that is assigned.</summary>
        Local,

        /// <summary>A number known now.</summary>
        Constant,
    }

    private struct Operand
    {
        public OperandKind Kind;
        public ValType Type;

        /// <summary>Local index, or for a temporary the instruction that made it and may still be told where to put it (-1: none).</summary>
        public int Source;
        public int Home;
        public long Bits;
    }

    private Operand[] operands = new Operand[64];
    private int operandCount;

    /// <summary>Bytes of operands on the stack.</summary>
    private int height;

    /// <summary>Operands below this are not locals: blocks begin with those copied home.</summary>
    private int flushedBelow;

    private ref Operand Push(ValType pushed, OperandKind kind, int source, long bits = 0)
    {
        if (operandCount == operands.Length)
            Array.Resize(ref operands, operandCount * 2);
        ref var operand = ref operands[operandCount++];
        operand = new Operand { Kind = kind, Type = pushed, Source = source, Home = operandBase + height, Bits = bits };
        height += 8 * pushed.Slots;
        maximumHeight = Math.Max(maximumHeight, height);
        usesReferences |= pushed.IsReference;
        return ref operand;
    }

    /// <summary>The home that the next operand pushed will have.</summary>
    private int NextHome => operandBase + height;

    private Operand Pop()
    {
        var operand = operands[--operandCount];
        height = operand.Home - operandBase;
        if (operand.Kind == OperandKind.Local)
            pendingCounts[operand.Source]--;
        flushedBelow = Math.Min(flushedBelow, operandCount);
        return operand;
    }

    /// <summary>Where the operand's value can be read: a slot. Constants are written home first.</summary>
    private int SlotOf(ref Operand operand)
    {
        switch (operand.Kind)
        {
            case OperandKind.Local:
                return localSlots[operand.Source];
            case OperandKind.Constant:
                EmitConstant(operand.Home, operand.Type, operand.Bits);
                operand.Kind = OperandKind.Temporary;
                operand.Source = -1;
                return operand.Home;
            default:
                return operand.Home;
        }
    }

    private bool IsInRegister(in Operand operand)
    {
        if (operand.Kind == OperandKind.Constant)
            return false;
        var slot = operand.Kind == OperandKind.Local ? localSlots[operand.Source] : operand.Home;
        return slot == (operand.Type == ValType.F32 || operand.Type == ValType.F64 ? floatOwner : integerOwner) && !operand.Type.IsReference && !operand.Type.IsVector;
    }

    /// <summary>An operand is about to be read from the register, and by nobody else: its maker need not store it.</summary>
    private void ReadFromRegister(in Operand operand)
    {
        if (operand.Kind == OperandKind.Temporary && operand.Source >= 0 && CanElide(operations[operand.Source]))
            operations[operand.Source].Variant |= Variant.ToRegister;
    }

    private static bool CanElide(in Operation operation) =>
        operation.Code is >= 0 and < (short)Micro.Nop && Shapes[operation.Code] is Shape.Unary or Shape.Binary or Shape.Compare or Shape.Load;

    /// <summary>Puts an operand's value into its home slot, for good.</summary>
    private void Settle(int index)
    {
        ref var operand = ref operands[index];
        if (operand.Kind == OperandKind.Local)
        {
            pendingCounts[operand.Source]--;
            EmitCopy(operand.Home, localSlots[operand.Source], operand.Type);
        }
        else if (operand.Kind == OperandKind.Constant)
        {
            EmitConstant(operand.Home, operand.Type, operand.Bits);
        }
        operand.Kind = OperandKind.Temporary;
        operand.Source = -1;
    }

    /// <summary>Settles the topmost operands.</summary>
    private void SettleTop(int number)
    {
        for (var i = operandCount - number; i < operandCount; i++)
            Settle(i);
    }

    /// <summary>Copies home whatever still stands for a local, before control flow divides.</summary>
    private void SettleLocals()
    {
        for (var i = flushedBelow; i < operandCount; i++)
        {
            if (operands[i].Kind == OperandKind.Local)
                Settle(i);
            operands[i].Source = -1;
        }
        flushedBelow = operandCount;
    }

    /// <summary>Copies home the operands that stand for a local that is about to change.</summary>
    private void SettleUsesOf(int local)
    {
        for (var i = operandCount - 1; pendingCounts[local] > 0; i--)
        {
            if (operands[i].Kind == OperandKind.Local && operands[i].Source == local)
                Settle(i);
        }
    }

    /// <summary>Copies the topmost operands to consecutive slots from a place at or below their homes, and leaves them on the stack.</summary>
    private void MoveTop(int number, int to)
    {
        // Ascending, sources never lie below their destination: nothing is overwritten before it is read.
        for (var i = operandCount - number; i < operandCount; i++)
        {
            ref var operand = ref operands[i];
            if (operand.Kind == OperandKind.Constant)
            {
                EmitConstant(to, operand.Type, operand.Bits);
            }
            else
            {
                operand.Source = operand.Kind == OperandKind.Temporary ? -1 : operand.Source;
                var from = operand.Kind == OperandKind.Local ? localSlots[operand.Source] : operand.Home;
                if (from != to)
                    EmitCopy(to, from, operand.Type);
            }
            to += 8 * operand.Type.Slots;
        }
    }

    private void EmitCopy(int to, int from, ValType copied)
    {
        if (copied.IsReference)
        {
            var reference = Emit((int)Micro.CopyReference, 0);
            (operations[reference].A, operations[reference].B) = (to, from);
        }
        else if (copied.IsVector)
        {
            var vector = Emit((int)Micro.CopyVector, 0);
            (operations[vector].A, operations[vector].B) = (to, from);
        }
        else
        {
            var isFloat = copied == ValType.F32 || copied == ValType.F64;
            var variant = (isFloat ? Variant.Float : 0) | (from == (isFloat ? floatOwner : integerOwner) ? Variant.Last : Variant.Slot);
            // Two plain copies in a row become one instruction. It leaves the registers alone.
            if (count > barrier && Last.Code == (int)Micro.Copy && (Last.Variant & 3) == Variant.Slot && variant is Variant.Slot or Variant.Float)
            {
                Last.Code = (int)Micro.CopyTwo;
                Last.Variant = 0;
                (Last.C, Last.D) = (to, from);
                (integerOwner, floatOwner) = (integerOwnerBefore, floatOwnerBefore);
                Overwrote(Last.A);
                Overwrote(to);
                return;
            }
            var number = Emit((int)Micro.Copy, variant);
            (operations[number].A, operations[number].B) = (to, from);
            Produced(to, copied);
            return;
        }
        Overwrote(to);
    }

    private void EmitConstant(int to, ValType constant, long bits)
    {
        var isFloat = constant == ValType.F32 || constant == ValType.F64;
        var number = Emit((int)Micro.Copy, Variant.Constant | (isFloat ? Variant.Float : 0));
        operations[number].A = to;
        operations[number].Imm = constant == ValType.I32 ? (uint)bits : bits;
        Produced(to, constant);
    }

    /// <summary>Pushes the result of the instruction just emitted (index <paramref name="operation"/>), which goes home unless told otherwise.</summary>
    private void PushResult(ValType result, int operation)
    {
        ref var operand = ref Push(result, OperandKind.Temporary, operation);
        operations[operation].A = operand.Home;
        Produced(operand.Home, result);
    }

    private void PushLocal(int local)
    {
        pendingCounts[local]++;
        Push(localTypes[local], OperandKind.Local, local);
    }

    private void AssignLocal(int local)
    {
        var operand = Pop();
        var slot = localSlots[local];
        if (operand.Kind == OperandKind.Local && operand.Source == local)
            return;
        var retargetable = pendingCounts[local] == 0 && operand.Kind == OperandKind.Temporary && operand.Source == count - 1 && operand.Source >= barrier;
        SettleUsesOf(local);
        if (retargetable)
        {
            Last.A = slot;
            (integerOwner, floatOwner) = (integerOwnerBefore, floatOwnerBefore);
            Produced(slot, operand.Type);
        }
        else if (operand.Kind == OperandKind.Constant)
        {
            EmitConstant(slot, operand.Type, operand.Bits);
        }
        else
        {
            var from = operand.Kind == OperandKind.Local ? localSlots[operand.Source] : operand.Home;
            if (IsInRegister(operand))
                ReadFromRegister(operand);
            EmitCopy(slot, from, operand.Type);
        }
    }
}
