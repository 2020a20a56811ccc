using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Memory accesses of vectors that are not plain: a scalar is loaded or stored, and an operation of Numerics makes a vector of it, or it of a vector. And the instructions with two results.
internal sealed partial class FunctionEmitter
{
    private bool EmitVectorMemory(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.V128Load8x8S or Opcode.V128Load8x8U or Opcode.V128Load16x4S or Opcode.V128Load16x4U or Opcode.V128Load32x2S or Opcode.V128Load32x2U or Opcode.V128Load64Zero:
                EmitExpandingLoad(in e, ILOpCode.Ldind_i8, ValType.I64, e.Opcode);
                break;
            case Opcode.V128Load32Zero:
                EmitExpandingLoad(in e, ILOpCode.Ldind_u4, ValType.I32, e.Opcode);
                break;
            case Opcode.V128Load8Splat:
                EmitExpandingLoad(in e, ILOpCode.Ldind_u1, ValType.I32, Opcode.I8x16Splat);
                break;
            case Opcode.V128Load16Splat:
                EmitExpandingLoad(in e, ILOpCode.Ldind_u2, ValType.I32, Opcode.I16x8Splat);
                break;
            case Opcode.V128Load32Splat:
                EmitExpandingLoad(in e, ILOpCode.Ldind_i4, ValType.I32, Opcode.I32x4Splat);
                break;
            case Opcode.V128Load64Splat:
                EmitExpandingLoad(in e, ILOpCode.Ldind_i8, ValType.I64, Opcode.I64x2Splat);
                break;
            case Opcode.V128Load8Lane:
                EmitLoadLane(in e, ILOpCode.Ldind_u1, ValType.I32, Opcode.I8x16ReplaceLane);
                break;
            case Opcode.V128Load16Lane:
                EmitLoadLane(in e, ILOpCode.Ldind_u2, ValType.I32, Opcode.I16x8ReplaceLane);
                break;
            case Opcode.V128Load32Lane:
                EmitLoadLane(in e, ILOpCode.Ldind_i4, ValType.I32, Opcode.I32x4ReplaceLane);
                break;
            case Opcode.V128Load64Lane:
                EmitLoadLane(in e, ILOpCode.Ldind_i8, ValType.I64, Opcode.I64x2ReplaceLane);
                break;
            case Opcode.V128Store8Lane:
                EmitStoreLane(in e, ILOpCode.Stind_i1, ValType.I32, Opcode.I8x16ExtractLaneU);
                break;
            case Opcode.V128Store16Lane:
                EmitStoreLane(in e, ILOpCode.Stind_i2, ValType.I32, Opcode.I16x8ExtractLaneU);
                break;
            case Opcode.V128Store32Lane:
                EmitStoreLane(in e, ILOpCode.Stind_i4, ValType.I32, Opcode.I32x4ExtractLane);
                break;
            case Opcode.V128Store64Lane:
                EmitStoreLane(in e, ILOpCode.Stind_i8, ValType.I64, Opcode.I64x2ExtractLane);
                break;
            default:
                return false;
        }
        return true;
    }

    /// <summary>A load whose value an operation makes a vector of.</summary>
    private void EmitExpandingLoad(in InstructionEvent e, ILOpCode load, ValType loaded, Opcode operation)
    {
        EmitLoad(in e, load, ILOpCode.Nop, loaded);
        var start = Need(1);
        il.Call(OperationTable.Find(operation)!.Method);
        Push(ValType.V128, start, Consume(1));
    }

    /// <summary>The vector is computed before the access, which may trap; and it goes before what was loaded.</summary>
    private void EmitLoadLane(in InstructionEvent e, ILOpCode load, ValType lane, Opcode replacement)
    {
        Need(2);
        var vector = Rent(IlType.Vector);
        il.StoreLocal(vector);
        Consume(1);
        // A constant index is not the last instruction any more, to be taken back.
        operands[count - 1].IsConstant = false;
        EmitLoad(in e, load, ILOpCode.Nop, lane);
        var start = Need(1);
        var scalar = Rent(IlTypes.Of(lane));
        il.StoreLocal(scalar);
        il.LoadLocal(vector);
        il.LoadLocal(scalar);
        Return(vector);
        Return(scalar);
        il.Constant(e.Index2);
        il.Call(OperationTable.Find(replacement)!.Method);
        Push(ValType.V128, start, Consume(1));
    }

    private void EmitStoreLane(in InstructionEvent e, ILOpCode store, ValType lane, Opcode extraction)
    {
        var start = Need(1);
        il.Constant(e.Index2);
        il.Call(OperationTable.Find(extraction)!.Method);
        Push(lane, start, Consume(1));
        EmitStore(in e, store);
    }

    private bool EmitWide(in InstructionEvent e)
    {
        if (e.Opcode is not (Opcode.I64Add128 or Opcode.I64Sub128 or Opcode.I64MulWideS or Opcode.I64MulWideU))
            return false;
        var number = InstructionTable.Info(e.Opcode).Operands!.Length;
        Need(number);
        var (low, high) = (Rent(IlType.Int64), Rent(IlType.Int64));
        il.LoadLocalAddress(low);
        il.LoadLocalAddress(high);
        il.Call(OperationTable.Find(e.Opcode)!.Method);
        Consume(number);
        PushInLocal(ValType.I64, low, isOwner: true);
        PushInLocal(ValType.I64, high, isOwner: true);
        return true;
    }
}
