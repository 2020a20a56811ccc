using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Numeric instructions: as CIL instructions where there is one, else as calls of the operation, which RyuJIT inlines.
internal sealed partial class FunctionEmitter
{
    /// <summary>A comparison, or a test for zero, that the next instruction may turn into a branch.</summary>
    private enum Relation : byte { None, Equal, NotEqual, Less, LessUnsigned, Greater, GreaterUnsigned, LessOrEqual, LessOrEqualUnsigned, GreaterOrEqual, GreaterOrEqualUnsigned, Zero, NotZero }

    private (Relation Relation, bool IsFloat, bool IsNegated) comparison;

    /// <summary>Whether what a pending test compares with zero is an i64.</summary>
    private bool isWide;

    private bool EmitNumeric(in InstructionEvent e)
    {
        var opcode = e.Opcode;
        switch (opcode)
        {
            case Opcode.I32Const:
                PushConstant(ValType.I32, (int)e.Immediate);
                return true;
            case Opcode.I64Const:
                PushConstant(ValType.I64, (long)e.Immediate);
                return true;
            case Opcode.F32Const:
                EmitFloat32((uint)e.Immediate);
                return true;
            case Opcode.F64Const:
                EmitFloat64(e.Immediate);
                return true;
            case Opcode.I32Eqz or Opcode.I64Eqz:
                EmitZeroTest();
                return true;
            case Opcode.I32Add or Opcode.I64Add:
                return EmitBinary(ILOpCode.Add);
            case Opcode.I32Sub or Opcode.I64Sub:
                return EmitBinary(ILOpCode.Sub);
            case Opcode.I32Mul or Opcode.I64Mul:
                return EmitBinary(ILOpCode.Mul);
            case Opcode.I32And or Opcode.I64And:
                return EmitBinary(ILOpCode.And);
            case Opcode.I32Or or Opcode.I64Or:
                return EmitBinary(ILOpCode.Or);
            case Opcode.I32Xor or Opcode.I64Xor:
                return EmitBinary(ILOpCode.Xor);
            case Opcode.I32Shl or Opcode.I64Shl:
                return EmitShift(ILOpCode.Shl);
            case Opcode.I32ShrS or Opcode.I64ShrS:
                return EmitShift(ILOpCode.Shr);
            case Opcode.I32ShrU or Opcode.I64ShrU:
                return EmitShift(ILOpCode.Shr_un);
            case Opcode.I32DivS or Opcode.I64DivS:
                il.Offset(e.Offset);
                return EmitBinary(ILOpCode.Div);
            case Opcode.I32DivU or Opcode.I64DivU:
                il.Offset(e.Offset);
                return EmitBinary(ILOpCode.Div_un);
            case Opcode.I32RemU or Opcode.I64RemU:
                il.Offset(e.Offset);
                return EmitBinary(ILOpCode.Rem_un);
            case Opcode.I32RemS or Opcode.I64RemS:
                return EmitSignedRemainder(in e);
            case Opcode.F32Add or Opcode.F64Add or Opcode.F32Sub or Opcode.F64Sub or Opcode.F32Mul or Opcode.F64Mul or Opcode.F32Div or Opcode.F64Div:
                return EmitFloat(opcode);
            case Opcode.F32Neg or Opcode.F64Neg:
                return EmitUnary(ILOpCode.Neg);
            case Opcode.I32WrapI64:
                return EmitConversion(ILOpCode.Conv_i4, ValType.I32);
            case Opcode.I64ExtendI32S:
                return EmitConversion(ILOpCode.Conv_i8, ValType.I64);
            case Opcode.I64ExtendI32U:
                return EmitConversion(ILOpCode.Conv_u8, ValType.I64);
            case Opcode.I32Extend8S:
                return EmitConversion(ILOpCode.Conv_i1, ValType.I32);
            case Opcode.I32Extend16S:
                return EmitConversion(ILOpCode.Conv_i2, ValType.I32);
            case Opcode.F64PromoteF32:
                return EmitConversion(ILOpCode.Conv_r8, ValType.F64);
            case Opcode.F32ConvertI32S or Opcode.F32ConvertI64S:
                return EmitConversion(ILOpCode.Conv_r4, ValType.F32);
            case Opcode.F64ConvertI32S or Opcode.F64ConvertI64S:
                return EmitConversion(ILOpCode.Conv_r8, ValType.F64);
            case Opcode.I32Eq or Opcode.I64Eq:
                return EmitComparison(Relation.Equal);
            case Opcode.I32Ne or Opcode.I64Ne:
                return EmitComparison(Relation.NotEqual);
            case Opcode.I32LtS or Opcode.I64LtS:
                return EmitComparison(Relation.Less);
            case Opcode.I32LtU or Opcode.I64LtU:
                return EmitComparison(Relation.LessUnsigned);
            case Opcode.I32GtS or Opcode.I64GtS:
                return EmitComparison(Relation.Greater);
            case Opcode.I32GtU or Opcode.I64GtU:
                return EmitComparison(Relation.GreaterUnsigned);
            case Opcode.I32LeS or Opcode.I64LeS:
                return EmitComparison(Relation.LessOrEqual);
            case Opcode.I32LeU or Opcode.I64LeU:
                return EmitComparison(Relation.LessOrEqualUnsigned);
            case Opcode.I32GeS or Opcode.I64GeS:
                return EmitComparison(Relation.GreaterOrEqual);
            case Opcode.I32GeU or Opcode.I64GeU:
                return EmitComparison(Relation.GreaterOrEqualUnsigned);
            case Opcode.F32Eq or Opcode.F64Eq:
                return EmitComparison(Relation.Equal, isFloat: true);
            case Opcode.F32Ne or Opcode.F64Ne:
                return EmitComparison(Relation.NotEqual, isFloat: true);
            case Opcode.F32Lt or Opcode.F64Lt:
                return EmitComparison(Relation.Less, isFloat: true);
            case Opcode.F32Gt or Opcode.F64Gt:
                return EmitComparison(Relation.Greater, isFloat: true);
            case Opcode.F32Le or Opcode.F64Le:
                return EmitComparison(Relation.LessOrEqual, isFloat: true);
            case Opcode.F32Ge or Opcode.F64Ge:
                return EmitComparison(Relation.GreaterOrEqual, isFloat: true);
        }
        return EmitOperation(in e);
    }

