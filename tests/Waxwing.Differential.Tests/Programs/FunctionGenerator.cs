using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Instructions;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Programs;

/// <summary>
/// Makes one function. A statement leaves the operand stack as it was, an expression one value more; either may leave by a branch, and go on writing code that is never reached.
/// In every decision 0 is the simplest, so that an exhausted list of choices ends the function soon.
/// </summary>
internal sealed partial class FunctionGenerator
{
    private const long CostLimit = 3_000;
    private const long MultiplierLimit = 150;
    private const int DeepestNesting = 8;
    private const int LongestFunction = 220;

    private readonly ProgramGenerator program;
    private readonly Choices choices;
    private readonly FunctionPlan plan;
    private readonly CodeWriter code = new();
    private readonly List<ValType> locals = [];
    private readonly HashSet<int> reserved = [];
    private readonly Dictionary<ValType, int> scratch = [];
    private readonly List<Label> labels = [];
    private long cost;
    private long multiplier = 1;
    private int nodes = LongestFunction;

    public FunctionGenerator(ProgramGenerator program, Choices choices, FunctionPlan plan) => (this.program, this.choices, this.plan) = (program, choices, plan);

    /// <summary>A label that code may branch to; going back to a loop takes a round from its counter.</summary>
    private sealed record Label(ValType[] Types, int Counter = -1);

    public void Generate()
    {
        locals.AddRange(plan.Signature.ParameterTypes);
        AddLocals();
        labels.Add(new(plan.Signature.ResultTypes));
        if (plan.Recursive)
            TakeFuel();
        Statements(1 + choices.Next(7), 0);
        if (!TailCall())
            Expressions(plan.Signature.ResultTypes, 0);
        plan.Cost = cost;
        program.Draft.Function(plan.Type, locals.ToArray().AsSpan(plan.Signature.Parameters.Length), code, plan.Export);
    }

    private void AddLocals()
    {
        foreach (var type in (ReadOnlySpan<char>)"iilfdv")
            locals.Add(Signature.Type(type));
        locals.AddRange([ValType.FuncRef, ValType.ExternRef, ValType.ExnRef]);
        if (program.Objects is { } objects)
            locals.AddRange([ValType.AnyRef, objects.Base, objects.Derived, objects.Bytes, objects.Longs, objects.References]);
        if (choices.OneIn(12))
        {
            for (var count = choices.Next(200); count > 0; count--)
                locals.Add(Signature.Type("ilfdv"[choices.Next(5)]));
        }
    }

    private void TakeFuel()
    {
        code.Op(Opcode.GlobalGet, program.FuelGlobal).Op(Opcode.I32Eqz).Block(Opcode.If);
        foreach (var type in plan.Signature.Results)
            code.Constant(type, 0);
        code.Op(Opcode.Return).End().Op(Opcode.GlobalGet, program.FuelGlobal).I32(1).Op(Opcode.I32Sub).Op(Opcode.GlobalSet, program.FuelGlobal);
        Spend(8);
    }

    private void Spend(long instructions) => cost += instructions * multiplier;

    /// <summary>Whether something of this cost fits.</summary>
    private bool Affords(long instructions) => cost + instructions * multiplier <= CostLimit;

    private bool Ends(int depth) => nodes <= 0 || depth > DeepestNesting || cost > CostLimit;

    private int NewLocal(ValType type)
    {
        locals.Add(type);
        return locals.Count - 1;
    }

    /// <summary>A local for a value between two instructions.</summary>
    private int Scratch(ValType type)
    {
        if (!scratch.TryGetValue(type, out var local))
        {
            scratch.Add(type, local = NewLocal(type));
            reserved.Add(local);
        }
        return local;
    }

    /// <summary>A local of a type, for reading, or -1.</summary>
    private int LocalToRead(ValType type) => PickLocal(type, false);

    /// <summary>A local of a type that may be written (a loop's counter may not), or -1.</summary>
    private int LocalToWrite(ValType type) => PickLocal(type, true);

