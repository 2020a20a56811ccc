using Waxwing.Differential.Tests.Instructions;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Signature = Waxwing.Differential.Tests.Engines.Signature;

namespace Waxwing.Differential.Tests.Programs;

internal sealed partial class FunctionGenerator
{
    private static readonly Operation[] All = [.. InstructionTable.All.ToArray().SelectMany(Operation.Of).Where(operation => operation.Row.Results!.Length == 1)];

    /// <summary>Operations by their result and whether they are on scalars only; relaxed ones apart.</summary>
    private static readonly ILookup<(char Result, bool Scalar, bool Relaxed), Operation> Operations = All.ToLookup(operation =>
        (operation.Row.Results![0], !operation.Operands.Contains('v') && operation.Row.Results != "v", operation.Row.Features == WasmFeatures.RelaxedSimd));

    private static readonly Opcode[] Wide = [Opcode.I64Add128, Opcode.I64Sub128, Opcode.I64MulWideS, Opcode.I64MulWideU];

    private void Expression(ValType type, int depth)
    {
        nodes--;
        Spend(1);
        if (type.IsReference)
        {
            Reference(type, depth);
            return;
        }
        if (Ends(depth))
        {
            Leaf(type);
            return;
        }
        switch (choices.Next(20))
        {
            case 0 or 1 or 2:
                Leaf(type);
                break;
            case 3 or 4 or 5 or 6 or 7 or 8:
                Operate(type, depth);
                break;
            case 9 or 10:
                Load(type, depth);
                break;
            case 11:
                Nested(type, depth);
                break;
            case 12:
                Expression(type, depth + 1);
                if (LocalToWrite(type) is >= 0 and var teed)
                    code.Tee(teed);
                break;
            case 13:
                Select(type, depth);
                break;
            case 14:
                if (!CallFor(type, depth))
                    Leaf(type);
                break;
            case 15:
                BranchWithValue(type, depth);
                break;
            case 16:
                Try(type, depth);
                break;
            case 17:
                Overwritten(type, depth);
                break;
            case 18:
                FromReference(type, depth);
                break;
            default:
                Repeated(type, depth);
                break;
        }
    }

    private void Leaf(ValType type)
    {
        switch (choices.Next(4))
        {
            case 1 or 2 when LocalToRead(type) is >= 0 and var local:
                code.Get(local);
                break;
            case 3 when program.Globals.Where(global => global.Type == type).ToArray() is { Length: > 0 } globals:
                code.Op(Opcode.GlobalGet, choices.Of(globals).Index);
                break;
            default:
                code.Constant(Letter(type), ProgramGenerator.Constant(choices, Letter(type)));
                break;
        }
    }

    /// <summary>An i32 that decides.</summary>
    private void Condition(int depth)
    {
        switch (Ends(depth) ? 0 : choices.Next(5))
        {
            case 1:
                Expression(ValType.I32, depth + 1);
                code.Op(Opcode.I32Eqz);
                break;
            case 2 or 3:
                var type = choices.Of('i', 'i', 'l', 'd', 'f');
                Expression(Signature.Type(type), depth + 1);
                Expression(Signature.Type(type), depth + 1);
                code.Op(type switch
                {
                    'i' => choices.Of(Opcode.I32Eq, Opcode.I32Ne, Opcode.I32LtS, Opcode.I32LtU, Opcode.I32GtS, Opcode.I32GtU, Opcode.I32LeS, Opcode.I32LeU, Opcode.I32GeS, Opcode.I32GeU),
                    'l' => choices.Of(Opcode.I64Eq, Opcode.I64Ne, Opcode.I64LtS, Opcode.I64LtU, Opcode.I64GtS, Opcode.I64GtU, Opcode.I64LeS, Opcode.I64LeU, Opcode.I64GeS, Opcode.I64GeU),
                    'f' => choices.Of(Opcode.F32Eq, Opcode.F32Ne, Opcode.F32Lt, Opcode.F32Gt, Opcode.F32Le, Opcode.F32Ge),
                    _ => choices.Of(Opcode.F64Eq, Opcode.F64Ne, Opcode.F64Lt, Opcode.F64Gt, Opcode.F64Le, Opcode.F64Ge),
                });
                break;
            case 4:
                Expression(ValType.I32, depth + 1);
                code.I32(1).Op(Opcode.I32And);
                break;
            default:
                Expression(ValType.I32, depth + 1);
                break;
        }
    }

