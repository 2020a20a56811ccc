using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/*
 * RyuJIT takes a load whose value is not used for a check of its address, and reads only those bytes that are. A guarded memory's end would go unnoticed: an access that begins within it,
 * and ends outside, must trap. `volatile.` changes nothing about that. So where an instruction uses only a part of what was loaded for it, the last byte is touched too.
 *
 * And of two accesses at constant distances from the same place RyuJIT believes that the second does not fault if the first did not: the place is not null. A load that is not used, or
 * stands before another trap, is then dropped, or comes late. So loads that are likely to be out of bounds, because no memory begins so large or no array lies so far behind an index, have
 * places of their own.
 *
 * What is loaded into a variable that is never read, or of which only a part is, remains unseen here: then such an access, in the last bytes of a memory, does not trap.
 */
internal sealed partial class FunctionEmitter
{
    /// <summary>The instruction just emitted loads from a memory.</summary>
    private void NoteLoad(int memory, int size)
    {
        if (IsGuardedMemory(memory))
            il.Instructions[^1].Value = size;
    }

    /// <summary>The loads of the operands that an instruction uses a part of keep their width.</summary>
    private void KeepLoads(in InstructionEvent e)
    {
        var bytes = BytesUsed(in e);
        if (bytes == 0)
            return;
        for (var i = Need(e.Opcode is Opcode.I32And or Opcode.I64And ? 2 : 1); i < il.Count; i++)
        {
            ref readonly var instruction = ref il.Instructions[i];
            if (instruction.Value <= bytes || !IsLoad(in instruction))
                continue;
            var size = (int)instruction.Value;
            var since = il.Count;
            il.Emit(ILOpCode.Dup);
            il.Constant(size - 1);
            il.Emit(ILOpCode.Add);
            il.Emit(ILOpCode.Ldind_u1);
            il.Emit(ILOpCode.Pop);
            i += il.MoveLast(since, i);
        }
    }

    /// <summary>Offsets from here on are of no array: they are there to be out of bounds.</summary>
    private const ulong FarOffset = 1 << 28;

    /// <summary>Makes an address one that RyuJIT knows nothing of.</summary>
    private void HidePlace()
    {
        // Volatile: else the next one were the same.
        il.Emit(ILOpCode.Volatile);
        il.Emit(ILOpCode.Ldsfld, Opaque.Zero);
        il.Emit(ILOpCode.Conv_i);
        il.Emit(ILOpCode.Add);
    }

    private bool IsFar(in InstructionEvent e, in Operand index, int size) => e.Immediate >= FarOffset
        || (index.IsConstant && (uint)index.Bits + e.Immediate + (ulong)size > context.Memories[e.Index].Limits.Minimum << context.Memories[e.Index].PageSizeLog2);

    private static bool IsLoad(in IlInstruction instruction) => instruction.Code switch
    {
        >= ILOpCode.Ldind_i1 and <= ILOpCode.Ldind_r8 => instruction.Operand == IlOperand.None,
        ILOpCode.Ldobj => true,
        _ => false,
    };

    /// <summary>How many bytes of its operand an instruction uses, or 0 for all.</summary>
    private int BytesUsed(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.Drop:
            case Opcode.I32Extend8S or Opcode.I64Extend8S or Opcode.I64Store8:
            case >= Opcode.I8x16ExtractLaneS and <= Opcode.F64x2ReplaceLane when InstructionTable.Info(e.Opcode).Operands is "v":
            case Opcode.I16x8ExtendLowI8x16S or Opcode.I16x8ExtendLowI8x16U or Opcode.I32x4ExtendLowI16x8S or Opcode.I32x4ExtendLowI16x8U:
            case Opcode.I64x2ExtendLowI32x4S or Opcode.I64x2ExtendLowI32x4U or Opcode.F64x2PromoteLowF32x4 or Opcode.F64x2ConvertLowI32x4S or Opcode.F64x2ConvertLowI32x4U:
                return 1;
            case Opcode.I32Extend16S or Opcode.I64Extend16S or Opcode.I64Store16:
                return 2;
            case Opcode.I32WrapI64 or Opcode.I64Extend32S or Opcode.I64Store32:
                return 4;
            case Opcode.I32And or Opcode.I64And:
                ref readonly var left = ref operands[count - 2];
                ref readonly var right = ref operands[count - 1];
                return left.IsConstant ? BytesOf(left.Bits) : right.IsConstant ? BytesOf(right.Bits) : 0;
            default:
                return 0;
        }
    }

    private static int BytesOf(long mask) => mask switch { < 0 => 0, <= 0xFF => 1, <= 0xFFFF => 2, <= 0xFFFF_FFFF => 4, _ => 0 };
}
