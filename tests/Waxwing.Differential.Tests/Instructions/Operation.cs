using System.Text.RegularExpressions;
using Waxwing.Differential.Tests.Modules;
using Waxwing.Instructions;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>An instruction on numbers with chosen immediates: what its operands are made of and how its results compare.</summary>
internal sealed partial class Operation
{
    private readonly byte[] immediates;

    private Operation(InstructionInfo row, byte[] immediates)
    {
        (Row, this.immediates) = (row, immediates);
        var shapes = ShapePattern().Matches(row.Name);
        Shape = shapes.Count == 0 ? "i32x4" : shapes[^1].Value;
        Results = string.Concat(row.Results!.Select(type => ResultLetter(row, type, shapes.Count == 0 ? "" : shapes[0].Value)));
    }

    public InstructionInfo Row { get; }

    /// <summary>Operand types.</summary>
    public string Operands => Row.Operands!;

    /// <summary>Result types in the letters of <see cref="Engines.Signature"/>: floats that are computed compare with all quiet NaNs as one.</summary>
    public string Results { get; }

    /// <summary>The lanes of vector operands.</summary>
    public string Shape { get; }

    public string Name => immediates.Length == 0 ? Row.Name : $"{Row.Name} {Convert.ToHexString(immediates)}";

    /// <summary>Every instruction of the table that only takes and gives numbers, with some choices of its immediates.</summary>
    public static IEnumerable<Operation> Of(InstructionInfo row)
    {
        if (row.Operands is not { Length: > 0 } operands || !operands.Concat(row.Results!).All("ilfdv".Contains))
            return [];
        var lanes = row.Immediates == ImmediateKind.Lane ? 128 / EdgeValues.LaneBits(ShapePattern().Match(row.Name).Value) : 0;
        return row.Immediates switch
        {
            ImmediateKind.None => [new(row, [])],
            ImmediateKind.Lane => new[] { 0, 1, lanes - 1 }.Distinct().Select(lane => new Operation(row, [(byte)lane])),
            ImmediateKind.Lanes16 => Shuffles.Select(lanes => new Operation(row, [.. lanes])),
            _ => [],
        };
    }

    public CodeWriter Write(CodeWriter code) => code.Op(Row.Opcode).Bytes(immediates);

    /// <summary>Operand tuples: every combination of up to two, a fixed sample of more.</summary>
    /// <param name="few">For each operand, whether few values will do.</param>
    public IEnumerable<UInt128[]> Tuples(params bool[] few)
    {
        var sets = Operands.Select((type, i) => EdgeValues.Of(type, Shape, few[i % few.Length])).ToArray();
        return sets.Length switch
        {
            1 => sets[0].Select(value => new[] { value }),
            2 => sets[0].SelectMany(_ => sets[1], (first, second) => new[] { first, second }),
            _ => Sample(sets),
        };
    }

    private static IEnumerable<UInt128[]> Sample(UInt128[][] sets)
    {
        const int Count = 1_000;
        var random = new Random(sets.Length);
        for (var i = 0; i < Count; i++)
            yield return [.. sets.Select(set => set[random.Next(set.Length)])];
    }

    // Moves of whole vectors and lanes, reversals, interleavings, and some with no pattern: engines have instructions of their own for many.
    private static IEnumerable<IEnumerable<byte>> Shuffles
    {
        get
        {
            int[] all = [.. Enumerable.Range(0, 16)];
            yield return all.Select(i => (byte)i);
            yield return all.Select(i => (byte)(i + 16));
            yield return all.Select(i => (byte)(15 - i));
            yield return all.Select(i => (byte)(i + 5));
            yield return all.Select(i => (byte)(i / 2 + i % 2 * 16));
            yield return all.Select(i => (byte)(8 + i / 2 + i % 2 * 16));
            yield return all.Select(i => (byte)(i % 4 + 20));
            yield return all.Select(_ => (byte)3);
            yield return all.Select(i => (byte)(i * 2));
            yield return all.Select(i => (byte)(i * 7 % 32));
            yield return all.Select(i => (byte)((i * 13 + 5) % 16));
            yield return all.Select(i => (byte)(i < 8 ? i + 24 : i - 8));
        }
    }

    private static char ResultLetter(InstructionInfo row, char type, string shape)
    {
        var computed = ComputingPattern().IsMatch(row.Name);
        return type switch
        {
            'f' => computed ? 'f' : 'x',
            'd' => computed ? 'd' : 'y',
            'v' when computed && shape[0] == 'f' => shape == "f32x4" ? 'F' : 'D',
            _ => type,
        };
    }

    [GeneratedRegex("[if][0-9]+x[0-9]+")]
    private static partial Regex ShapePattern();

    /// <summary>Operations whose NaN results may have any payload; others only move bits.</summary>
    [GeneratedRegex(@"\.(relaxed_)?(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|n?madd|demote_f64(x2_zero)?|promote(_low)?_f32(x4)?)$")]
    private static partial Regex ComputingPattern();
}