    private bool EmitBinary(ILOpCode code)
    {
        var start = Need(2);
        il.Emit(code);
        var result = operands[count - 1].Type;
        Push(result, start, Consume(2)).WasRotation = wasRotation;
        return true;
    }

    private bool EmitUnary(ILOpCode code)
    {
        var start = Need(1);
        il.Emit(code);
        var result = operands[count - 1].Type;
        Push(result, start, Consume(1));
        return true;
    }

    private bool EmitConversion(ILOpCode code, ValType to)
    {
        var start = Need(1);
        il.Emit(code);
        Push(to, start, Consume(1));
        return true;
    }

    /// <summary>The count is taken modulo the width; the CLR leaves larger ones undefined.</summary>
    private bool EmitShift(ILOpCode code)
    {
        var start = Need(2);
        var shifted = operands[count - 1];
        var mask = shifted.Type == ValType.I64 ? 63 : 31;
        if (shifted.IsConstant)
        {
            il.Truncate(shifted.Start);
            il.Constant((int)shifted.Bits & mask);
        }
        else
        {
            if (mask == 63)
                il.Emit(ILOpCode.Conv_i4);
            il.Constant(mask);
            il.Emit(ILOpCode.And);
        }
        il.Emit(code);
        Push(shifted.Type, start, Consume(2));
        return true;
    }

    /// <summary>The processor faults on the smallest number modulo -1, which is 0.</summary>
    private bool EmitSignedRemainder(in InstructionEvent e)
    {
        il.Offset(e.Offset);
        ref var divisor = ref operands[count - 1];
        if (divisor is { IsConstant: true, Bits: not -1 and not 0 })
            return EmitBinary(ILOpCode.Rem);
        var start = Need(2);
        var result = operands[count - 1].Type;
        il.Call(result == ValType.I64 ? Support.Remainder64 : Support.Remainder32);
        Push(result, start, Consume(2));
        return true;
    }

