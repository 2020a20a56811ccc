using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>
/// A module with one instruction in many forms, a function each: its operands come from parameters, constants, locals, memory and globals, its result goes to the caller, to a
/// branch, to memory.
/// </summary>
internal sealed class OperationModule : FormModule
{
    /// <summary>Bytes between operands and results that pass through memory.</summary>
    private const int Slot = 16;
    private const int BatchSize = 24;

    private readonly Operation operation;

    private OperationModule(Operation operation) : base(operation.Row.Features | WasmFeatures.MultiValue | WasmFeatures.Simd)
    {
        this.operation = operation;
        Draft.Memory(new(new(1, 1)), "memory");
    }

    /// <summary>Compares all forms on all engines.</summary>
    /// <returns>Calls compared.</returns>
    public static int Compare(Operation operation, Differences differences)
    {
        var trapping = new List<UInt128[]>();
        var calls = new OperationModule(operation).AddVariableForms().Run(differences, (form, tuple, trap) =>
        {
            if (trap is not null && form == "parameters")
                trapping.Add(tuple);
        });
        return calls + new OperationModule(operation).AddConstantForms(trapping).Run(differences);
    }

    private OperationModule AddVariableForms()
    {
        var operands = operation.Operands;
        var types = operands.Select(Signature.Type).ToArray();
        var results = operation.Results.Select(Signature.Type).ToArray();
        var isVector = operands.Contains('v');
        var many = operation.Tuples(!Settings.AllEdges && isVector, false);
        var few = operation.Tuples(true);

        Add("parameters", operands, operation.Results, many, [], code => operation.Write(Push(code, 0)));
        Add("tees", operands, operation.Results, few, [.. types, .. results], code =>
        {
            for (var i = 0; i < types.Length; i++)
                code.Get(i).Tee(types.Length + i);
            operation.Write(code);
            if (results.Length == 1)
                code.Tee(types.Length * 2).Op(Opcode.Drop).Get(types.Length * 2);
        });
        Add("overwritten", operands, operation.Results, few, [], code =>
        {
            Push(code, 0);
            for (var i = 0; i < types.Length; i++)
                code.Constant(operands[i], 1).Set(i);
            operation.Write(code);
        });
        Add("loads", operands, operation.Results, few, [], code =>
        {
            for (var i = 0; i < types.Length; i++)
                Store(code.I32(i * Slot).Get(i), operands[i]);
            for (var i = 0; i < types.Length; i++)
                Load(code.I32(i * Slot), operands[i]);
            operation.Write(code);
        });
        Opcode[] narrow = Settings.AllEdges
            ? [Opcode.I32Load8S, Opcode.I32Load8U, Opcode.I32Load16S, Opcode.I32Load16U, Opcode.I64Load8S, Opcode.I64Load16U, Opcode.I64Load32S, Opcode.I64Load32U]
            : [Opcode.I32Load8U, Opcode.I32Load16S, Opcode.I64Load32U];
        foreach (var opcode in narrow)
            AddNarrow(opcode, few);
        var globals = operands.Select(type => Draft.Global(Signature.Type(type), true, code => code.Constant(type, 0))).ToArray();
        Add("globals", operands, operation.Results, few, [], code =>
        {
            for (var i = 0; i < types.Length; i++)
                code.Get(i).Op(Opcode.GlobalSet, globals[i]);
            foreach (var global in globals)
                code.Op(Opcode.GlobalGet, global);
            operation.Write(code);
        });
        // The same value twice: engines know that x - x is 0, unless it is a float.
        if (operands.Length == 2 && operands[0] == operands[1])
            Add("same", operands[..1], operation.Results, EdgeValues.Of(operands[0], operation.Shape, false).Select(value => new[] { value }), [], code => operation.Write(code.Get(0).Get(0)));
        if (operands.Contains('i') && operation.Row.Operands!.Length < 3)
        {
            // Rubbish above the 32 bits of an operand must not matter.
            Add("wrapped", operands.Replace('i', 'l'), operation.Results, few.Select(Dirty), [], code =>
            {
                for (var i = 0; i < operands.Length; i++)
                {
                    code.Get(i);
                    if (operands[i] == 'i')
                        code.Op(Opcode.I32WrapI64);
                }
                operation.Write(code);
            });
        }
        if (operation.Results == "i")
            AddConditions(operands, few, "", Push);
        return this;

        UInt128[] Dirty(UInt128[] tuple) => [.. tuple.Select((value, i) => operands[i] == 'i' ? value | 0xDEAD_BEEF_0000_0000 : value)];
    }

