using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Programs;

internal sealed partial class FunctionGenerator
{
    private void Statements(int count, int depth)
    {
        for (; count > 0 && !choices.Exhausted; count--)
            Statement(depth);
    }

    private void Statement(int depth)
    {
        nodes--;
        Spend(2);
        if (Ends(depth))
            return;
        switch (choices.Next(24))
        {
            case 0 or 1:
                SetLocal(depth);
                break;
            case 2 or 3:
                Store(depth);
                break;
            case 4:
                If(depth);
                break;
            case 5:
                var types = NumberTypes(choices.Next(3));
                Block(types, depth);
                Consume(types);
                break;
            case 6 or 7:
                Loop(depth);
                break;
            case 8 or 9:
                BranchIf(depth);
                break;
            case 10:
                Swap();
                break;
            case 11:
                SetGlobal(depth);
                break;
            case 12:
                CallStatement(depth);
                break;
            case 13:
                Expression(NumberType(), depth + 1);
                code.Op(Opcode.Drop);
                break;
            case 14:
                BulkMemory(depth);
                break;
            case 15:
                TableStatement(depth);
                break;
            case 16:
                BranchTable(depth);
                break;
            case 17:
                Leave(depth);
                break;
            case 18:
                BlockWithParameters(depth);
                break;
            case 19:
                GrowOrDrop(depth);
                break;
            case 20:
                ObjectStatement(depth);
                break;
            case 21:
                TryStatement(depth);
                break;
            case 22:
                Store(depth);
                SetLocal(depth);
                break;
            default:
                Hold(depth);
                break;
        }
    }

    private void SetLocal(int depth)
    {
        var type = choices.OneIn(6) ? ReferenceType() : NumberType();
        var local = LocalToWrite(type);
        if (local < 0)
            return;
        Expression(type, depth + 1);
        code.Set(local);
    }

    private void SetGlobal(int depth)
    {
        var global = choices.Of<ProgramGlobal>([.. program.Globals]);
        if (!global.Mutable)
            return;
        Expression(global.Type, depth + 1);
        code.Op(Opcode.GlobalSet, global.Index);
    }

    /// <summary>Values that wait on the stack while statements run above them, and change the locals they came from.</summary>
    private void Hold(int depth)
    {
        var types = NumberTypes(1 + choices.Next(5));
        foreach (var type in types)
        {
            var local = LocalToRead(type);
            if (local >= 0 && choices.Next(3) != 0)
                code.Get(local);
            else
                Expression(type, depth + 1);
        }
        Statements(1 + choices.Next(3), depth + 1);
        Consume(types);
    }

    private void Swap()
    {
        var type = NumberType();
        var (first, second, third) = (LocalToWrite(type), LocalToWrite(type), LocalToWrite(type));
        if (first < 0)
            return;
        if (choices.Next(2) == 0)
            code.Get(first).Get(second).Set(first).Set(second);
        else
            code.Get(first).Get(second).Get(third).Set(first).Set(second).Set(third);
        Spend(6);
    }

    private void If(int depth)
    {
        Condition(depth + 1);
        code.Block(Opcode.If);
        Inside(new([]), () =>
        {
            Statements(1 + choices.Next(3), depth + 1);
            if (choices.Next(2) != 0)
                return;
            code.Op(Opcode.Else);
            Statements(1 + choices.Next(3), depth + 1);
        });
    }

    /// <summary>A block, whose results stay on the stack.</summary>
    private void Block(ValType[] results, int depth)
    {
        _ = results.Length == 1 ? code.Block(Opcode.Block, results[0]) : code.Block(Opcode.Block, BlockType([], results));
        Inside(new(results), () =>
        {
            Statements(choices.Next(4), depth + 1);
            Expressions(results, depth + 1);
        });
    }

    private void BlockWithParameters(int depth)
    {
        var (parameters, results) = (NumberTypes(1 + choices.Next(3)), NumberTypes(choices.Next(3)));
        Expressions(parameters, depth + 1);
        var conditional = choices.Next(2) == 1;
        if (conditional)
            Condition(depth + 1);
        code.Block(conditional ? Opcode.If : Opcode.Block, BlockType(parameters, results));
        Inside(new(results), () =>
        {
            Arm();
            if (!conditional)
                return;
            code.Op(Opcode.Else);
            Arm();
        });
        Consume(results);

        void Arm()
        {
            if (choices.Next(2) == 0)
            {
                Consume(parameters);
                Statements(choices.Next(3), depth + 1);
            }
            else
            {
                Statements(1 + choices.Next(2), depth + 1);
                Consume(parameters);
            }
            Expressions(results, depth + 1);
        }
    }

