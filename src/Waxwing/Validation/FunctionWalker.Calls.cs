using Waxwing.Syntax;

namespace Waxwing.Validation;

// Calls.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void CheckCall(bool isTail)
    {
        var index = instruction.Index;
        var functions = context.FunctionTypes;
        if ((uint)index >= (uint)functions.Length)
            throw Unknown("function", index, functions.Length);
        CheckSignature(types[functions[index]], isTail);
    }

    private void CheckCallIndirect(bool isTail)
    {
        var table = Table(instruction.Index2);
        if (!Matching.Matches(types, ValueCode.Of(table.Element), ValueCode.Of(ValType.FuncRef)))
            throw Invalid("type mismatch", $"{Name} requires a table of functions but table {instruction.Index2} holds {Show(table.Element)}");
        var type = FunctionType(instruction.Index);
        Pop(ValueCode.Of(table.Limits.AddressType));
        CheckSignature(type, isTail);
    }

    private void CheckCallRef(bool isTail)
    {
        var type = FunctionType(instruction.Index);
        Pop(ValueCode.Ref(instruction.Index, nullable: true));
        CheckSignature(type, isTail);
    }

    private void CheckSignature(SubType type, bool isTail)
    {
        PopAll(ValueCode.Of(type.Parameters));
        if (isTail)
        {
            var expected = Results(0);
            if (type.Results.Length != expected.Length || !AllMatch(ValueCode.Of(type.Results), expected))
                throw Invalid("type mismatch", $"{Name} returns [{List(ValueCode.Of(type.Results))}] from a function that returns [{List(expected)}]");
            SetUnreachable();
        }
        else
        {
            PushAll(ValueCode.Of(type.Results));
        }
        instruction.Parameters = type.Parameters;
        instruction.Results = type.Results;
    }

    /// <summary>The function type with this index.</summary>
    private readonly SubType FunctionType(int index) => Type(index, CompositeKind.Func, "a function");

    private readonly SubType Type(int index, CompositeKind kind, string wanted)
    {
        if ((uint)index >= (uint)types.Length)
            throw Unknown("type", index, types.Length);
        var type = types[index];
        return type.Kind == kind ? type : throw Invalid("type mismatch", $"{Name} requires {wanted} type but type {index} is another");
    }

    /// <summary>Checks that a type written in the code refers to existing types only.</summary>
    private readonly void CheckType(ValType type)
    {
        if (type.IsReference)
            CheckHeap(type.Heap.Code);
    }

    private readonly void CheckHeap(int heap)
    {
        if (heap >= types.Length)
            throw Unknown("type", heap, types.Length);
    }
}