    /// <summary>The last integer operand comes from a narrow load, directly and by way of a local: engines merge loads with what uses them.</summary>
    private void AddNarrow(Opcode opcode, IEnumerable<UInt128[]> tuples)
    {
        var operands = operation.Operands;
        var info = InstructionTable.Info(opcode);
        var place = operands.LastIndexOf(info.Results![0]);
        if (place < 0)
            return;
        foreach (var byLocal in (bool[])[false, true])
        {
            Add($"{info.Name} {byLocal}", operands, operation.Results, tuples, [Signature.Type(operands[place])], code =>
            {
                Store(code.I32(0).Get(place), operands[place]);
                if (byLocal)
                    code.I32(0).Memory(opcode, 0, 0, 0).Set(operands.Length);
                for (var i = 0; i < operands.Length; i++)
                {
                    if (i == place && !byLocal)
                        code.I32(0).Memory(opcode, 0, 0, 0);
                    else
                        code.Get(i == place ? operands.Length : i);
                }
                operation.Write(code);
            });
        }
    }

    /// <summary>Forms in which the result, an i32, decides something.</summary>
    private void AddConditions(string parameters, IEnumerable<UInt128[]> tuples, string suffix, Func<CodeWriter, int, CodeWriter> push)
    {
        Add("extended" + suffix, parameters, "l", tuples, [], code => operation.Write(push(code, 0)).Op(Opcode.I64ExtendI32U));
        Add("sign-extended" + suffix, parameters, "l", tuples, [], code => operation.Write(push(code, 0)).Op(Opcode.I64ExtendI32S));
        Add("zero" + suffix, parameters, "i", tuples, [], code => operation.Write(push(code, 0)).Op(Opcode.I32Eqz));
        Add("br_if" + suffix, parameters, "i", tuples, [], code => operation.Write(push(code.Block(Opcode.Block, ValType.I32).I32(7), 0)).Op(Opcode.BrIf, 0).Op(Opcode.Drop).I32(9).End());
        Add("br_if not" + suffix, parameters, "i", tuples, [], code =>
            operation.Write(push(code.Block(Opcode.Block), 0)).Op(Opcode.I32Eqz).Op(Opcode.BrIf, 0).I32(7).Op(Opcode.Return).End().I32(9));
        Add("if" + suffix, parameters, "i", tuples, [], code => operation.Write(push(code, 0)).Block(Opcode.If, ValType.I32).I32(7).Op(Opcode.Else).I32(9).End());
        Add("if not" + suffix, parameters, "l", tuples, [], code =>
            operation.Write(push(code, 0)).Op(Opcode.I32Eqz).Block(Opcode.If, ValType.I64).I64(7).Op(Opcode.Else).I64(9).End());
        Add("if alone" + suffix, parameters, "i", tuples, [ValType.I32], code =>
            operation.Write(push(code, 0)).Block(Opcode.If).I32(7).Set(parameters.Length).End().Get(parameters.Length));
        Add("select" + suffix, parameters, "i", tuples, [], code => operation.Write(push(code.I32(7).I32(9), 0)).Op(Opcode.Select));
        Add("select not" + suffix, parameters, "d", tuples, [], code =>
            operation.Write(push(code.Constant('d', 7).Constant('d', 9), 0)).Op(Opcode.I32Eqz).Op(Opcode.Select));
        Add("loop" + suffix, parameters, "i", tuples, [ValType.I32], code =>
        {
            code.Block(Opcode.Loop).Get(parameters.Length).I32(1).Op(Opcode.I32Add).Tee(parameters.Length).I32(3).Op(Opcode.I32LtU);
            operation.Write(push(code, 0)).I32(0).Op(Opcode.I32Ne).Op(Opcode.I32And).Op(Opcode.BrIf, 0).End().Get(parameters.Length);
        });
        Add("br_table" + suffix, parameters, "i", tuples, [], code =>
        {
            code.Block(Opcode.Block).Block(Opcode.Block).Block(Opcode.Block);
            operation.Write(push(code, 0)).BranchTable(0, 1, 2).End().I32(7).Op(Opcode.Return).End().I32(8).Op(Opcode.Return).End().I32(9);
        });
    }

