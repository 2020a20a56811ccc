using Waxwing.Binary;
using Waxwing.Differential.Tests.Engines;
using Waxwing.Differential.Tests.Instructions;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;
using Module = Waxwing.Syntax.Module;

namespace Waxwing.Differential.Tests.Constructs;

/// <summary>
/// Instructions with more to them than operands - tables, bulk operations, control, calls, exceptions, objects - in modules written for them. Every exported function of numbers is called over
/// edge values; a function whose name begins with "show" is called after each of the others' calls.
/// </summary>
public sealed class ConstructTests
{
    private const int MostCalls = 150;

    private static readonly Dictionary<string, (string Text, int[] Values)> Modules = ConstructModules.All;

    public static TheoryData<string> Names => [.. Modules.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Engines_agree(string name)
    {
        var (text, values) = Modules[name];
        var bytes = TextModule.Encode(text);
        var module = Decoder.Decode(bytes, WasmFeatures.All, WasmLimits.Default);
        var differences = new Differences();
        differences.Collect(() =>
        {
            using var comparison = new Comparison(bytes, TextModule.Features(text), whole: false);
            var functions = module.Exports.Where(export => export.Kind == ExternKind.Function).ToArray();
            var shows = functions.Where(export => IsShow(export.Name)).Select(export => comparison.Function(export.Name, SignatureOf(module, export))).ToArray();
            var memories = module.Exports.Where(export => export.Kind == ExternKind.Memory).Select(export => export.Name).ToArray();
            foreach (var export in functions.Where(export => !IsShow(export.Name)))
            {
                differences.Collect(() =>
                {
                    var signature = SignatureOf(module, export);
                    var function = comparison.Function(export.Name, signature);
                    foreach (var tuple in Tuples(signature.Parameters, values))
                    {
                        function.Call(tuple);
                        foreach (var show in shows)
                            show.Call();
                    }
                    foreach (var memory in memories)
                        comparison.CompareMemory(memory, export.Name);
                });
            }
        });
        differences.AssertNone();
    }

    /// <summary>No row of the instruction table is left out of the operations, the accesses and these modules.</summary>
    [Fact]
    public void Every_instruction_is_compared()
    {
        var seen = new HashSet<Opcode>(InstructionTable.All.ToArray().Where(row => Operation.Of(row).Any() || AccessModule.Takes(row)).Select(row => row.Opcode));
        seen.UnionWith([Opcode.I32Const, Opcode.I64Const, Opcode.F32Const, Opcode.F64Const, Opcode.V128Const]);
        foreach (var (text, _) in Modules.Values)
        {
            var module = Decoder.Decode(TextModule.Encode(text), WasmFeatures.All, WasmLimits.Default);
            var context = ModuleValidator.Validate(module, WasmFeatures.All, WasmLimits.Default);
            var consumer = new OpcodeCollector(seen);
            for (var function = 0; function < module.Code.Count; function++)
                FunctionValidator.Walk(context, function, ref consumer);
        }
        Assert.Empty(InstructionTable.All.ToArray().Where(row => !seen.Contains(row.Opcode)).Select(row => row.Name));
    }

    private readonly struct OpcodeCollector(HashSet<Opcode> seen) : IFunctionConsumer
    {
        public void Instruction(in InstructionEvent instruction) => seen.Add(instruction.Opcode);
    }

    private static bool IsShow(string name) => name.StartsWith("show", StringComparison.Ordinal);

    private static Engines.Signature SignatureOf(Module module, Export export)
    {
        var type = module.Types[module.Functions[export.Index]];
        return new(string.Concat(type.Parameters.Select(Letter)), string.Concat(type.Results.Select(Letter)));
    }

    private static char Letter(ValType type) => type == ValType.I32 ? 'i' : type == ValType.I64 ? 'l' : type == ValType.F32 ? 'f' : type == ValType.F64 ? 'd' : 'v';

    // All combinations where they are few, else a sample that is always the same.
    private static IEnumerable<UInt128[]> Tuples(string parameters, int[] values)
    {
        var sets = parameters.Select(type => Values(type, values)).ToArray();
        var all = sets.Aggregate(1L, (product, set) => Math.Min(product * set.Length, 1 << 30));
        var random = new Random(parameters.Length);
        for (var i = 0L; i < Math.Min(all, MostCalls); i++)
        {
            var (tuple, rest) = (new UInt128[sets.Length], i);
            for (var p = 0; p < tuple.Length; p++)
            {
                tuple[p] = sets[p][all <= MostCalls ? (int)(rest % sets[p].Length) : random.Next(sets[p].Length)];
                rest /= sets[p].Length;
            }
            yield return tuple;
        }
    }

    private static UInt128[] Values(char type, int[] values) => type switch
    {
        'i' => [.. values.Select(value => (UInt128)(uint)value)],
        'l' => [.. values.Select(value => (UInt128)(ulong)value), 0x1_0000_0000, 0x8000_0000_0000_0000],
        _ => EdgeValues.Of(type, "i32x4", true),
    };
}
