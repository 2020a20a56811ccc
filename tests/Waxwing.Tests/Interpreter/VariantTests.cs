using System.Text;
using Waxwing.Instructions;
using Waxwing.Tests.Numerics;
using Waxwing.Tests.Runtime;
using Waxwing.Tests.Text;

namespace Waxwing.Tests.Interpreter;

/// <summary>
/// Every scalar numeric instruction with operands from everywhere (local, constant, tee, the instruction before) and its result going everywhere (returned, kept, stored, branched
/// on, dropped): each of the interpreter's forms must do what the operation itself does.
/// </summary>
public sealed class VariantTests
{
    private static readonly string[] Sources = ["local", "constant", "tee", "computed"];
    private static readonly string[] Uses = ["return", "local", "memory", "if", "br_if", "loop", "select", "drop"];

    public static TheoryData<string> Instructions => [.. InstructionTable.All.ToArray()
        .Where(row => NumericInstructionTests.IsNumeric(row) && !NumericInstructionTests.IsVector(row) && row.Results!.Length == 1).Select(row => row.Opcode.ToString())];

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Every_form_does_the_same(string opcode)
    {
        var row = InstructionTable.Info(Enum.Parse<Opcode>(opcode));
        var runner = OperationRunner.Create(row.Opcode, NumericInstructionTests.Contract(row));
        var random = new Random((int)row.Opcode);
        var sets = row.Operands!.Select(type => Operands.Of(type, "")).ToArray();
        UInt128[][] cases = [.. Enumerable.Range(0, 5).Select(_ => sets.Select(set => set[random.Next(set.Length)]).ToArray())];
        var text = new StringBuilder("(module (memory 1)\n");
        var functions = new List<(string Name, int Case, string Use)>();
        for (var i = 0; i < cases.Length; i++)
        {
            foreach (var sources in row.Operands!.Length == 1 ? Sources.Select(source => new[] { source }) : Sources.SelectMany(left => Sources.Select(right => new[] { left, right })))
            {
                foreach (var use in Uses)
                {
                    if (use is "if" or "br_if" or "loop" or "select" && row.Results != "i")
                        continue;
                    functions.Add(($"{use} {string.Join(' ', sources)} {i}", i, use));
                    text.Append(Function(functions[^1].Name, row, cases[i], sources, use));
                }
            }
        }
        using var runtime = Modules.NewRuntime(engine: WasmEngineKind.Interpreter);
        var instance = runtime.Instantiate(WasmModule.Load(TextModules.Encode(text.Append(')').ToString())));
        foreach (var (name, number, use) in functions)
        {
            var trap = runner.Check(cases[number]);
            var result = trap != 0 ? UInt128.Zero : runner.Apply(cases[number]);
            if (use is "if" or "br_if" or "loop" or "select")
                result = result == 0 ? 0u : 1u;
            var expected = trap != 0 ? $"{trap}" : use == "drop" ? "7" : $"{(ulong)result}";
            WasmValue[] arguments = [.. cases[number].Select((bits, i) => new WasmValue(Kind(row.Operands![i]), (ulong)bits, 0, null))];
            string actual;
            try
            {
                actual = $"{instance.Invoke(name, arguments)[0].Low}";
            }
            catch (WasmTrapException stopped)
            {
                actual = $"{stopped.Code}";
            }
            if (expected != actual)
                Assert.Fail($"{row.Name} {name} ({string.Join(", ", cases[number].Select(bits => $"0x{bits:x}"))}): {actual}, expected {expected}\n{Function(name, row, cases[number], name.Split(' ')[1..^1], use)}");
        }
    }

    private static string Function(string name, InstructionInfo row, UInt128[] operands, string[] sources, string use)
    {
        var (operandType, resultType) = (Name(row.Operands![0]), Name(row.Results![0]));
        var value = new StringBuilder();
        for (var i = 0; i < sources.Length; i++)
        {
            value.Append(sources[i] switch
            {
                "constant" => Constant(operandType, operands[i]),
                "tee" => $" local.get {i} local.tee $tee{i}",
                "computed" when operandType[0] == 'i' => $" local.get {i} {operandType}.const 0 {operandType}.or",
                "computed" => $" local.get {i} i{operandType[1..]}.reinterpret_{operandType} {operandType}.reinterpret_i{operandType[1..]}",
                _ => $" local.get {i}",
            });
        }
        value.Append($" {row.Name}");
        var (type, code) = use switch
        {
            "local" => (resultType, $"{value} local.set $result nop local.get $result"),
            "memory" => (resultType, $"i32.const 16 {value} {resultType}.store i32.const 16 {resultType}.load"),
            "if" => ("i32", $"{value} if (result i32) i32.const 1 else i32.const 0 end"),
            "br_if" => ("i32", $"block $b {value} br_if $b i32.const 0 return end i32.const 1"),
            // Backward when true, for a second round that leaves.
            "loop" => ("i32", $"loop $l local.get $rounds if i32.const 1 return end i32.const 1 local.set $rounds {value} br_if $l end i32.const 0"),
            "select" => ("i32", $"i32.const 1 i32.const 0 {value} select"),
            "drop" => ("i32", $"{value} drop i32.const 7"),
            _ => (resultType, $"{value}"),
        };
        var parameters = string.Concat(row.Operands.Select(operand => $" (param {Name(operand)})"));
        var tees = string.Concat(row.Operands.Select((operand, i) => $" (local $tee{i} {Name(operand)})"));
        return $"(func (export \"{name}\"){parameters} (result {type}){tees} (local $result {resultType}) (local $rounds i32) {code})\n";
    }

    private static string Constant(string type, UInt128 bits) => $" {type}.const {(type[0] == 'i' ? $"0x{bits:x}" : Literal(type, bits))}";

    private static string Literal(string type, UInt128 bits)
    {
        var value = type == "f32" ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble((ulong)bits);
        var sign = type == "f32" ? (uint)bits >> 31 != 0 : (ulong)bits >> 63 != 0;
        if (double.IsNaN(value))
            return $"{(sign ? "-" : "")}nan:0x{(type == "f32" ? (uint)bits & 0x7F_FFFF : (ulong)bits & 0xF_FFFF_FFFF_FFFF):x}";
        if (double.IsInfinity(value))
            return sign ? "-inf" : "inf";
        return type == "f32" ? ((float)value).ToString("R", System.Globalization.CultureInfo.InvariantCulture) : value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static ValueKind Kind(char type) => type switch { 'i' => ValueKind.I32, 'l' => ValueKind.I64, 'f' => ValueKind.F32, _ => ValueKind.F64 };

    private static string Name(char type) => type switch { 'i' => "i32", 'l' => "i64", 'f' => "f32", _ => "f64" };
}
