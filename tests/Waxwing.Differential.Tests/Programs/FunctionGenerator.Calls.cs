using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Programs;

internal sealed partial class FunctionGenerator
{
    private const byte Catch = 0, CatchRef = 1, CatchAll = 2, CatchAllRef = 3;

    /// <summary>Functions that may be called here, directly.</summary>
    private FunctionPlan[] Callees(Func<FunctionPlan, bool> wanted) =>
        [.. program.Functions.Where(function => (function.Recursive || (function.Index < plan.Index && Affords(function.Cost))) && wanted(function))];

    private FunctionPlan[] IndirectCallees(Func<FunctionPlan, bool> wanted) =>
        ProgramGenerator.CallsIndirectly(plan) ? [.. program.Referable.Where(function => Affords(function.Cost) && wanted(function))] : [];

    private void CallStatement(int depth)
    {
        if (Call(_ => true, depth) is { } called)
            Consume(called.Signature.ResultTypes);
    }

    /// <summary>A call for a value of a type.</summary>
    /// <returns>False, with nothing written, if no function gives one.</returns>
    private bool CallFor(ValType type, int depth)
    {
        if (Call(function => function.Signature.ResultTypes.Contains(type), depth) is not { } called)
            return false;
        Keep(called.Signature.ResultTypes, type);
        return true;
    }

    private FunctionPlan? Call(Func<FunctionPlan, bool> wanted, int depth)
    {
        var indirect = choices.Next(3) == 1;
        var callees = indirect ? IndirectCallees(wanted) : Callees(wanted);
        if (callees.Length == 0)
            return null;
        var callee = choices.Of(callees);
        Expressions(callee.Signature.ParameterTypes, depth + 1);
        Spend(4 + (callee.Recursive ? 0 : callee.Cost));
        if (!indirect)
            code.Op(Opcode.Call, callee.Index);
        else
            Indirectly(callee, Opcode.CallIndirect, Opcode.CallRef);
        return callee;
    }

    /// <summary>Calls through a table, where another function or none may be found, or through a reference.</summary>
    private void Indirectly(FunctionPlan callee, Opcode throughTable, Opcode throughReference)
    {
        if (choices.Next(3) == 2)
        {
            if (choices.OneIn(10))
                code.Heap(Opcode.RefNull, new(callee.Type));
            else
                code.Op(Opcode.RefFunc, callee.Index);
            code.Op(throughReference, callee.Type);
            return;
        }
        var table = program.HasWideTable && choices.Next(2) == 1 ? 1 : 0;
        // Where the segment put it, mostly.
        var index = program.Referable.IndexOf(callee) + (choices.Next(4) == 3 ? choices.Of(1, 2, 7, 100, -1) : program.FirstInTable);
        if (choices.Next(2) == 0)
        {
            _ = table == 1 ? code.I64(index) : code.I32(index);
        }
        else
        {
            // Not known before it runs.
            _ = table == 1 ? code.Op(Opcode.TableSize, 1).I64(8 - index).Op(Opcode.I64Sub) : code.Op(Opcode.TableSize, 0).I32(8 - index).Op(Opcode.I32Sub);
        }
        code.Op(throughTable, callee.Type, table);
    }

    /// <summary>Ends the function with a tail call, if there is a function of these results.</summary>
    private bool TailCall()
    {
        if (choices.Next(3) != 1)
            return false;
        var indirect = choices.Next(3) == 1;
        var callees = indirect ? IndirectCallees(Fits) : Callees(Fits);
        if (callees.Length == 0)
            return false;
        var callee = choices.Of(callees);
        Expressions(callee.Signature.ParameterTypes, 2);
        Spend(4 + (callee.Recursive ? 0 : callee.Cost));
        if (indirect)
            Indirectly(callee, Opcode.ReturnCallIndirect, Opcode.ReturnCallRef);
        else
            code.Op(Opcode.ReturnCall, callee.Index);
        return true;

        bool Fits(FunctionPlan function) => function.Signature.ResultTypes.AsSpan().SequenceEqual(plan.Signature.ResultTypes);
    }

    private void Throw(int depth)
    {
        if (choices.OneIn(4))
        {
            Reference(ValType.ExnRef, depth + 1);
            code.Op(Opcode.ThrowRef);
            return;
        }
        var tag = choices.Of<ProgramTag>([.. program.Tags]);
        foreach (var type in tag.Types)
            Expression(Engines.Signature.Type(type), depth + 1);
        code.Op(Opcode.Throw, tag.Index);
    }

    private void TryStatement(int depth)
    {
        var type = NumberType();
        Try(type, depth);
        Consume(type);
    }

    /// <summary>An expression whose exceptions are caught: the handler takes what the exception brings, and gives another value.</summary>
    private void Try(ValType type, int depth)
    {
        var kind = (byte)choices.Next(4);
        var tag = choices.Of<ProgramTag>([.. program.Tags]);
        ValType[] caught = [.. kind <= CatchRef ? tag.Types.Select(Engines.Signature.Type) : [], .. kind is CatchRef or CatchAllRef ? (ValType[])[ValType.Ref(HeapTypeCode.Exn, false)] : []];
        code.Block(Opcode.Block, type);
        Inside(new([type]), () =>
        {
            code.Block(Opcode.Block, BlockType([], caught));
            Inside(new(caught), () =>
            {
                code.TryTable(type, [(kind, tag.Index, 0)]);
                Inside(new([type]), () =>
                {
                    Statements(choices.Next(3), depth + 1);
                    if (choices.Next(2) == 0)
                    {
                        Condition(depth + 1);
                        code.Block(Opcode.If);
                        Inside(new([]), () =>
                        {
                            if (choices.Next(2) == 0)
                            {
                                foreach (var value in tag.Types)
                                    Expression(Engines.Signature.Type(value), depth + 1);
                                code.Op(Opcode.Throw, tag.Index);
                            }
                            else
                            {
                                Throw(depth);
                            }
                        });
                    }
                    Expression(type, depth + 1);
                });
                code.Op(Opcode.Br, 1);
            });
            Spend(30);
            Consume(caught);
            Expression(type, depth + 1);
        });
    }
}
