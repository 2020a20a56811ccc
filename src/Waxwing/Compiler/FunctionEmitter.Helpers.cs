using System.Reflection;
using System.Reflection.Metadata;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Instructions that are a call of a helper with their operands; most helpers are inlined.
internal sealed partial class FunctionEmitter
{
    /// <summary>Calls a helper of the topmost operands, the context and constants; pushes the result unless its type is bottom.</summary>
    private void EmitHelper(in InstructionEvent e, MethodInfo helper, int number, ValType result, params ReadOnlySpan<int> constants)
    {
        var start = Need(number);
        il.Offset(e.Offset);
        LoadContext();
        FinishHelper(helper, number, start, result, constants);
    }

    /// <summary>Calls a helper of the topmost operands and constants.</summary>
    private void EmitPureHelper(in InstructionEvent e, MethodInfo helper, int number, ValType result, params ReadOnlySpan<int> constants)
    {
        var start = Need(number);
        il.Offset(e.Offset);
        FinishHelper(helper, number, start, result, constants);
    }

    private void FinishHelper(MethodInfo helper, int number, int start, ValType result, ReadOnlySpan<int> constants)
    {
        foreach (var constant in constants)
            il.Constant(constant);
        il.Call(helper);
        var depth = Consume(number);
        if (!result.IsBottom)
            Push(result, start, depth);
    }

    /// <summary>Zero-extends an operand, counted from the top, to 64 bits; it is about to be consumed.</summary>
    private void Widen(int fromTop)
    {
        Need(fromTop + 1);
        var since = il.Count;
        il.Emit(ILOpCode.Conv_u8);
        if (fromTop == 0)
            return;
        var next = count - fromTop;
        Shift(next, il.MoveLast(since, operands[next].Start));
    }

    /// <summary>
    /// Calls a helper of three operands, the context and both immediates. Addresses and counts are passed as 64 bits: for each operand, whether it is of 64 bits already; null for a value that
    /// is passed as it is.
    /// </summary>
    private void EmitBulk(in InstructionEvent e, MethodInfo helper, ReadOnlySpan<bool?> are64)
    {
        for (var i = 0; i < 3; i++)
        {
            if (are64[i] == false)
                Widen(2 - i);
        }
        EmitHelper(in e, helper, 3, default, e.Index, e.Index2);
    }
}