    private int PickLocal(ValType type, bool writing)
    {
        var start = choices.Next(locals.Count);
        for (var i = 0; i < locals.Count; i++)
        {
            var local = (start + i) % locals.Count;
            // Scratch locals hold NaNs from before they are made one.
            if (locals[local] == type && !(writing && reserved.Contains(local)) && !scratch.ContainsValue(local))
                return local;
        }
        return -1;
    }

    /// <summary>The depth of a label that takes values of these types and is not a loop's, or -1.</summary>
    private int ForwardLabel(ReadOnlySpan<ValType> types)
    {
        var start = choices.Next(labels.Count);
        for (var i = 0; i < labels.Count; i++)
        {
            var label = (start + i) % labels.Count;
            if (labels[label].Counter < 0 && types.SequenceEqual(labels[label].Types))
                return labels.Count - 1 - label;
        }
        return -1;
    }

    /// <summary>Writes a block's inside with its label in place, and its `end`.</summary>
    private void Inside(Label label, Action write)
    {
        labels.Add(label);
        write();
        labels.RemoveAt(labels.Count - 1);
        code.End();
    }

    private int BlockType(ValType[] parameters, ValType[] results) => program.Draft.Type(parameters, results);

    private ValType NumberType() => Signature.Type("ilfdv"[choices.Next(choices.OneIn(4) ? 5 : 4)]);

    private ValType[] NumberTypes(int count)
    {
        var types = new ValType[count];
        for (var i = 0; i < count; i++)
            types[i] = NumberType();
        return types;
    }

    private static char Letter(ValType type) => type == ValType.I32 ? 'i' : type == ValType.I64 ? 'l' : type == ValType.F32 ? 'f' : type == ValType.F64 ? 'd' : type == ValType.V128 ? 'v' : '?';

    private void Expressions(ValType[] types, int depth)
    {
        foreach (var type in types)
            Expression(type, depth);
    }

    /// <summary>Takes values from the stack, each into a local, a global or nowhere.</summary>
    private void Consume(ReadOnlySpan<ValType> types)
    {
        for (var i = types.Length - 1; i >= 0; i--)
            Consume(types[i]);
    }

    private void Consume(ValType type)
    {
        var local = choices.Next(3) == 0 ? -1 : LocalToWrite(type.IsReference ? type.AsNullable() : type);
        if (local >= 0)
            code.Set(local);
        else
            code.Op(Opcode.Drop);
    }

    /// <summary>Of values on the stack keeps one of a type, which is among them.</summary>
    private void Keep(ValType[] types, ValType type)
    {
        var kept = Array.LastIndexOf(types, type);
        if (types.Length == 1)
            return;
        var local = NewLocal(type);
        for (var i = types.Length - 1; i >= 0; i--)
        {
            if (i == kept)
                code.Set(local);
            else
                Consume(types[i]);
        }
        code.Get(local);
    }

    /// <summary>Makes all NaNs one in a float that is about to be looked at as bits: which NaN an operation gave is not for the specification to say.</summary>
    private void Canonical(ValType type)
    {
        if (type == ValType.F32)
            Canonical('f', ValType.F32, 0x7FC0_0000, Opcode.F32Eq, Opcode.Select);
        else if (type == ValType.F64)
            Canonical('d', ValType.F64, 0x7FF8_0000_0000_0000, Opcode.F64Eq, Opcode.Select);
    }

    private void CanonicalLanes(char result)
    {
        if (result == 'F')
            Canonical('v', ValType.V128, new(0x7FC0_0000_7FC0_0000, 0x7FC0_0000_7FC0_0000), Opcode.F32x4Eq, Opcode.V128Bitselect);
        else if (result == 'D')
            Canonical('v', ValType.V128, new(0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_0000), Opcode.F64x2Eq, Opcode.V128Bitselect);
    }

    private void Canonical(char letter, ValType type, UInt128 pattern, Opcode equal, Opcode choose)
    {
        var local = Scratch(type);
        code.Tee(local).Constant(letter, pattern).Get(local).Get(local).Op(equal).Op(choose);
        Spend(6);
    }
}