    /// <summary>Forms with constants among the operands.</summary>
    /// <param name="trapping">Operands that trap, which cannot stand among others in one function.</param>
    private OperationModule AddConstantForms(List<UInt128[]> trapping)
    {
        var operands = operation.Operands;
        for (var position = 0; position < operands.Length && operands.Length > 1; position++)
        {
            var others = operands.Remove(position, 1);
            var number = 0;
            foreach (var constant in EdgeValues.Of(operands[position], operation.Shape, !Settings.AllEdges))
            {
                var place = position;
                var name = $" {position} is {Values.Show(operands[position], constant)} ({number++})";
                var tuples = operands.Length == 2 ? EdgeValues.Of(others[0], operation.Shape, false).Select(value => new[] { value })
                    : operation.Tuples(true).Take(20).Select(tuple => tuple.Where((_, i) => i != place).ToArray());
                Add("constant" + name, others, operation.Results, tuples, [], code => operation.Write(PushConstant(code, 0)));
                // Engines find out what a local holds.
                var type = operands[position];
                Add("constant local" + name, others, operation.Results, tuples, [Signature.Type(type)], code =>
                {
                    code.Constant(type, constant).Set(others.Length);
                    for (var i = 0; i < operands.Length; i++)
                        code.Get(i == place ? others.Length : i < place ? i : i - 1);
                    operation.Write(code);
                });
                if (operation.Results == "i" && number <= 3)
                    AddConditions(others, tuples, name, PushConstant);

                CodeWriter PushConstant(CodeWriter code, int first)
                {
                    for (var i = 0; i < operands.Length; i++)
                        _ = i == place ? code.Constant(operands[i], constant) : code.Get(first + (i < place ? i : i - 1));
                    return code;
                }
            }
        }
        AddFolded(trapping);
        return this;
    }

    private void AddFolded(List<UInt128[]> trapping)
    {
        var operands = operation.Operands;
        var traps = trapping.Select(tuple => string.Join(' ', tuple)).ToHashSet();
        var tuples = operation.Tuples(!Settings.AllEdges).Take(Settings.AllEdges ? 2_000 : 150).ToArray();
        foreach (var tuple in tuples.Where((tuple, i) => i == 0 || traps.Contains(string.Join(' ', tuple))))
            Add($"folded {Values.Show(operands, tuple)}", "", operation.Results, [[]], [], code => operation.Write(Constants(code, tuple)));
        // The others share functions that leave their results in memory.
        var batch = 0;
        var results = operation.Results.Select(Signature.Type).ToArray();
        foreach (var group in tuples.Where(tuple => !traps.Contains(string.Join(' ', tuple))).Chunk(BatchSize))
        {
            Add($"batch {batch++}", "", "", [[]], results, code =>
            {
                for (var i = 0; i < group.Length; i++)
                {
                    if (results.Length == 1)
                    {
                        Store(Canonical(operation.Write(Constants(code.I32(i * Slot), group[i])), operation.Results[0]), operation.Row.Results![0]);
                        continue;
                    }
                    operation.Write(Constants(code, group[i]));
                    for (var result = results.Length - 1; result >= 0; result--)
                        code.Set(result);
                    for (var result = 0; result < results.Length; result++)
                        Store(code.I32((i * results.Length + result) * Slot).Get(result), operation.Row.Results![result]);
                }
            });
        }

        CodeWriter Constants(CodeWriter code, UInt128[] tuple)
        {
            for (var i = 0; i < tuple.Length; i++)
                code.Constant(operands[i], tuple[i]);
            return code;
        }
    }

    private CodeWriter Push(CodeWriter code, int first)
    {
        for (var i = 0; i < operation.Operands.Length; i++)
            code.Get(first + i);
        return code;
    }

    /// <summary>Makes all NaNs of a computed float (on the stack; local 0 is free for it) one, for memory is compared bit for bit.</summary>
    private static CodeWriter Canonical(CodeWriter code, char result) => result switch
    {
        'f' => code.Tee(0).Constant('f', 0x7FC0_0000).Get(0).Get(0).Op(Opcode.F32Eq).Op(Opcode.Select),
        'd' => code.Tee(0).Constant('d', 0x7FF8_0000_0000_0000).Get(0).Get(0).Op(Opcode.F64Eq).Op(Opcode.Select),
        'F' => code.Tee(0).Constant('v', new(0x7FC0_0000_7FC0_0000, 0x7FC0_0000_7FC0_0000)).Get(0).Get(0).Op(Opcode.F32x4Eq).Op(Opcode.V128Bitselect),
        'D' => code.Tee(0).Constant('v', new(0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_0000)).Get(0).Get(0).Op(Opcode.F64x2Eq).Op(Opcode.V128Bitselect),
        _ => code,
    };
}
