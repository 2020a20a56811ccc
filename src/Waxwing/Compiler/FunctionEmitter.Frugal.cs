using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Giant functions. RyuJIT can take only so many temporaries of its own in code that it inlines (see BodyInliner), and it makes one for each value that is on the evaluation stack where
// something with an effect happens. So what lies below the operands of such an instruction goes to locals, which are shared.
internal sealed partial class FunctionEmitter
{
    private bool isFrugal;

    private void BeFrugal(in InstructionEvent e)
    {
        if (count == spilled && (sharesRegion || innermost is null) && comparison.Relation == Relation.None)
            il.Boundary();
        var consumed = OperandsWithEffect(in e);
        if (consumed >= 0)
            SpillBelow(consumed);
    }

    /// <summary>How many operands an instruction has that may have an effect, or becomes a call; -1 for others.</summary>
    private int OperandsWithEffect(in InstructionEvent e) => e.Opcode switch
    {
        Opcode.Call => e.Parameters.Length,
        Opcode.CallIndirect or Opcode.CallRef => e.Parameters.Length + 1,
        Opcode.LocalSet or Opcode.LocalTee or Opcode.GlobalSet => 1,
        Opcode.LocalGet or Opcode.GlobalGet or Opcode.Drop or Opcode.Select or Opcode.SelectT or Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const => -1,
        >= Opcode.I32Eqz and <= Opcode.F64Ge => -1,
        Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor or Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU => -1,
        Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor or Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU => -1,
        Opcode.I32WrapI64 or Opcode.I64ExtendI32S or Opcode.I64ExtendI32U => -1,
        >= Opcode.I32Load and <= Opcode.I64Load32U when IsGuardedMemory(e.Index) || HasOwnChecks(in e) => -1,
        _ => InstructionTable.Info(e.Opcode).Operands?.Length ?? -1,
    };

    /// <summary>A `select` without a call: of integers by arithmetic, of others by a branch.</summary>
    private void EmitFrugalSelect()
    {
        SpillBelow(1);
        Need(1);
        var selected = IlTypes.Of(operands[count - 2].Type);
        if (selected is IlType.Int32 or IlType.Int64)
            EmitSelectByArithmetic(selected);
        else
            EmitSelectByBranch(selected);
    }

    /// <summary>second ^ ((first ^ second) &amp; -flag), like the methods that <see cref="Support.Select"/> finds.</summary>
    private void EmitSelectByArithmetic(IlType selected)
    {
        if (comparison.Relation != Relation.None)
            SettleComparison();
        var (first, second, condition) = (operands[count - 3], operands[count - 2], operands[count - 1]);
        if (!condition.IsBoolean)
        {
            il.Constant(0);
            il.Emit(ILOpCode.Cgt_un);
        }
        if (selected == IlType.Int64)
            il.Emit(ILOpCode.Conv_u8);
        il.Emit(ILOpCode.Neg);
        Load(in first);
        Load(in second);
        il.Emit(ILOpCode.Xor);
        il.Emit(ILOpCode.And);
        Load(in second);
        il.Emit(ILOpCode.Xor);
        Release(in first);
        Release(in second);
        count -= 3;
        spilled = Math.Min(spilled, count);
        Push(second.Type, condition.Start, condition.Depth + 3);
    }

    private void EmitSelectByBranch(IlType selected)
    {
        var (first, second) = (operands[count - 3], operands[count - 2]);
        var result = first.Local;
        if (!first.IsOwner)
        {
            NoteUses(operands[count - 1].Start);
            result = RentUnnoted(selected);
            var since = il.Count;
            Load(in first);
            il.StoreLocal(result);
            Shift(count - 1, il.MoveLast(since, operands[count - 1].Start));
        }
        var skip = il.NewLabel();
        EmitConditional(whenTrue: true, skip);
        Load(in second);
        il.StoreLocal(result);
        il.Mark(skip);
        Release(in second);
        count -= 2;
        spilled = count;
        PushInLocal(second.Type, result, isOwner: true);
    }
}