    private bool EmitFloat(Opcode opcode)
    {
        var start = Need(2);
        HideNeutral(opcode);
        il.Emit(opcode switch
        {
            Opcode.F32Add or Opcode.F64Add => ILOpCode.Add,
            Opcode.F32Sub or Opcode.F64Sub => ILOpCode.Sub,
            Opcode.F32Mul or Opcode.F64Mul => ILOpCode.Mul,
            _ => ILOpCode.Div,
        });
        var result = operands[count - 1].Type;
        Push(result, start, Consume(2));
        return true;
    }

    private void EmitFloat32(uint bits)
    {
        if (!float.IsNaN(BitConverter.UInt32BitsToSingle(bits)))
        {
            PushConstant(ValType.F32, bits);
            return;
        }
        // A NaN's payload would not survive as a constant of the CLR.
        var start = il.Count;
        il.Constant((int)bits);
        il.Call(Support.Float32FromBits);
        Push(ValType.F32, start);
    }

    private void EmitFloat64(ulong bits)
    {
        if (!double.IsNaN(BitConverter.UInt64BitsToDouble(bits)))
        {
            PushConstant(ValType.F64, (long)bits);
            return;
        }
        var start = il.Count;
        il.Constant((long)bits);
        il.Call(Support.Float64FromBits);
        Push(ValType.F64, start);
    }

    // Comparisons stay pending until it is known whether a branch wants them.

    private bool EmitComparison(Relation relation, bool isFloat = false)
    {
        var start = Need(2);
        var depth = Consume(2);
        PushComparison(relation, isFloat);
        operands[count - 1].Start = start;
        operands[count - 1].Depth = Math.Min(depth, MaximumDepth);
        return true;
    }

    private void PushComparison(Relation relation, bool isFloat)
    {
        // Not by way of Push: while it is pending, it is its two operands that lie on the evaluation stack.
        ref var operand = ref Add(ValType.I32);
        (operand.Start, operand.Local) = (il.Count, -1);
        comparison = (relation, isFloat, false);
    }

    private void EmitZeroTest()
    {
        if (comparison.Relation != Relation.None)
        {
            comparison = comparison.IsFloat ? comparison with { IsNegated = !comparison.IsNegated } : comparison with { Relation = Inverse(comparison.Relation) };
            return;
        }
        var start = Need(1);
        isWide = operands[count - 1].Type == ValType.I64;
        var depth = Consume(1);
        PushComparison(Relation.Zero, isFloat: false);
        operands[count - 1].Start = start;
        operands[count - 1].Depth = Math.Min(depth, MaximumDepth);
    }

    /// <summary>Makes a pending comparison a number.</summary>
    private void SettleComparison()
    {
        var (relation, isFloat, negated) = comparison;
        comparison = default;
        // The operands of the comparison are on the evaluation stack.
        switch (relation)
        {
            case Relation.Equal:
                il.Emit(ILOpCode.Ceq);
                break;
            case Relation.NotEqual:
                il.Emit(ILOpCode.Ceq);
                negated = !negated;
                break;
            case Relation.Less:
                il.Emit(ILOpCode.Clt);
                break;
            case Relation.LessUnsigned:
                il.Emit(ILOpCode.Clt_un);
                break;
            case Relation.Greater:
                il.Emit(ILOpCode.Cgt);
                break;
            case Relation.GreaterUnsigned:
                il.Emit(ILOpCode.Cgt_un);
                break;
            case Relation.LessOrEqual:
                il.Emit(isFloat ? ILOpCode.Cgt_un : ILOpCode.Cgt);
                negated = !negated;
                break;
            case Relation.LessOrEqualUnsigned:
                il.Emit(ILOpCode.Cgt_un);
                negated = !negated;
                break;
            case Relation.GreaterOrEqual:
                il.Emit(isFloat ? ILOpCode.Clt_un : ILOpCode.Clt);
                negated = !negated;
                break;
            case Relation.GreaterOrEqualUnsigned:
                il.Emit(ILOpCode.Clt_un);
                negated = !negated;
                break;
            case Relation.Zero or Relation.NotZero:
                if (isWide)
                    il.Constant(0L);
                else
                    il.Constant(0);
                il.Emit(relation == Relation.Zero ? ILOpCode.Ceq : ILOpCode.Cgt_un);
                break;
        }
        if (negated)
        {
            il.Constant(0);
            il.Emit(ILOpCode.Ceq);
        }
        operands[count - 1].Depth++;
        operands[count - 1].IsBoolean = true;
    }

