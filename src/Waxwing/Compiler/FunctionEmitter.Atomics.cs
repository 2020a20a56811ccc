using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Atomic accesses: each is a helper of the operands, the index as 64 bits, the context, the memory and the offset. They check the address in any memory: it must be known before
// that it is aligned, and a check is nothing beside a locked instruction.
internal sealed partial class FunctionEmitter
{
    private bool EmitAtomic(in InstructionEvent e)
    {
        if (e.Opcode == Opcode.AtomicFence)
        {
            il.Call(Support.MemoryBarrier);
            RefreshMemories();
            return true;
        }
        if (Support.Atomic(e.Opcode) is not { } helper)
            return false;
        var info = InstructionTable.Info(e.Opcode);
        var number = info.Operands!.Length;
        if (!context.Memories[e.Index].Limits.Is64)
            Widen(number - 1);
        var start = Need(number);
        il.Offset(e.Offset);
        LoadContext();
        il.Constant(e.Index);
        il.Constant((long)e.Immediate);
        il.Call(helper);
        var depth = Consume(number);
        if (info.Results is [var result])
            Push(TypeOf(result), start, depth);
        // It may be what tells this thread that another one grew the memory.
        RefreshMemories();
        return true;
    }
}
