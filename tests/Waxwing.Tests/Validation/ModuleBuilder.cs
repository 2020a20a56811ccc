using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Tests.Validation;

/// <summary>Puts modules together from types and bodies of encoded instructions, and validates them.</summary>
internal sealed class ModuleBuilder
{
    private readonly ByteWriter bytes = new();
    private readonly List<(int Start, int End)> bodies = [];

    public Module Module { get; } = new() { DataCount = 0 };

    public WasmFeatures Features { get; set; } = WasmFeatures.All;
    public WasmLimits Limits { get; set; } = WasmLimits.Default;

    /// <summary>Adds recursion groups, each an array of types.</summary>
    public ModuleBuilder Types(params SubType[][] groups)
    {
        foreach (var group in groups)
        {
            Module.RecursionGroups.Add(new(Module.Types.Count, group.Length));
            Module.Types.AddRange(group);
        }
        return this;
    }

    public ModuleBuilder Type(ValType[] parameters, ValType[] results) => Types([Func(parameters, results)]);

    public static SubType Func(ValType[] parameters, ValType[] results, int super = -1, bool final = true) =>
        new() { Kind = CompositeKind.Func, Parameters = parameters, Results = results, Supertype = super, Final = final };

    public static SubType Struct(FieldType[] fields, int super = -1, bool final = true) =>
        new() { Kind = CompositeKind.Struct, Fields = fields, Supertype = super, Final = final };

    public static SubType Array(FieldType element, int super = -1, bool final = true) =>
        new() { Kind = CompositeKind.Array, Fields = [element], Supertype = super, Final = final };

    /// <summary>Adds a function of a type whose body is written by <paramref name="write"/>, without local declarations and with its `end`.</summary>
    public ModuleBuilder Function(int type, Action<ByteWriter> write) => Function(type, "00", write);

    /// <summary>Adds a function with local declarations in hexadecimal.</summary>
    public ModuleBuilder Function(int type, string locals, Action<ByteWriter> write)
    {
        var start = bytes.Length;
        bytes.Bytes(Convert.FromHexString(locals.Replace(" ", "", StringComparison.Ordinal)));
        write(bytes);
        bodies.Add((start, bytes.Length));
        Module.Functions.Add(type);
        return this;
    }

    /// <summary>Adds a function whose body is in hexadecimal.</summary>
    public ModuleBuilder Function(int type, string hex, string locals = "00") =>
        Function(type, locals, writer => writer.Bytes(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));

    public ModuleContext Build()
    {
        Module.Bytes = bytes.ToArray();
        Module.Code.Clear();
        foreach (var (start, end) in bodies)
            Module.Code.Add(new(new(start, end - start)));
        return ModuleValidator.Validate(Module, Features, Limits);
    }

    public ModuleContext Validate()
    {
        var context = Build();
        var consumer = new NoConsumer();
        for (var function = 0; function < Module.Code.Count; function++)
            FunctionValidator.Walk(context, function, ref consumer);
        return context;
    }

    public List<Recorded> Record(int function = 0)
    {
        var recorder = new Recorder { Events = [] };
        FunctionValidator.Walk(Build(), function, ref recorder);
        return recorder.Events;
    }

    public void Fails(string phrase)
    {
        var error = Assert.ThrowsAny<WasmException>(Validate);
        Assert.StartsWith(phrase, error.Message, StringComparison.Ordinal);
    }
}

/// <summary>What outlives an <see cref="InstructionEvent"/>.</summary>
internal sealed record Recorded(Opcode Opcode, int Offset, bool Reachable, int Index, int Index2, ulong Immediate, ValType[] Parameters, ValType[] Results, ValType Type,
    ValType TargetType, int[] Labels, CatchClause[] Catches);

internal struct Recorder : IFunctionConsumer
{
    public List<Recorded> Events;

    public readonly void Instruction(in InstructionEvent instruction) => Events.Add(new(instruction.Opcode, instruction.Offset, instruction.Reachable,
        instruction.Index, instruction.Index2, instruction.Immediate, instruction.Parameters.ToArray(), instruction.Results.ToArray(), instruction.Type,
        instruction.TargetType, instruction.Labels.ToArray(), instruction.Catches.ToArray()));
}