    /// <summary>A loop of a few rounds, which may carry values round.</summary>
    private void Loop(int depth)
    {
        var rounds = 1 + choices.Next(6);
        if (multiplier * rounds > MultiplierLimit || !Affords(rounds * 30L))
            return;
        var carried = NumberTypes(choices.OneIn(3) ? 1 + choices.Next(3) : 0);
        var counter = NewLocal(ValType.I32);
        reserved.Add(counter);
        Expressions(carried, depth + 1);
        code.I32(rounds).Set(counter);
        code.Block(Opcode.Loop, BlockType(carried, carried));
        multiplier *= rounds;
        Inside(new(carried, counter), () =>
        {
            Spend(6);
            if (choices.Next(2) == 0)
            {
                Consume(carried);
                Statements(1 + choices.Next(4), depth + 1);
                Expressions(carried, depth + 1);
            }
            else
            {
                // What is carried waits below.
                Statements(1 + choices.Next(4), depth + 1);
            }
            Countdown(counter);
            code.Op(Opcode.BrIf, 0);
        });
        multiplier /= rounds;
        Consume(carried);
    }

    /// <summary>Whether a loop has rounds left, in one of several forms.</summary>
    private void Countdown(int counter)
    {
        switch (choices.Next(4))
        {
            case 0:
                code.Get(counter).I32(1).Op(Opcode.I32Sub).Tee(counter).I32(0).Op(Opcode.I32GtS);
                break;
            case 1:
                code.Get(counter).I32(-1).Op(Opcode.I32Add).Set(counter).I32(0).Get(counter).Op(Opcode.I32LtS);
                break;
            case 2:
                code.Get(counter).I32(1).Op(Opcode.I32Sub).Tee(counter).I32(1).Op(Opcode.I32GeS).Op(Opcode.I32Eqz).Op(Opcode.I32Eqz);
                break;
            default:
                code.Get(counter).I32(1).Get(counter).I32(1).Op(Opcode.I32Sub).Set(counter).Op(Opcode.I32GtS);
                break;
        }
        Spend(6);
    }

    private void BranchIf(int depth)
    {
        // A jump back into a loop first.
        var loop = labels.FindLastIndex(label => label.Counter >= 0);
        if (loop >= 0 && choices.Next(3) == 0)
        {
            var (types, counter) = (labels[loop].Types, labels[loop].Counter);
            Expressions(types, depth + 1);
            if (choices.Next(2) == 0)
            {
                Condition(depth + 1);
                Countdown(counter);
                code.Op(Opcode.I32And);
            }
            else
            {
                Countdown(counter);
            }
            code.Op(Opcode.BrIf, labels.Count - 1 - loop);
            Consume(types);
            return;
        }
        var target = choices.Next(labels.Count);
        if (labels[target].Counter >= 0)
            return;
        Expressions(labels[target].Types, depth + 1);
        Condition(depth + 1);
        code.Op(Opcode.BrIf, labels.Count - 1 - target);
        Consume(labels[target].Types);
    }

    private void BranchTable(int depth)
    {
        var target = choices.Next(labels.Count);
        if (labels[target].Counter >= 0)
            return;
        var types = labels[target].Types;
        // In a block of its own, for what follows a br_table is not reached; the first label is that block's, if it takes the same values.
        _ = types.Length == 1 ? code.Block(Opcode.Block, types[0]) : code.Block(Opcode.Block, BlockType([], types));
        Inside(new(types), () =>
        {
            Expressions(types, depth + 1);
            Expression(ValType.I32, depth + 1);
            if (choices.Next(2) == 0)
                code.I32(7).Op(Opcode.I32And);
            var targets = new int[1 + choices.Next(6)];
            for (var i = 0; i < targets.Length; i++)
                targets[i] = Math.Max(0, ForwardLabel(types));
            code.BranchTable(targets);
            Dead(depth);
        });
        Consume(types);
    }

    /// <summary>Leaves by a branch, a return, a trap or an exception, mostly under a condition.</summary>
    private void Leave(int depth)
    {
        var conditional = !choices.OneIn(12);
        if (!conditional)
        {
            Leaving();
            return;
        }
        Condition(depth + 1);
        code.Block(Opcode.If);
        Inside(new([]), Leaving);

        void Leaving()
        {
            switch (choices.Next(6))
            {
                case 0:
                    Expressions(plan.Signature.ResultTypes, depth + 1);
                    code.Op(Opcode.Return);
                    break;
                case 1:
                    code.Op(Opcode.Unreachable);
                    break;
                case 2:
                    Throw(depth);
                    break;
                case 3 when TailCall():
                    break;
                default:
                    var target = choices.Next(labels.Count);
                    if (labels[target].Counter >= 0)
                        return;
                    Expressions(labels[target].Types, depth + 1);
                    code.Op(Opcode.Br, labels.Count - 1 - target);
                    break;
            }
            Dead(depth);
        }
    }

    /// <summary>Code after an unconditional branch, where the stack holds whatever is asked of it.</summary>
    private void Dead(int depth)
    {
        switch (choices.Next(6))
        {
            case 1:
                code.Op(Opcode.I32Add).Op(Opcode.Drop);
                break;
            case 2:
                Statements(1 + choices.Next(2), depth + 1);
                break;
            case 3:
                code.Op(Opcode.Select).Op(Opcode.Drop).Op(Opcode.I64Store, 0, 0);
                break;
            case 4:
                code.Block(Opcode.Block, ValType.F64).Op(Opcode.Unreachable).End().Op(Opcode.F64Neg).Op(Opcode.Drop).Op(Opcode.Unreachable);
                break;
        }
    }
}
