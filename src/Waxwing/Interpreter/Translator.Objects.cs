using Waxwing.Instructions;
using Waxwing.Runtime;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// What is frequent in code that works on objects: it reads its operands where they are, puts its result where that is wanted, and knows the layout of fields.
internal sealed unsafe partial class Translator
{
    /// <summary>A ← field at offset C of the struct in B; the variant is how the field is stored.</summary>
    private void TranslateStructGet(in InstructionEvent e)
    {
        var field = FieldOf(e);
        var target = Pop();
        var slot = SlotOf(ref target);
        var operation = Emit((int)e.Opcode, (int)field.Storage);
        (operations[operation].B, operations[operation].C) = (slot, field.Offset);
        PushResult(context.Module.Types[e.Index].Fields[e.Index2].Unpacked, operation);
    }

    /// <summary>Field at offset C of the struct in A ← B.</summary>
    private void TranslateStructSet(in InstructionEvent e)
    {
        var field = FieldOf(e);
        var (value, target) = (Pop(), Pop());
        var slot = SlotOf(ref target);
        var (from, valueSlot) = Source(ref value);
        var operation = Emit((int)e.Opcode, ObjectVariant.Of(field.Storage, value: from));
        (operations[operation].A, operations[operation].B, operations[operation].C) = (slot, valueSlot, field.Offset);
    }

    private FieldLayout FieldOf(in InstructionEvent e) => LayoutOf(e.Index).Fields[e.Index2];

    private ObjectLayout LayoutOf(int index) => ObjectLayout.Of(context.Module.Types[index].Canonical!);

    /// <summary>A ← element C of the array in B; the variant is how elements are stored, and where the index comes from.</summary>
    private void TranslateArrayGet(in InstructionEvent e)
    {
        var (index, target) = (Pop(), Pop());
        var slot = SlotOf(ref target);
        var (from, indexSlot) = Source(ref index);
        var operation = Emit((int)e.Opcode, ObjectVariant.Of(LayoutOf(e.Index).Element, index: from));
        (operations[operation].B, operations[operation].C) = (slot, indexSlot);
        PushResult(context.Module.Types[e.Index].Fields[0].Unpacked, operation);
    }

    /// <summary>Element C of the array in A ← B.</summary>
    private void TranslateArraySet(in InstructionEvent e)
    {
        var (value, index, target) = (Pop(), Pop(), Pop());
        var slot = SlotOf(ref target);
        var indexSlot = SlotOf(ref index);
        var (from, valueSlot) = Source(ref value);
        var operation = Emit((int)e.Opcode, ObjectVariant.Of(LayoutOf(e.Index).Element, value: from, index: Take(index) ? Variant.Last : Variant.Slot));
        (operations[operation].A, operations[operation].B, operations[operation].C) = (slot, valueSlot, indexSlot);
    }

    /// <summary>
    /// Where an operand is read from (<see cref="Variant.Slot"/>, <see cref="Variant.Constant"/>, <see cref="Variant.Last"/>), and the slot or constant for the field. Nothing may be
    /// emitted between this and the instruction.
    /// </summary>
    private (int Variant, int Field) Source(ref Operand operand)
    {
        if (operand.Kind == OperandKind.Constant && FitsField(operand))
            return (Variant.Constant, (int)operand.Bits);
        var slot = SlotOf(ref operand);
        return (Take(operand) ? Variant.Last : Variant.Slot, slot);
    }

    /// <summary>A ← entry of table C whose index is in B.</summary>
    private void TranslateTableGet(in InstructionEvent e)
    {
        var index = Pop();
        var slot = SlotOf(ref index);
        var operation = Emit((int)e.Opcode, Is64(e.Index));
        (operations[operation].B, operations[operation].C) = (slot, e.Index);
        PushResult(context.Tables[e.Index].Element, operation);
    }

    /// <summary>Entry of table C whose index is in A ← B.</summary>
    private void TranslateTableSet(in InstructionEvent e)
    {
        var (value, index) = (Pop(), Pop());
        var (valueSlot, slot) = (SlotOf(ref value), SlotOf(ref index));
        var operation = Emit((int)e.Opcode, Is64(e.Index));
        (operations[operation].A, operations[operation].B, operations[operation].C) = (slot, valueSlot, e.Index);
    }

    /// <summary>A ← number made from the reference in B: array.len, i31.get, ref.is_null, ref.test (of a type in C, D: whether null passes).</summary>
    private void TranslateInspection(int code, int variant = 0, int c = 0, int d = 0)
    {
        var operand = Pop();
        Inspect(SlotOf(ref operand), code, variant, c, d);
    }

    private void Inspect(int slot, int code, int variant, int c, int d)
    {
        var operation = Emit(code, variant);
        (operations[operation].B, operations[operation].C, operations[operation].D) = (slot, c, d);
        PushResult(ValType.I32, operation);
    }

    private void TranslateReferenceEqual()
    {
        var (right, left) = (Pop(), Pop());
        var (leftSlot, rightSlot) = (SlotOf(ref left), SlotOf(ref right));
        var operation = Emit((int)Opcode.RefEq, 0);
        (operations[operation].B, operations[operation].C) = (leftSlot, rightSlot);
        PushResult(ValType.I32, operation);
    }

    /// <summary>Traps unless the reference on top (its slot goes to B) is as the instruction demands; the reference stays where it is.</summary>
    private void TranslateDemand(int code, int variant = 0, int c = 0, int d = 0)
    {
        var slot = SlotOf(ref operands[operandCount - 1]);
        var operation = Emit(code, variant);
        (operations[operation].B, operations[operation].C, operations[operation].D) = (slot, c, d);
    }
}
