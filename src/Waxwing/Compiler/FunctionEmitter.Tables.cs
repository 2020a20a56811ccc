using System.Reflection.Metadata;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

// Tables. Indices are passed as 64 bits whatever the table's address type is.
internal sealed partial class FunctionEmitter
{
    private bool EmitTable(in InstructionEvent e)
    {
        switch (e.Opcode)
        {
            case Opcode.TableGet:
                WidenIndex(e.Index, 0);
                EmitHelper(in e, Support.TableGet, 1, context.Tables[e.Index].Element, e.Index);
                return true;
            case Opcode.TableSet:
                WidenIndex(e.Index, 1);
                EmitHelper(in e, Support.TableSet, 2, default, e.Index);
                return true;
            case Opcode.TableSize:
                EmitHelper(in e, Support.TableSize, 0, ValType.I64, e.Index);
                NarrowLength(e.Index);
                return true;
            case Opcode.TableGrow:
                WidenIndex(e.Index, 0);
                EmitHelper(in e, Support.TableGrow, 2, ValType.I64, e.Index);
                NarrowLength(e.Index);
                return true;
            case Opcode.TableFill:
                EmitBulk(in e, Support.TableFill, [Is64(e.Index), null, Is64(e.Index)]);
                return true;
            case Opcode.TableCopy:
                var (to64, from64) = (Is64(e.Index), Is64(e.Index2));
                EmitBulk(in e, Support.TableCopy, [to64, from64, to64 && from64]);
                return true;
            case Opcode.TableInit:
                EmitBulk(in e, Support.TableInit, [Is64(e.Index2), null, null]);
                return true;
            case Opcode.ElemDrop:
                EmitHelper(in e, Support.ElementDrop, 0, default, e.Index);
                return true;
            default:
                return false;
        }
    }

    private bool Is64(int table) => context.Tables[table].Limits.Is64;

    private void WidenIndex(int table, int fromTop)
    {
        if (!Is64(table))
            Widen(fromTop);
    }

    /// <summary>Makes the 64 bits on top the table's address type.</summary>
    private void NarrowLength(int table)
    {
        if (!Is64(table))
            EmitConversion(ILOpCode.Conv_i4, ValType.I32);
    }
}
