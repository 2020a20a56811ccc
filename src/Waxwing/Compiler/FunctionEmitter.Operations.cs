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
        var start = Need(signature.Length);
        if (operation.MayTrap)
            il.Offset(e.Offset);
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
        Push(TypeOf(info.Results[0]), start, Consume(signature.Length));
        return true;
    }

    private bool EmitVectorConstant(ulong low, ulong high)
    {
        var start = il.Count;
        LoadVector(low, high);
        Push(ValType.V128, start);
        return true;
    }

    private void LoadVector(ulong low, ulong high)
    {
        il.Constant((long)low);
        il.Constant((long)high);
        il.Call(Support.VectorFromHalves);
    }

    private static ValType TypeOf(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' => ValType.F32,
        'd' => ValType.F64,
        _ => ValType.V128,
    };
}
