using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Runtime;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// References: null, identity, dynamic types, and the branches on them.
internal sealed partial class FunctionEmitter
{
    private bool EmitReference(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.RefNull:
                var start = il.Count;
                il.Emit(ILOpCode.Ldnull);
                Push(e.Type, start);
                return true;
            case Opcode.RefFunc:
                EmitHelper(in e, Support.ReferenceFunction, 0, ValType.FuncRef, e.Index);
                return true;
            case Opcode.RefIsNull:
                start = Need(1);
                il.Emit(ILOpCode.Ldnull);
                il.Emit(ILOpCode.Ceq);
                Push(ValType.I32, start, Consume(1)).IsBoolean = true;
                return true;
            case Opcode.RefEq:
                EmitPureHelper(in e, Support.ReferenceEqual, 2, ValType.I32);
                operands[count - 1].IsBoolean = true;
                return true;
            case Opcode.RefAsNonNull:
                EmitPureHelper(in e, Support.ReferenceAsNonNull, 1, e.Type);
                return true;
            case Opcode.RefI31:
                EmitPureHelper(in e, Support.I31Of, 1, ValType.I31Ref);
                return true;
            case Opcode.I31GetS:
                EmitPureHelper(in e, Support.I31Signed, 1, ValType.I32);
                return true;
            case Opcode.I31GetU:
                EmitPureHelper(in e, Support.I31Unsigned, 1, ValType.I32);
                return true;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                // The object stays the same; see Engine.
                return true;
            case Opcode.RefTest or Opcode.RefTestNull:
                EmitTypeTest(in e, Need(1));
                return true;
            case Opcode.RefCast or Opcode.RefCastNull:
                start = Need(1);
                il.Offset(e.Offset);
                CallTypeTest(in e, isCast: true);
                Push(e.TargetType, start, Consume(1));
                return true;
            case Opcode.BrOnNull:
                BranchOnNull(e.Index);
                return true;
            case Opcode.BrOnNonNull:
                BranchOnNonNull(e.Index);
                return true;
            case Opcode.BrOnCast or Opcode.BrOnCastFail:
                BranchOnCast(in e);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The label does not get the reference; whoever goes on does.</summary>
    private void BranchOnNull(int depth)
    {
        SpillBelow(0);
        var reference = operands[--count];
        spilled = count;
        LoadAsCondition(in reference);
        BranchOnCondition(depth, whenTrue: false);
        Add(reference.Type) = reference;
        spilled = count;
    }

    /// <summary>The label gets the reference; whoever goes on does not.</summary>
    private void BranchOnNonNull(int depth)
    {
        SpillBelow(0);
        var reference = operands[count - 1];
        LoadAsCondition(in reference);
        BranchOnCondition(depth, whenTrue: true);
        Truncate(count - 1);
    }

    /// <summary>A reference is a condition to the CLR: true unless it is null.</summary>
    private void LoadAsCondition(in Operand reference)
    {
        var start = il.Count;
        Load(in reference);
        Push(ValType.I32, start);
    }

    private void BranchOnCast(in InstructionEvent e)
    {
        SpillBelow(0);
        ref readonly var reference = ref operands[count - 1];
        var start = il.Count;
        Load(in reference);
        CallTypeTest(in e, isCast: false);
        Push(ValType.I32, start);
        BranchOnCondition(e.Index, whenTrue: e.Opcode == Opcode.BrOnCast);
    }

    private void EmitTypeTest(in InstructionEvent e, int start)
    {
        CallTypeTest(in e, isCast: false);
        Push(ValType.I32, start, Consume(1)).IsBoolean = true;
    }

    /// <summary>Turns the reference on top of the evaluation stack into 0 or 1; or, for a cast, traps unless it is of the type.</summary>
    private void CallTypeTest(in InstructionEvent e, bool isCast)
    {
        var heap = e.TargetType.Heap;
        var definition = heap.IsIndex ? context.Module.Types[heap.Code].Canonical! : null;
        LoadContext();
        il.Constant(heap.Code);
        il.Constant(definition?.Id ?? 0);
        il.Constant(e.TargetType.IsNullable ? 1 : 0);
        il.Call(Support.TypeTest(TypeTest.Of(context, in e), definition is { IsFinal: true }, isCast));
    }
}
