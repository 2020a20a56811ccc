using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// References: null, func, casts and the branches on them.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void CheckReference()
    {
        switch (instruction.Opcode)
        {
            case Opcode.RefNull:
                CheckHeap(instruction.Index);
                var type = ValueCode.Ref(instruction.Index, nullable: true);
                instruction.Type = ValueCode.Type(type);
                Push(type);
                break;
            case Opcode.RefFunc:
                CheckRefFunc();
                break;
            case Opcode.RefIsNull:
                instruction.Type = ValueCode.Type(PopReference());
                Push(ValueCode.I32);
                break;
            case Opcode.RefAsNonNull:
                var operand = PopReference();
                instruction.Type = ValueCode.Type(operand);
                Push(NonNull(operand));
                break;
            case Opcode.BrOnNull:
                var tested = PopReference();
                instruction.Type = ValueCode.Type(tested);
                PassLabel(instruction.Index);
                Push(NonNull(tested));
                break;
            case Opcode.BrOnNonNull:
                CheckBrOnNonNull();
                break;
            case Opcode.RefTest or Opcode.RefTestNull or Opcode.RefCast or Opcode.RefCastNull:
                CheckCast();
                break;
            case Opcode.BrOnCast or Opcode.BrOnCastFail:
                CheckBrOnCast();
                break;
            case Opcode.AnyConvertExtern:
                Convert(ValueCode.Extern, ValueCode.Any);
                break;
            case Opcode.ExternConvertAny:
                Convert(ValueCode.Any, ValueCode.Extern);
                break;
            default:
                throw new InvalidOperationException($"no rule for {instruction.Opcode}");
        }
    }

    private static int NonNull(int type) => ValueCode.Ref(ValueCode.Heap(type), nullable: false);

    private void CheckRefFunc()
    {
        var index = instruction.Index;
        var functions = context.FunctionTypes;
        if ((uint)index >= (uint)functions.Length)
            throw Unknown("function", index, functions.Length);
        // Outside of bodies every mention declares the function.
        if (function >= 0 && !context.DeclaredFunctions.Contains(index))
            throw Invalid("undeclared function reference", $"function {index} occurs in no export, element segment or initialiser");
        var type = ValueCode.Ref(functions[index], nullable: false);
        instruction.Type = ValueCode.Type(type);
        Push(type);
    }

    private void CheckBrOnNonNull()
    {
        var expected = Label(instruction.Index);
        if (expected.Length == 0 || !ValueCode.IsReference(expected[^1]))
            throw Invalid("type mismatch", $"br_on_non_null requires a label that ends in a reference but label {instruction.Index} takes [{List(expected)}]");
        var operand = PopReference();
        if (!Matching.Matches(types, NonNull(operand), expected[^1]))
        {
            height++;
            throw Mismatch(expected[^1]);
        }
        instruction.Type = ValueCode.Type(operand);
        CheckTop(expected[..^1]);
        Retype(expected[..^1]);
    }

    private void CheckCast()
    {
        CheckHeap(instruction.Index);
        var top = ValueCode.Ref(Matching.Top(types, instruction.Index), nullable: true);
        var operand = PopReference();
        if (!Matching.Matches(types, operand, top))
        {
            height++;
            throw Mismatch(top);
        }
        instruction.Type = ValueCode.Type(operand);
        Push(instruction.Opcode is Opcode.RefTest or Opcode.RefTestNull ? ValueCode.I32 : ValueCode.Of(instruction.TargetType));
    }

    private void CheckBrOnCast()
    {
        var source = instruction.Type;
        var target = instruction.TargetType;
        CheckType(source);
        CheckType(target);
        if (!Matching.Matches(types, target, source))
            throw Invalid("type mismatch", $"{Name} casts {Show(source)} to {Show(target)}, which is no subtype");
        var expected = Label(instruction.Index);
        // What is left of the source type when the cast fails: null is gone if the target takes it.
        var rest = ValueCode.Of(target.IsNullable ? source.AsNonNull() : source);
        var (taken, passed) = instruction.Opcode == Opcode.BrOnCast ? (ValueCode.Of(target), rest) : (rest, ValueCode.Of(target));
        Pop(ValueCode.Of(source));
        if (expected.Length == 0 || !Matching.Matches(types, taken, expected[^1]))
            throw Invalid("type mismatch", $"{Name} gives {Show(taken)} but label {instruction.Index} takes [{List(expected)}]");
        CheckTop(expected[..^1]);
        Retype(expected[..^1]);
        Push(passed);
    }

    private void Convert(int from, int to)
    {
        var operand = PopReference();
        if (!Matching.Matches(types, operand, ValueCode.Ref(from, nullable: true)))
        {
            height++;
            throw Mismatch(ValueCode.Ref(from, nullable: true));
        }
        instruction.Type = ValueCode.Type(operand);
        Push(ValueCode.Ref(to, ValueCode.IsNullable(operand)));
    }
}
