using System.Collections;
using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

// RyuJIT takes x * 1, x / 1, x - 0 and x + -0 for x, which does not quiet a signalling NaN as WebAssembly has it. So it must not know of such constants: neither where they are operands of
// arithmetic, nor where they go to a local, a block or another function, from which it would find them out.
// It also takes c - (0 - x) for x, on integer vectors, where only the first lane of c is zero: such vectors are hidden from subtractions in the same way.
internal sealed partial class FunctionEmitter
{
    private readonly BitArray isSet = new(0);
    private readonly BitArray mayReadZero = new(0);

    private static bool IsNeutral(double value) => value is 0 or 1 or -1;

    private static bool IsFloat(ValType type) => type == ValType.F32 || type == ValType.F64;

    private void ClearConstants()
    {
        (isSet.Length, mayReadZero.Length) = (localTypes.Length, localTypes.Length);
        isSet.SetAll(false);
        mayReadZero.SetAll(false);
    }

    private static bool IsVectorArithmetic(Opcode opcode) => opcode is Opcode.F32x4Add or Opcode.F32x4Sub or Opcode.F32x4Mul or Opcode.F32x4Div or Opcode.F32x4Min or Opcode.F32x4Max
        or Opcode.F64x2Add or Opcode.F64x2Sub or Opcode.F64x2Mul or Opcode.F64x2Div or Opcode.F64x2Min or Opcode.F64x2Max;

    private static bool IsVectorSubtraction(Opcode opcode) => opcode is Opcode.I8x16Sub or Opcode.I16x8Sub or Opcode.I32x4Sub or Opcode.I64x2Sub;

    /// <summary>A local's value from the function's entry, which is zero, reaches no further than the first time it is set outside of all blocks: unless RyuJIT sees a way round that, to the handlers of tries.</summary>
    private void NoteSet(int local)
    {
        if (controlCount == 1 && !sharesRegion)
            isSet[local] = true;
    }

    private void NoteRead(int local)
    {
        if (!isSet[local])
            mayReadZero[local] = true;
    }

    /// <summary>
    /// Puts zeros that RyuJIT does not know into the float and vector locals that are read before they are set. On processors with AVX-512 it may also keep a vector local as a mask, and then forgets that
    /// it was zero to begin with.
    /// </summary>
    private void HideZeroLocals()
    {
        for (var i = type.Parameters.Length; i < localTypes.Length; i++)
        {
            if (!mayReadZero[i])
                continue;
            if (IsFloat(localTypes[i]))
                il.Emit(ILOpCode.Ldsfld, Opaque.Field(localTypes[i] == ValType.F64, 0));
            else if (localTypes[i].IsVector && !sharesRegion)
                LoadHiddenZero();
            else
                continue;
            il.StoreLocal(locals[i]);
        }
        if (!sharesRegion)
            return;
        // The way round reaches temporaries too.
        for (var i = 0; i < il.Locals.Count; i++)
        {
            if (il.Locals[i] != IlType.Vector)
                continue;
            LoadHiddenZero();
            il.StoreLocal(i);
        }
    }

    private void LoadHiddenZero()
    {
        il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
        il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
        il.Call(Support.VectorFromHalves);
    }

    /// <summary>Hides the constants among the topmost operands that leave the expression, or are those of vector arithmetic.</summary>
    private void HideConstants(int first)
    {
        HideFolding(first);
        var leave = consumer is <= Opcode.TryTable or Opcode.LocalSet or Opcode.LocalTee or Opcode.Select or Opcode.SelectT;
        var isArithmetic = IsVectorArithmetic(consumer);
        var isSubtraction = IsVectorSubtraction(consumer);
        if (!leave && !isArithmetic && !isSubtraction)
            return;
        for (var i = first; i < count; i++)
        {
            ref var operand = ref operands[i];
            if (operand.IsConstant && IsFloat(operand.Type) && IsNeutral(FloatOf(in operand)))
                Hide(ref operand);
            HideVector(i, isNeutral: !isSubtraction, isTakenForZero: !isArithmetic);
        }
    }

    /// <summary>An operation on nothing but constants gives one that RyuJIT knows: it is kept from that if it could become a neutral one.</summary>
    private void HideFolding(int first)
    {
        if (first == count || InstructionTable.Info(consumer) is not { Prefix: 0 or 0xFC or 0xFD, Results: ['f' or 'd' or 'v'] } info || info.Operands?.Length != count - first)
            return;
        for (var i = first; i < count; i++)
        {
            if (!operands[i].IsConstant && !operands[i].IsConstantVector)
                return;
        }
        ref var operand = ref operands[first];
        if (operand.IsConstantVector)
        {
            operand.IsNeutralVector = true;
            HideVector(first);
            return;
        }
        var (place, since) = (operand.Start, il.Count);
        if (IsFloat(operand.Type))
            il.Instructions[place] = new IlInstruction { Code = operand.Type == ValType.F64 ? ILOpCode.Ldc_i8 : ILOpCode.Ldc_i4, Operand = operand.Type == ValType.F64 ? IlOperand.Int64 : IlOperand.Int32, Value = operand.Bits };
        EmitOrZero(operand.Type == ValType.F32 ? ValType.I32 : operand.Type);
        if (IsFloat(operand.Type))
            il.Call(operand.Type == ValType.F64 ? Support.Float64FromBits : Support.Float32FromBits);
        operand.IsConstant = false;
        Shift(first + 1, il.MoveLast(since, place + 1));
    }

    /// <summary>Hides those of two constant operands with which the result would be the other operand.</summary>
    private void HideNeutral(Opcode opcode)
    {
        for (var i = count - 2; i < count; i++)
        {
            ref var operand = ref operands[i];
            if (operand.IsConstant && IsNeutral(opcode, FloatOf(in operand)))
                Hide(ref operand);
        }
    }

    private static bool IsNeutral(Opcode opcode, double value) => opcode is Opcode.F32Add or Opcode.F64Add or Opcode.F32Min or Opcode.F64Min or Opcode.F32Max or Opcode.F64Max
        ? value == 0 && double.IsNegative(value)
        : IsNeutral(value);

    private static double FloatOf(in Operand operand) =>
        operand.Type == ValType.F64 ? BitConverter.Int64BitsToDouble(operand.Bits) : BitConverter.Int32BitsToSingle((int)operand.Bits);

    private void Hide(ref Operand operand)
    {
        il.Instructions[operand.Start] = new IlInstruction
        {
            Code = ILOpCode.Ldsfld,
            Operand = IlOperand.Member,
            Index = il.IndexOf(Opaque.Field(operand.Type == ValType.F64, operand.Bits)),
        };
        operand.IsConstant = false;
    }

    private void HideVector(int index, bool isNeutral = true, bool isTakenForZero = true)
    {
        ref var operand = ref operands[index];
        if (!(operand.IsNeutralVector && isNeutral) && !(operand.IsTakenForZero && isTakenForZero))
            return;
        operand.IsNeutralVector = operand.IsTakenForZero = operand.IsConstantVector = false;
        // Behind the first half.
        var since = il.Count;
        il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
        il.Emit(ILOpCode.Or);
        Shift(index + 1, il.MoveLast(since, operand.Start + 1));
    }
}
