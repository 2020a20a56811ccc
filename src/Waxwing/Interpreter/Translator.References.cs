using Waxwing.Instructions;
using Waxwing.Runtime;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

// References, tables, bulk memory, structs and arrays: instructions that work in place, on operands in consecutive home slots from A, with the result in A.
internal sealed unsafe partial class Translator
{
    private void TranslateReference(in InstructionEvent e)
    {
        var module = context.Module;
        switch (e.Opcode)
        {
            case Opcode.RefNull:
                Add(Micro.NullReference, a: NextHome);
                PushPlain(ValType.Ref(new HeapTypeCode(e.Index), true));
                break;
            case Opcode.RefFunc:
                InPlace(e, 0, ValType.FuncRef, e.Index);
                break;
            case Opcode.RefIsNull:
                TranslateInspection((int)Opcode.RefIsNull);
                break;
            case Opcode.RefEq:
                TranslateReferenceEqual();
                break;
            case Opcode.RefAsNonNull:
                TranslateDemand((int)Opcode.RefAsNonNull);
                break;
            case Opcode.BrOnNull:
                BranchOnNull(e.Index, whenNull: true);
                break;
            case Opcode.BrOnNonNull:
                BranchOnNull(e.Index, whenNull: false);
                break;
            case Opcode.BrOnCast:
                BranchOnCast(e, whenTrue: true);
                break;
            case Opcode.BrOnCastFail:
                BranchOnCast(e, whenTrue: false);
                break;
            case Opcode.RefTest or Opcode.RefTestNull:
                TranslateInspection((int)Micro.ReferenceTest, TypeTest.Of(context, in e), e.TargetType.Heap.Code, e.TargetType.IsNullable ? 1 : 0);
                break;
            case Opcode.RefCast or Opcode.RefCastNull:
                TranslateDemand((int)Micro.ReferenceCast, TypeTest.Of(context, in e), e.TargetType.Heap.Code, e.TargetType.IsNullable ? 1 : 0);
                break;
            case Opcode.AnyConvertExtern or Opcode.ExternConvertAny:
                // The object stays the same; see Engine.
                break;
            case Opcode.RefI31:
                InPlace(e, 1, ValType.I31Ref);
                break;
            case Opcode.I31GetS or Opcode.I31GetU or Opcode.ArrayLen:
                TranslateInspection((int)e.Opcode);
                break;
            case Opcode.StructNew:
                InPlace(e, module.Types[e.Index].Fields.Length, ValType.StructRef, e.Index);
                break;
            case Opcode.StructNewDefault:
                InPlace(e, 0, ValType.StructRef, e.Index);
                break;
            case Opcode.StructGet or Opcode.StructGetS or Opcode.StructGetU:
                TranslateStructGet(in e);
                break;
            case Opcode.StructSet:
                TranslateStructSet(in e);
                break;
            case Opcode.ArrayNew:
                InPlace(e, 2, ValType.ArrayRef, e.Index);
                break;
            case Opcode.ArrayNewDefault:
                InPlace(e, 1, ValType.ArrayRef, e.Index);
                break;
            case Opcode.ArrayNewFixed:
                InPlace(e, e.Index2, ValType.ArrayRef, e.Index, e.Index2);
                break;
            case Opcode.ArrayNewData or Opcode.ArrayNewElem:
                InPlace(e, 2, ValType.ArrayRef, e.Index, e.Index2);
                break;
            case Opcode.ArrayGet or Opcode.ArrayGetS or Opcode.ArrayGetU:
                TranslateArrayGet(in e);
                break;
            case Opcode.ArraySet:
                TranslateArraySet(in e);
                break;
            case Opcode.ArrayFill:
                InPlace(e, 4, default, e.Index);
                break;
            case Opcode.ArrayCopy:
                InPlace(e, 5, default, e.Index, e.Index2);
                break;
            case Opcode.ArrayInitData or Opcode.ArrayInitElem:
                InPlace(e, 4, default, e.Index, e.Index2);
                break;
            case Opcode.TableGet:
                TranslateTableGet(in e);
                break;
            case Opcode.TableSet:
                TranslateTableSet(in e);
                break;
            case Opcode.TableSize:
                InPlace(e, 0, context.Tables[e.Index].Limits.AddressType, e.Index);
                break;
            case Opcode.TableGrow:
                InPlace(e, 2, context.Tables[e.Index].Limits.AddressType, e.Index, Is64(e.Index));
                break;
            case Opcode.TableFill:
                InPlace(e, 3, default, e.Index, Is64(e.Index));
                break;
            case Opcode.TableInit:
                InPlace(e, 3, default, e.Index, e.Index2, Is64(e.Index2));
                break;
            case Opcode.TableCopy:
                InPlace(e, 3, default, e.Index, e.Index2, Is64(e.Index) | Is64(e.Index2) << 1);
                break;
            case Opcode.ElemDrop or Opcode.DataDrop:
                InPlace(e, 0, default, e.Index);
                break;
            case Opcode.MemoryInit:
                InPlace(e, 3, default, e.Index, e.Index2, IsMemory64(e.Index2));
                break;
            case Opcode.MemoryCopy:
                InPlace(e, 3, default, e.Index, e.Index2, IsMemory64(e.Index) | IsMemory64(e.Index2) << 1);
                break;
            case Opcode.MemoryFill:
                InPlace(e, 3, default, e.Index, IsMemory64(e.Index));
                break;
            default:
                throw new InvalidOperationException($"{InstructionTable.Info(e.Opcode).Name} is not translated");
        }
    }

    private int Is64(int table) => context.Tables[table].Limits.Is64 ? 1 : 0;

    private int IsMemory64(int memory) => context.Memories[memory].Limits.Is64 ? 1 : 0;

    private void InPlace(in InstructionEvent e, int number, ValType result, int b = 0, int c = 0, int d = 0)
    {
        var home = TakeSettled(number);
        Add((int)e.Opcode, a: home, b: b, c: c, d: d);
        if (!result.IsBottom)
            PushPlain(result);
    }

    /// <summary>Tests the reference on top, which stays and is settled; the i32 result is a condition that lies above it.</summary>
    private Operand TestTop(int code, int variant = 0, int c = 0, int d = 0)
    {
        Settle(operandCount - 1);
        Inspect(operands[operandCount - 1].Home, code, variant, c, d);
        return Pop();
    }

    private void BranchOnNull(int depth, bool whenNull)
    {
        var condition = TestTop((int)Opcode.RefIsNull);
        if (whenNull)
        {
            // The label does not get the reference; whoever goes on does.
            var reference = Pop();
            BranchIf(ref condition, whenTrue: true, depth);
            PushPlain(reference.Type);
            return;
        }
        BranchIf(ref condition, whenTrue: false, depth);
        Pop();
    }

    private void BranchOnCast(in InstructionEvent e, bool whenTrue)
    {
        var condition = TestTop((int)Micro.ReferenceTest, TypeTest.Of(context, in e), e.TargetType.Heap.Code, e.TargetType.IsNullable ? 1 : 0);
        BranchIf(ref condition, whenTrue, e.Index);
    }
}
