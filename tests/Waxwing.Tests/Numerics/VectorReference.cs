using System.Numerics;
using System.Text.RegularExpressions;

namespace Waxwing.Tests.Numerics;

/// <summary>The vector instructions, lane by lane, from the scalar references.</summary>
internal static partial class VectorReference
{
    [GeneratedRegex("[if](8x16|16x8|32x4|64x2)")]
    private static partial Regex Shape { get; }

    /// <summary>The shape of the operands: the last one that the name mentions; bytes for v128.</summary>
    public static string OperandShape(string name) => Shape.Matches(name) is [.., var last] ? last.Value : "i8x16";

    public static BigInteger[] Split(UInt128 vector, int width) =>
        [.. Enumerable.Range(0, 128 / width).Select(lane => IntegerReference.Wrap((BigInteger)(vector >> (lane * width)), width))];

    /// <param name="name">The instruction, such as i8x16.add.</param>
    /// <param name="operands">Vectors and scalars, as bits.</param>
    /// <param name="lane">The immediate of extract_lane and replace_lane.</param>
    public static Lane[] Apply(string name, UInt128[] operands, int lane)
    {
        var shape = name[..name.IndexOf('.')];
        var operation = name[(shape.Length + 1)..].Replace("relaxed_", "", StringComparison.Ordinal);
        if (shape == "v128")
            return Bitwise(operation, operands);
        var width = Operands.LaneWidth(shape);
        var count = 128 / width;
        var from = Operands.LaneWidth(OperandShape(name));
        switch (operation)
        {
            case "splat":
                return Repeat(count, new Lane(width, IntegerReference.Wrap((BigInteger)operands[0], width)));
            case "extract_lane_s":
                return [new(32, IntegerReference.Wrap(IntegerReference.Signed(Split(operands[0], width)[lane], width), 32))];
            case "extract_lane_u" or "extract_lane":
                return [new(Math.Max(width, 32), Split(operands[0], width)[lane])];
            case "replace_lane":
                return Exact(width, Split(operands[0], width).Select((old, i) => i == lane ? IntegerReference.Wrap((BigInteger)operands[1], width) : old));
            case "shl" or "shr_s" or "shr_u":
                return Exact(width, Split(operands[0], width).Select(value => IntegerReference.Binary(operation, width, value, (BigInteger)operands[1] % width)));
            case "all_true":
                return [new(32, Split(operands[0], width).All(value => !value.IsZero) ? 1 : 0)];
            case "bitmask":
                return [new(32, Split(operands[0], width).Select((value, i) => (value >> (width - 1)) << i).Aggregate((a, b) => a | b))];
            case "laneselect":
                return Bitwise("bitselect", operands);
            case "swizzle":
                var bytes = Split(operands[0], 8);
                return Exact(8, Split(operands[1], 8).Select(index => index < 16 ? bytes[(int)index] : 0));
            case "shuffle":
                var both = (BigInteger[])[.. Split(operands[0], 8), .. Split(operands[1], 8)];
                return Exact(8, Split(operands[2], 8).Select(index => both[(int)index]));
            case "madd" or "nmadd":
                var format = FloatFormat.OfWidth(width);
                var (a, b, c) = (Split(operands[0], width), Split(operands[1], width), Split(operands[2], width));
                var flip = operation == "nmadd" ? format.SignBit : 0;
                return [.. Enumerable.Range(0, count).Select(i => FloatReference.MultiplyAdd(format, a[i] ^ flip, b[i], c[i]))];
        }
        var split = operands.Select(operand => Split(operand, from)).ToArray();
        return from != width || shape[0] != OperandShape(name)[0]
            ? Convert(operation, shape, width, from, split)
            : [.. Enumerable.Range(0, count).Select(i => LaneWise(operation, shape[0], width, [.. split.Select(lanes => lanes[i])]))];
    }

    private static Lane LaneWise(string operation, char kind, int width, BigInteger[] lanes)
    {
        if (kind == 'f')
        {
            var format = FloatFormat.OfWidth(width);
            if (lanes.Length == 1)
                return FloatReference.Unary(operation, format, lanes[0]);
            return IntegerReference.IsComparison(operation)
                ? Mask(width, FloatReference.Compare(operation, format, lanes[0], lanes[1]))
                : FloatReference.Binary(operation, format, lanes[0], lanes[1]);
        }
        var value = lanes.Length == 1
            ? IntegerReference.Unary(operation, width, lanes[0])
            : IntegerReference.Binary(operation == "q15mulr_s" ? "q15mulr_sat_s" : operation, width, lanes[0], lanes[1]);
        return IntegerReference.IsComparison(operation) ? Mask(width, !value.IsZero) : new(width, value);
    }

