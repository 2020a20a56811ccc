using System.Numerics;
using System.Runtime.Intrinsics;
using Waxwing.Instructions;
using Waxwing.Numerics;
using V = System.Runtime.Intrinsics.Vector128<byte>;

namespace Waxwing.Tests.Numerics;

/// <summary>Walks the instruction table: every numeric row has an operation of its name and interface that agrees with the specification's formula.</summary>
public sealed class NumericInstructionTests
{
    private const string NumberTypes = "ilfdv";

    public static TheoryData<string> NumericInstructions => [.. InstructionTable.All.ToArray().Where(IsNumeric).Select(row => row.Opcode.ToString())];

    public static TheoryData<string> LoadExtensions =>
        [.. InstructionTable.All.ToArray().Where(row => row.Name.StartsWith("v128.load", StringComparison.Ordinal) && row.Name.EndsWith("_s") | row.Name.EndsWith("_u"))
            .Select(row => row.Opcode.ToString())];

    [Theory]
    [MemberData(nameof(NumericInstructions))]
    public void Every_numeric_instruction_agrees_with_its_reference(string opcode)
    {
        var row = InstructionTable.Info(Enum.Parse<Opcode>(opcode));
        var runner = OperationRunner.Create(row.Opcode, Contract(row));
        var shape = VectorReference.OperandShape(row.Name);
        var sets = row.Operands!.Select(type => Operands.Of(type, shape)).ToList();
        if (row.Operands == "vv")
            sets[1] = Operands.Partners(shape);
        if (row.Immediates == ImmediateKind.Lanes16)
            sets.Add([.. sets[0].Select(lanes => lanes & Splat(0x1F)), .. sets[0].Select(lanes => (lanes >> 3) & Splat(0x1F))]);
        if (row.Immediates == ImmediateKind.Lane)
            sets.Add([.. Enumerable.Range(0, 128 / Operands.LaneWidth(shape)).Select(lane => (UInt128)lane)]);

        var isVector = IsVector(row);
        var cases = 0;
        foreach (var operands in Operands.Combinations([.. sets]))
        {
            cases++;
            var trap = isVector ? 0 : ScalarReference.Trap(row.Name, Big(operands));
            var found = runner.Check(operands);
            if (found != trap)
                Assert.Fail($"{row.Name} {Show(operands)}: trap {found}, expected {trap}");
            if (trap != 0)
                continue;
            var expected = isVector
                ? VectorReference.Apply(row.Name, operands, row.Immediates == ImmediateKind.Lane ? (int)operands[^1] : 0)
                : ScalarReference.Apply(row.Name, Big(operands));
            var actual = runner.Apply(operands);
            if (!Accepts(expected, actual))
                Assert.Fail($"{row.Name} {Show(operands)}: 0x{actual:X}, expected {string.Join(' ', expected)} (low lane first)");
        }
        Assert.True(cases >= 23);
    }

    [Theory]
    [MemberData(nameof(LoadExtensions))]
    public void Loads_extend_each_lane(string opcode)
    {
        var row = InstructionTable.Info(Enum.Parse<Opcode>(opcode));
        var runner = OperationRunner.Create(row.Opcode, typeof(IUnary<ulong, V>));
        var width = int.Parse(row.Name["v128.load".Length..row.Name.IndexOf('x')]);
        var signed = row.Name.EndsWith('s');
        foreach (var vector in Operands.Of('v', $"i{width}x{128 / width}"))
        {
            var lanes = VectorReference.Split(vector, width).Take(64 / width);
            Lane[] expected = [.. lanes.Select(bits => new Lane(width * 2, IntegerReference.Wrap(signed ? IntegerReference.Signed(bits, width) : bits, width * 2)))];
            Assert.True(Accepts(expected, runner.Apply((ulong)vector)), $"{row.Name} 0x{(ulong)vector:X}");
        }
    }

    [Theory]
    [InlineData("V128Load32Zero", 32)]
    [InlineData("V128Load64Zero", 64)]
    public void Loads_clear_the_other_lanes(string opcode, int width)
    {
        var runner = OperationRunner.Create(Enum.Parse<Opcode>(opcode), width == 32 ? typeof(IUnary<uint, V>) : typeof(IUnary<ulong, V>));
        foreach (var bits in Operands.Of(width == 32 ? 'i' : 'l', ""))
            Assert.Equal(bits, runner.Apply(bits));
    }

