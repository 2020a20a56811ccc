using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Instructions that are calls of their operation in Numerics: most of floating point, conversions and vectors. RyuJIT inlines them.
internal sealed partial class FunctionEmitter
{
    private bool EmitOperation(in InstructionEvent e)
    {
        var info = InstructionTable.Info(e.Opcode);
        if (info.Operands is not { } signature || OperationTable.Find(e.Opcode) is not { } operation || info.Prefix == 0xFE || info.Immediates is ImmediateKind.Memarg or ImmediateKind.MemargLane)
            return e.Opcode == Opcode.V128Const && EmitVectorConstant(e.Immediate, e.Immediate2);
        if (info.Results!.Length != 1)
            return false;
        if (EmitConstantSplat(e.Opcode))
            return true;
        var start = Need(signature.Length);
        if (e.Opcode is Opcode.F32Min or Opcode.F64Min or Opcode.F32Max or Opcode.F64Max)
            HideNeutral(e.Opcode);
        if (operation.MayTrap)
            il.Offset(e.Offset);
        if (e.Opcode == Opcode.F32ReinterpretI32)
            HideNarrowLoad();
        switch (info.Immediates)
        {
            case ImmediateKind.Lane when signature.Length == 2:
                // value, scalar, lane
                il.Constant(e.Index);
                break;
            case ImmediateKind.Lane:
                il.Constant(e.Index);
                break;
            case ImmediateKind.Lanes16:
                LoadVector(e.Immediate, e.Immediate2);
                break;
        }
        il.Call(operation.Method);
        ref var result = ref Push(TypeOf(info.Results[0]), start, Consume(signature.Length));
        result.IsRotation = IsRotation(e.Opcode);
        return true;
    }

    /// <summary>The lanes of a constant are a constant vector.</summary>
    private bool EmitConstantSplat(Opcode opcode)
    {
        if (opcode is not (Opcode.I8x16Splat or Opcode.I16x8Splat or Opcode.I32x4Splat or Opcode.I64x2Splat or Opcode.F32x4Splat or Opcode.F64x2Splat) || !operands[count - 1].IsConstant)
            return false;
        var bits = (ulong)operands[count - 1].Bits;
        if (spilled == count)
            spilled--;
        else
            il.Truncate(operands[count - 1].Start);
        count--;
        var lanes = opcode switch
        {
            Opcode.I8x16Splat => (byte)bits * 0x0101_0101_0101_0101UL,
            Opcode.I16x8Splat => (ushort)bits * 0x0001_0001_0001_0001UL,
            Opcode.I32x4Splat or Opcode.F32x4Splat => (uint)bits * 0x0000_0001_0000_0001UL,
            _ => bits,
        };
        return EmitVectorConstant(lanes, lanes);
    }

    private bool EmitVectorConstant(ulong low, ulong high)
    {
        var start = il.Count;
        LoadVector(low, high);
        ref var operand = ref Push(ValType.V128, start);
        operand.IsNeutralVector = low == high && (IsNeutral(BitConverter.UInt64BitsToDouble(low)) || ((uint)low == low >> 32 && IsNeutral(BitConverter.UInt32BitsToSingle((uint)low))));
        operand.IsConstantVector = true;
        operand.IsTakenForZero = (byte)low == 0 && (low | high) != 0;
        return true;
    }

    private void LoadVector(ulong low, ulong high)
    {
        il.Constant((long)low);
        if (HasSignallingLane(low) || HasSignallingLane(high))
        {
            // RyuJIT folds operations on constant vectors without quieting NaNs, or quiets what is only moved: it must not know these.
            il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
            il.Emit(ILOpCode.Or);
        }
        il.Constant((long)high);
        il.Call(Support.VectorFromHalves);
    }

    private static bool HasSignallingLane(ulong half) =>
        IsSignalling((uint)half) || IsSignalling((uint)(half >> 32)) || (double.IsNaN(BitConverter.UInt64BitsToDouble(half)) && (half & 1UL << 51) == 0);

    private static bool IsSignalling(uint lane) => float.IsNaN(BitConverter.UInt32BitsToSingle(lane)) && (lane & 1u << 22) == 0;

    private static ValType TypeOf(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' => ValType.F32,
        'd' => ValType.F64,
        _ => ValType.V128,
    };
}
