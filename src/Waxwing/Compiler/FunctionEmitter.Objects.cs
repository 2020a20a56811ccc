using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Runtime;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Structs and arrays. A number's place in a struct is known from the static type: fields of a subtype come behind those of its supertype. References lie behind the numbers, so theirs is known
// where the type is final, or the object was just made.
internal sealed partial class FunctionEmitter
{
    /// <summary>So many values of a new object are stored inline; what has more is data, for which RyuJIT is spared the work.</summary>
    private const int MaximumStoredInline = 64;

    private bool EmitObject(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.StructNew:
                EmitStructNew(in e);
                break;
            case Opcode.StructNewDefault:
                EmitHelper(in e, Support.StructNew, 0, ValType.StructRef, e.Index);
                break;
            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                EmitStructGet(in e);
                break;
            case Opcode.StructSet:
                EmitStructSet(in e);
                break;
            case Opcode.ArrayNew:
                EmitHelper(in e, Support.ArrayNew(LayoutOf(e.Index).Element), 2, ValType.ArrayRef, e.Index);
                break;
            case Opcode.ArrayNewDefault:
                EmitHelper(in e, Support.ArrayNewDefault, 1, ValType.ArrayRef, e.Index);
                break;
            case Opcode.ArrayNewFixed:
                EmitArrayNewFixed(in e);
                break;
            case Opcode.ArrayNewData:
                EmitHelper(in e, Support.ArrayNewData, 2, ValType.ArrayRef, e.Index, e.Index2);
                break;
            case Opcode.ArrayNewElem:
                EmitHelper(in e, Support.ArrayNewElement, 2, ValType.ArrayRef, e.Index, e.Index2);
                break;
            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                EmitPureHelper(in e, Support.ArrayGet(LayoutOf(e.Index).Element, isSigned: e.Opcode == Opcode.ArrayGetS), 2, e.Type);
                break;
            case Opcode.ArraySet:
                var element = LayoutOf(e.Index).Element;
                Need(3);
                Narrow(element);
                EmitPureHelper(in e, Support.ArraySet(element), 3, default);
                break;
            case Opcode.ArrayLen:
                EmitPureHelper(in e, Support.ArrayLength, 1, ValType.I32);
                break;
            case Opcode.ArrayFill:
                EmitHelper(in e, Support.ArrayFill(LayoutOf(e.Index).Element), 4, default);
                break;
            case Opcode.ArrayCopy:
                EmitHelper(in e, Support.ArrayCopy, 5, default);
                break;
            case Opcode.ArrayInitData:
                EmitHelper(in e, Support.ArrayInitData, 4, default, e.Index2);
                break;
            case Opcode.ArrayInitElem:
                EmitHelper(in e, Support.ArrayInitElement, 4, default, e.Index2);
                break;
            default:
                return false;
        }
        return true;
    }

    private ObjectLayout LayoutOf(int index) => ObjectLayout.Of(context.Module.Types[index].Canonical!);

    private void EmitStructGet(in InstructionEvent e)
    {
        var layout = LayoutOf(e.Index);
        var field = layout.Fields[e.Index2];
        if (field.Storage != FieldStorage.Reference)
            EmitPureHelper(in e, Support.StructGet(field.Storage, isSigned: e.Opcode == Opcode.StructGetS), 1, e.Type, field.Offset);
        else if (layout.Type.IsFinal)
            EmitPureHelper(in e, Support.StructGetReferenceAt, 1, e.Type, OffsetOfReference(layout, field));
        else
            EmitPureHelper(in e, Support.StructGetReference, 1, e.Type, field.Offset);
    }

    private void EmitStructSet(in InstructionEvent e)
    {
        var layout = LayoutOf(e.Index);
        var field = layout.Fields[e.Index2];
        Need(2);
        Narrow(field.Storage);
        if (field.Storage != FieldStorage.Reference)
            EmitPureHelper(in e, Support.StructSet(field.Storage), 2, default, field.Offset);
        else if (layout.Type.IsFinal)
            EmitPureHelper(in e, Support.StructSetReferenceAt, 2, default, OffsetOfReference(layout, field));
        else
            EmitPureHelper(in e, Support.StructSetReference, 2, default, field.Offset);
    }

    /// <summary>Where a reference lies in objects of exactly a type, in bytes.</summary>
    private static int OffsetOfReference(ObjectLayout layout, FieldLayout field) => (int)layout.ReferencesOffset + field.Offset * nint.Size;

    /// <summary>Cuts the i32 on top of the evaluation stack to what a packed field holds.</summary>
    private void Narrow(FieldStorage storage)
    {
        if (storage == FieldStorage.Byte)
            il.Emit(ILOpCode.Conv_u1);
        else if (storage == FieldStorage.Int16)
            il.Emit(ILOpCode.Conv_u2);
    }

    private void EmitStructNew(in InstructionEvent e)
    {
        var layout = LayoutOf(e.Index);
        var number = layout.Fields.Length;
        var made = BeginNew(in e, Support.StructNew, [e.Index]);
        for (var i = 0; i < number; i++)
        {
            var field = layout.Fields[i];
            var isReference = field.Storage == FieldStorage.Reference;
            StoreInNew(made, count - number + i, field.Storage, isReference ? OffsetOfReference(layout, field) : field.Offset, Support.StructPut(field.Storage, number <= MaximumStoredInline));
        }
        FinishNew(made, number, ValType.StructRef);
    }

    private void EmitArrayNewFixed(in InstructionEvent e)
    {
        var (element, number) = (LayoutOf(e.Index).Element, e.Index2);
        var made = BeginNew(in e, Support.ArrayNewFixed, [e.Index, number]);
        for (var i = 0; i < number; i++)
            StoreInNew(made, count - number + i, element, i, Support.ArrayPut(element, number <= MaximumStoredInline));
        FinishNew(made, number, ValType.ArrayRef);
    }

    /// <summary>Makes an object with zeros and nulls, in a local; its values wait in locals, or are constants.</summary>
    private int BeginNew(in InstructionEvent e, System.Reflection.MethodInfo creation, ReadOnlySpan<int> constants)
    {
        SpillBelow(0);
        il.Offset(e.Offset);
        LoadContext();
        foreach (var constant in constants)
            il.Constant(constant);
        il.Call(creation);
        var made = Rent(IlType.Object);
        il.StoreLocal(made);
        return made;
    }

    private void StoreInNew(int made, int operand, FieldStorage storage, int place, System.Reflection.MethodInfo put)
    {
        ref readonly var value = ref operands[operand];
        if (value is { IsConstant: true, Bits: 0 })
            return;
        il.LoadLocal(made);
        Load(in value);
        Narrow(storage);
        il.Constant(place);
        il.Call(put);
    }

    private void FinishNew(int made, int number, ValType result)
    {
        Truncate(count - number);
        var start = il.Count;
        il.LoadLocal(made);
        Return(made);
        Push(result, start);
    }
}