    [Fact]
    public void Every_operation_is_named_after_an_instruction()
    {
        Type[] contracts =
        [
            typeof(IUnary<,>), typeof(IBinary<,>), typeof(ITernary<>), typeof(IShift), typeof(IExtract<>), typeof(IReplace<>), typeof(IWideSum),
            typeof(IWideProduct), typeof(IAtomicLoad<,>), typeof(IAtomicStore<,>), typeof(IAtomicRmw<,>), typeof(IAtomicCmpxchg<,>),
        ];
        var operations = typeof(I32Add).Assembly.GetTypes().Where(type => type.IsValueType
            && type.GetInterfaces().Any(contract => contracts.Contains(contract.IsGenericType ? contract.GetGenericTypeDefinition() : contract))).ToArray();
        Assert.True(operations.Length > 400);
        Assert.All(operations, type => Assert.True(Enum.TryParse<Opcode>(type.Name, out _), type.Name));
    }

    internal static bool IsNumeric(InstructionInfo row) =>
        row is { Operands: { Length: > 0 } operands, Results: { Length: > 0 } results, Immediates: ImmediateKind.None or ImmediateKind.Lane or ImmediateKind.Lanes16 }
        && operands.Concat(results).All(type => NumberTypes.Contains(type));

    internal static bool IsVector(InstructionInfo row) => row.Operands!.Contains('v') || row.Results!.Contains('v');

    // What the engines rely on: the interface follows from the signature, comparisons give bool, and only what can trap has a check.
    internal static Type Contract(InstructionInfo row)
    {
        var operands = row.Operands!.Select(ClrType).ToArray();
        var result = ClrType(row.Results![0]);
        var operation = row.Name[(row.Name.IndexOf('.') + 1)..];
        var scalar = !IsVector(row);
        var traps = scalar && (operation.StartsWith("trunc_f", StringComparison.Ordinal) || operation is "div_s" or "div_u" or "rem_s" or "rem_u")
            && row.Name[0] == 'i';
        if (scalar && IntegerReference.IsComparison(operation))
            result = typeof(bool);
        return row switch
        {
            { Immediates: ImmediateKind.Lanes16 } => typeof(ITernary<V>),
            { Immediates: ImmediateKind.Lane, Operands.Length: 1 } => typeof(IExtract<>).MakeGenericType(result),
            { Immediates: ImmediateKind.Lane } => typeof(IReplace<>).MakeGenericType(operands[1]),
            { Results: "ll", Operands.Length: 4 } => typeof(IWideSum),
            { Results: "ll" } => typeof(IWideProduct),
            { Operands: "vi" } => typeof(IShift),
            { Operands.Length: 1 } => (traps ? typeof(ITrappingUnary<,>) : typeof(IUnary<,>)).MakeGenericType(operands[0], result),
            { Operands.Length: 2 } => (traps ? typeof(ITrappingBinary<,>) : typeof(IBinary<,>)).MakeGenericType(operands[0], result),
            _ => typeof(ITernary<>).MakeGenericType(operands[0]),
        };
    }

    private static Type ClrType(char type) => type switch { 'i' => typeof(int), 'l' => typeof(long), 'f' => typeof(float), 'd' => typeof(double), _ => typeof(V) };

    private static bool Accepts(Lane[] expected, UInt128 actual)
    {
        var shift = 0;
        foreach (var lane in expected)
        {
            if (!lane.Accepts(IntegerReference.Wrap((BigInteger)(actual >> shift), lane.Width)))
                return false;
            shift += lane.Width;
        }
        return shift == 128 || actual >> shift == 0;
    }

    private static UInt128 Splat(byte value) => UInt128.MaxValue / 0xFF * value;

    private static BigInteger[] Big(UInt128[] operands) => [.. operands.Select(operand => (BigInteger)operand)];

    private static string Show(UInt128[] operands) => string.Join(' ', operands.Select(operand => $"0x{operand:X}"));
}