    // Operands of another width or kind than the result.
    private static Lane[] Convert(string operation, string shape, int width, int from, BigInteger[][] operands)
    {
        var signed = operation.EndsWith("_s", StringComparison.Ordinal) || operation.EndsWith("_s_zero", StringComparison.Ordinal);
        var lanes = operands[0];
        BigInteger Number(BigInteger bits) => signed ? IntegerReference.Signed(bits, from) : bits;
        BigInteger[] Half(BigInteger[] all) => operation.Contains("_high", StringComparison.Ordinal) ? all[(all.Length / 2)..] : all[..(all.Length / 2)];
        switch (operation.Split('_')[0])
        {
            case "narrow":
                // Signed operands in both forms.
                return [.. operands.SelectMany(operand => operand)
                    .Select(bits => IntegerReference.Signed(bits, from))
                    .Select(number => new Lane(width, signed ? IntegerReference.SaturateSigned(number, width) : IntegerReference.SaturateUnsigned(number, width)))];
            case "extend":
                return Exact(width, Half(lanes).Select(bits => IntegerReference.Wrap(Number(bits), width)));
            case "extmul":
                return Exact(width, Half(lanes).Zip(Half(operands[1]), (a, b) => IntegerReference.Wrap(Number(a) * Number(b), width)));
            case "extadd":
                return Exact(width, Pairs(lanes.Select(Number), width));
            case "dot" when operation.EndsWith("_add_s", StringComparison.Ordinal):
                var products = operands[0].Zip(operands[1], (a, b) => IntegerReference.Signed(a, 8) * IntegerReference.Signed(b, 8));
                var halves = products.Chunk(2).Select(pair => IntegerReference.Signed(IntegerReference.SaturateSigned(pair[0] + pair[1], 16), 16));
                var addends = operands[2].Chunk(4).Select(quad => quad[0] + (quad[1] << 8) + (quad[2] << 16) + (quad[3] << 24));
                return Exact(32, halves.Chunk(2).Zip(addends, (pair, addend) => IntegerReference.Wrap(pair[0] + pair[1] + addend, 32)));
            case "dot" when from == 8:
                return Exact(16, operands[0].Zip(operands[1], (a, b) => Number(a) * Number(b)).Chunk(2)
                    .Select(pair => IntegerReference.SaturateSigned(pair[0] + pair[1], 16)));
            case "dot":
                return Exact(width, Pairs(operands[0].Zip(operands[1], (a, b) => Number(a) * Number(b)), width));
            case "convert":
                return [.. (width == 64 ? lanes[..2] : lanes).Select(bits => FloatReference.FromInteger(FloatFormat.OfWidth(width), Number(bits)))];
            case "trunc":
                var whole = lanes.Select(bits => FloatReference.TruncateSaturated(FloatFormat.OfWidth(from), bits, width, signed));
                return Exact(width, from == 64 ? whole.Concat([0, 0]) : whole);
            case "demote":
                return [.. lanes.Select(bits => FloatReference.ChangeFormat(FloatFormat.Double, FloatFormat.Single, bits)), new(32, 0), new(32, 0)];
            case "promote":
                return [.. lanes[..2].Select(bits => FloatReference.ChangeFormat(FloatFormat.Single, FloatFormat.Double, bits))];
            default:
                throw new NotSupportedException($"No reference for {shape}.{operation}.");
        }
    }

    private static Lane[] Bitwise(string operation, UInt128[] operands) => operation switch
    {
        "any_true" => [new(32, operands[0] == 0 ? 0 : 1)],
        "bitselect" => [new(128, (BigInteger)((operands[0] & operands[2]) | (operands[1] & ~operands[2])))],
        _ when operands.Length == 1 => [new(128, IntegerReference.Unary(operation, 128, (BigInteger)operands[0]))],
        _ => [new(128, IntegerReference.Binary(operation, 128, (BigInteger)operands[0], (BigInteger)operands[1]))],
    };

    private static IEnumerable<BigInteger> Pairs(IEnumerable<BigInteger> numbers, int width) =>
        numbers.Chunk(2).Select(pair => IntegerReference.Wrap(pair[0] + pair[1], width));

    private static Lane Mask(int width, bool set) => new(width, set ? (BigInteger.One << width) - 1 : 0);

    private static Lane[] Exact(int width, IEnumerable<BigInteger> lanes) => [.. lanes.Select(bits => new Lane(width, bits))];

    private static Lane[] Repeat(int count, Lane lane) => [.. Enumerable.Repeat(lane, count)];
}