    /// <summary>Jumps depending on the condition on top, and pops it: merged with a pending comparison.</summary>
    private void EmitConditional(bool whenTrue, int label)
    {
        var (relation, isFloat, negated) = comparison;
        comparison = default;
        count--;
        whenTrue ^= negated;
        if (relation == Relation.None && IsStoredComparison())
        {
            // RyuJIT fails on a test for zero when it unrolls a loop, and starts again without optimising the function.
            il.Constant(1);
            il.Branch(whenTrue ? ILOpCode.Beq : ILOpCode.Bne_un, label);
        }
        else if (relation == Relation.None)
            il.Branch(whenTrue ? ILOpCode.Brtrue : ILOpCode.Brfalse, label);
        else if (isFloat && !whenTrue)
            il.Branch(UnorderedInverse(relation), label);
        else
            il.Branch(BranchOn(whenTrue ? relation : Inverse(relation)), label);
    }

    /// <summary>Whether what is on top is a variable that was just set to the result of a comparison.</summary>
    private bool IsStoredComparison() => il.Instructions is
    [
        ..,
        { Code: ILOpCode.Ceq or ILOpCode.Cgt or ILOpCode.Cgt_un or ILOpCode.Clt or ILOpCode.Clt_un },
        { Code: ILOpCode.Stloc or ILOpCode.Starg, Index: var stored } store,
        { Code: ILOpCode.Ldloc or ILOpCode.Ldarg, Index: var loaded } load,
    ] && stored == loaded && store.Operand == load.Operand;

    private static Relation Inverse(Relation relation) => relation switch
    {
        Relation.Equal => Relation.NotEqual,
        Relation.NotEqual => Relation.Equal,
        Relation.Less => Relation.GreaterOrEqual,
        Relation.LessUnsigned => Relation.GreaterOrEqualUnsigned,
        Relation.Greater => Relation.LessOrEqual,
        Relation.GreaterUnsigned => Relation.LessOrEqualUnsigned,
        Relation.LessOrEqual => Relation.Greater,
        Relation.LessOrEqualUnsigned => Relation.GreaterUnsigned,
        Relation.GreaterOrEqual => Relation.Less,
        Relation.GreaterOrEqualUnsigned => Relation.LessUnsigned,
        Relation.Zero => Relation.NotZero,
        _ => Relation.Zero,
    };

    private static ILOpCode BranchOn(Relation relation) => relation switch
    {
        Relation.Equal => ILOpCode.Beq,
        Relation.NotEqual => ILOpCode.Bne_un,
        Relation.Less => ILOpCode.Blt,
        Relation.LessUnsigned => ILOpCode.Blt_un,
        Relation.Greater => ILOpCode.Bgt,
        Relation.GreaterUnsigned => ILOpCode.Bgt_un,
        Relation.LessOrEqual => ILOpCode.Ble,
        Relation.LessOrEqualUnsigned => ILOpCode.Ble_un,
        Relation.GreaterOrEqual => ILOpCode.Bge,
        Relation.GreaterOrEqualUnsigned => ILOpCode.Bge_un,
        Relation.Zero => ILOpCode.Brfalse,
        _ => ILOpCode.Brtrue,
    };

    /// <summary>Branches when a floating-point relation does not hold, which it never does for NaN (`ne` always does).</summary>
    private static ILOpCode UnorderedInverse(Relation relation) => relation switch
    {
        Relation.Equal => ILOpCode.Bne_un,
        Relation.NotEqual => ILOpCode.Beq,
        Relation.Less => ILOpCode.Bge_un,
        Relation.Greater => ILOpCode.Ble_un,
        Relation.LessOrEqual => ILOpCode.Bgt_un,
        _ => ILOpCode.Blt_un,
    };
}
