using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Waxwing.Instructions;
using Waxwing.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>Walks the atomic rows of the instruction table.</summary>
public sealed partial class AtomicTests
{
    [GeneratedRegex(@"^i(32|64)\.atomic\.(load|store|rmw)(8|16|32)?(?:\.(\w+?))?(_u)?$")]
    private static partial Regex Name { get; }

    public static TheoryData<string> AtomicAccesses =>
        [.. InstructionTable.All.ToArray().Where(row => Name.IsMatch(row.Name)).Select(row => row.Opcode.ToString())];

    [Fact]
    public void All_atomic_accesses_are_walked() => Assert.Equal(63, AtomicAccesses.Count);

    [Theory]
    [MemberData(nameof(AtomicAccesses))]
    public void Every_atomic_access_agrees_with_its_reference(string opcode)
    {
        var row = InstructionTable.Info(Enum.Parse<Opcode>(opcode));
        var match = Name.Match(row.Name);
        var width = row.Width * 8;
        var operation = match.Groups[2].Value == "rmw" ? match.Groups[4].Value : match.Groups[2].Value;
        var cell = width switch { 8 => typeof(byte), 16 => typeof(ushort), 32 => typeof(int), _ => typeof(long) };
        var contract = operation switch { "load" => typeof(IAtomicLoad<,>), "store" => typeof(IAtomicStore<,>), "cmpxchg" => typeof(IAtomicCmpxchg<,>), _ => typeof(IAtomicRmw<,>) };
        var runner = OperationRunner.Create(row.Opcode, contract.MakeGenericType(cell, match.Groups[1].Value == "32" ? typeof(int) : typeof(long)));

        var values = Operands.Of(match.Groups[1].Value == "32" ? 'i' : 'l', "");
        foreach (var old in values)
        foreach (var operand in values)
        {
            // The expected value of cmpxchg equals the old one in half of the cases, with bits above the cell that must not matter.
            var seen = IntegerReference.Wrap((BigInteger)old, width);
            var expected = operand % 2 == 0 ? operand : (UInt128)seen | (values[^1] << width & values[^1]);
            var matches = IntegerReference.Wrap((BigInteger)expected, width) == seen;
            UInt128[] operands = operation switch { "load" => [], "cmpxchg" => [expected, operand], _ => [operand] };
            var (result, after) = runner.ApplyTo(OperationRunner.ToObject((UInt128)seen, cell), operands);

            var replacement = IntegerReference.Wrap((BigInteger)operand, width);
            var wanted = operation switch
            {
                "load" => seen,
                "store" or "xchg" => replacement,
                "cmpxchg" => matches ? replacement : seen,
                _ => IntegerReference.Binary(operation, width, seen, replacement),
            };
            Assert.Equal(OperationRunner.ToObject((UInt128)wanted, cell), after);
            Assert.Equal(operation == "store" ? 0 : seen, (BigInteger)result);
        }
    }

    [Fact]
    public async Task Concurrent_additions_to_neighbouring_cells_are_not_lost()
    {
        const int rounds = 20_000;
        var bytes = new byte[8];
        var ints = new int[4];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < rounds; i++)
            {
                Add<I32AtomicRmw8AddU, byte>(ref bytes[i % 8]);
                Add<I32AtomicRmwAdd, int>(ref ints[i % 4]);
                _ = I32AtomicRmw16XorU.Apply(ref Unsafe.As<int, ushort>(ref ints[3]), 0);
            }
        })));
        Assert.All(bytes, value => Assert.Equal(unchecked((byte)(rounds * 4 / 8)), value));
        Assert.All(ints, value => Assert.Equal(rounds, value));

        static void Add<TOperation, TCell>(ref TCell location) where TOperation : IAtomicRmw<TCell, int> => TOperation.Apply(ref location, 1);
    }
}