    private void Operate(ValType type, int depth)
    {
        var result = Letter(type);
        if (result == 'l' && choices.OneIn(16))
        {
            WideArithmetic(depth);
            return;
        }
        var relaxed = program.Relaxed && choices.Next(3) == 0;
        var candidates = Operations[(result, result != 'v' && choices.Next(5) != 4, relaxed)].ToArray();
        if (candidates.Length == 0)
        {
            Leaf(type);
            return;
        }
        var operation = choices.Of(candidates);
        // Conversions of what does not fit trap; not always.
        if (Traps(operation.Row.Opcode) && choices.Next(4) != 0)
            operation = candidates.First(candidate => candidate.Row.Name == operation.Row.Name.Replace("trunc", "trunc_sat", StringComparison.Ordinal));
        for (var i = 0; i < operation.Operands.Length; i++)
        {
            var operand = Signature.Type(operation.Operands[i]);
            // Constants on the right are what optimisers look for.
            if (i > 0 && choices.Next(4) == 0)
                code.Constant(operation.Operands[i], ProgramGenerator.Constant(choices, operation.Operands[i]));
            else
                Expression(operand, depth + 1);
            if (ShowsBits(operation.Row.Name))
                Canonical(operand);
        }
        // Nor do all divisions.
        if (operation.Row.Opcode is Opcode.I32DivS or Opcode.I32DivU or Opcode.I32RemS or Opcode.I32RemU && choices.Next(4) != 0)
            code.I32(choices.Of(1, 3, 16)).Op(Opcode.I32Or);
        else if (operation.Row.Opcode is Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU && choices.Next(4) != 0)
            code.I64(choices.Of(1, 3, 16)).Op(Opcode.I64Or);
        operation.Write(code);
        CanonicalLanes(operation.Results[0]);
    }

    private static bool Traps(Opcode opcode) => opcode is >= Opcode.I32TruncF32S and <= Opcode.I32TruncF64U or >= Opcode.I64TruncF32S and <= Opcode.I64TruncF64U;

    private static bool ShowsBits(string name) => name.Contains("reinterpret", StringComparison.Ordinal) || name.EndsWith("copysign", StringComparison.Ordinal)
        || name.EndsWith("splat", StringComparison.Ordinal) || name.EndsWith("replace_lane", StringComparison.Ordinal);

    private void WideArithmetic(int depth)
    {
        var opcode = choices.Of(Wide);
        for (var i = InstructionTable.Info(opcode).Operands!.Length; i > 0; i--)
            Expression(ValType.I64, depth + 1);
        code.Op(opcode);
        Keep([ValType.I64, ValType.I64], ValType.I64);
    }

    private void Select(ValType type, int depth)
    {
        Expression(type, depth + 1);
        Expression(type, depth + 1);
        Condition(depth + 1);
        if (choices.Next(3) == 0 || type.IsReference)
            code.Select(type);
        else
            code.Op(Opcode.Select);
    }

    /// <summary>A block, an if or a loop with a result.</summary>
    private void Nested(ValType type, int depth)
    {
        switch (choices.Next(3))
        {
            case 0:
                Block([type], depth);
                break;
            case 1:
                Condition(depth + 1);
                code.Block(Opcode.If, type);
                Inside(new([type]), () =>
                {
                    Statements(choices.Next(3), depth + 1);
                    Expression(type, depth + 1);
                    code.Op(Opcode.Else);
                    Statements(choices.Next(3), depth + 1);
                    Expression(type, depth + 1);
                });
                break;
            default:
                ValType[] types = [.. NumberTypes(choices.Next(2)), type, .. NumberTypes(choices.Next(2))];
                Block(types, depth);
                Keep(types, type);
                break;
        }
    }

    /// <summary>A value that leaves with a br_if, or stays.</summary>
    private void BranchWithValue(ValType type, int depth)
    {
        Expression(type, depth + 1);
        var label = ForwardLabel([type]);
        if (label < 0)
            return;
        Condition(depth + 1);
        code.Op(Opcode.BrIf, label);
    }

    /// <summary>The value of a local from before it was set.</summary>
    private void Overwritten(ValType type, int depth)
    {
        var local = LocalToWrite(type);
        if (local < 0)
        {
            Leaf(type);
            return;
        }
        code.Get(local);
        if (choices.Next(2) == 0)
        {
            Expression(type, depth + 1);
            code.Set(local);
        }
        else
        {
            Statements(1 + choices.Next(2), depth + 1);
        }
    }

    /// <summary>Sums of many operands: a deep stack, or one long dependency.</summary>
    private void Repeated(ValType type, int depth)
    {
        var count = 2 + choices.Next(6);
        var add = Letter(type) switch { 'i' => Opcode.I32Sub, 'l' => Opcode.I64Sub, 'f' => Opcode.F32Sub, 'd' => Opcode.F64Sub, _ => Opcode.I32x4Sub };
        var deep = choices.Next(2) == 0;
        for (var i = 0; i < count; i++)
        {
            Expression(type, depth + 2);
            if (!deep && i > 0)
                code.Op(add);
        }
        for (var i = 1; deep && i < count; i++)
            code.Op(add);
    }
}
