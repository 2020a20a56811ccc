using System.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>The operands every instruction is tried with: edges of each type, alone, in pairs, and in vectors.</summary>
internal static class Operands
{
    public static UInt128[] Of(char type, string shape) => type switch
    {
        'i' => Integers(32),
        'l' => Integers(64),
        'f' => Floats(FloatFormat.Single),
        'd' => Floats(FloatFormat.Double),
        'v' => Vectors(shape),
        _ => throw new NotSupportedException($"No operands of type {type}."),
    };

    public static int LaneWidth(string shape) => int.Parse(shape.AsSpan(1, shape.IndexOf('x') - 1));

    private static UInt128[] Integers(int width)
    {
        var one = BigInteger.One;
        var limit = one << width;
        BigInteger[] edges =
        [
            0, 1, 2, 3, 7, 8, width - 1, width, width + 1, 100,
            (one << (width / 2)) - 1, one << (width / 2), limit - (one << (width / 2)), limit - (one << (width / 2)) - 1,
            limit / 2 - 1, limit / 2, limit / 2 + 1, limit / 2 + limit / 4, limit / 3, limit / 3 * 2, limit - 3, limit - 2, limit - 1,
        ];
        return [.. edges.Distinct().Select(edge => (UInt128)edge)];
    }

    private static UInt128[] Floats(FloatFormat format)
    {
        double[] numbers =
        [
            1, 1.5, 2, 3, 0.1, 1.0 / 3, 127, 255, 256, 1e10, 1e-10, 0.5, 2.5, 3.5, 4.5, 8388607.5, 4503599627370495.5,
            Math.ScaleB(1, 15), Math.ScaleB(1, 16), Math.ScaleB(1, 24), Math.ScaleB(1, 31), Math.ScaleB(1, 32), Math.ScaleB(1, 52), Math.ScaleB(1, 53),
            Math.ScaleB(1, 63), Math.ScaleB(1, 64), 2147483647, 4294967295, 9223372036854774784, 1e30, 3.4028235677973366e38, 1.401298464324817e-45,
            float.MaxValue, Math.ScaleB(1, -126), Math.ScaleB(1, -149), Math.ScaleB(1, -150),
        ];
        var positive = new HashSet<BigInteger>
        {
            0, 1, 2, (BigInteger.One << format.FractionBits) - 1, BigInteger.One << format.FractionBits, format.Infinity - 1, format.Infinity,
            format.CanonicalNaN, format.CanonicalNaN + 5, format.Infinity + 1, format.SignBit - 1, format.Infinity + (BigInteger.One << (format.FractionBits - 2)),
        };
        foreach (var number in numbers)
        {
            var bits = FloatFormat.Double.Value(BitConverter.DoubleToUInt64Bits(number));
            var near = format.Round(bits);
            positive.UnionWith([near - (near.IsZero ? 0 : 1), near, near + (near == format.Infinity ? 0 : 1)]);
        }
        return [.. positive.SelectMany(bits => (BigInteger[])[bits, bits + format.SignBit]).Select(bits => (UInt128)bits)];
    }

    /// <summary>Vectors that meet each of <see cref="Of"/>'s so that every pair of edges shares a lane; as few as that takes.</summary>
    public static UInt128[] Partners(string shape) => Vectors(shape, 128 / LaneWidth(shape));

    // For each edge (or every step-th) a vector with that edge in its first lane and the following ones behind it.
    private static UInt128[] Vectors(string shape, int step = 1)
    {
        var width = LaneWidth(shape);
        var edges = shape[0] == 'f' ? Floats(FloatFormat.OfWidth(width)) : Integers(width);
        var vectors = new List<UInt128>();
        for (var first = 0; first < edges.Length; first += step)
        {
            var vector = UInt128.Zero;
            for (var lane = 0; lane < 128 / width; lane++)
                vector |= edges[(first + lane) % edges.Length] << (lane * width);
            vectors.Add(vector);
        }
        if (shape[0] == 'i')
            vectors.AddRange(edges.Select(edge => UInt128.MaxValue / ((UInt128.One << width) - 1) * edge));
        var random = new Random(20260117);
        for (var i = 0; i < 24; i++)
            vectors.Add(new((ulong)random.NextInt64(long.MinValue, long.MaxValue), (ulong)random.NextInt64(long.MinValue, long.MaxValue)));
        vectors.AddRange([UInt128.Zero, UInt128.MaxValue]);
        for (var lane = 0; lane < 128 / width; lane++)
            vectors.Add(UInt128.One << (lane * width));
        return [.. vectors];
    }

    /// <summary>All pairs; of triples and quadruples a fixed sample.</summary>
    public static IEnumerable<UInt128[]> Combinations(UInt128[][] sets)
    {
        if (sets.Length <= 2)
        {
            foreach (var first in sets[0])
            {
                if (sets.Length == 1)
                    yield return [first];
                else
                    foreach (var second in sets[1])
                        yield return [first, second];
            }
            yield break;
        }
        var random = new Random(sets.Length);
        for (var i = 0; i < 4000; i++)
            yield return [.. sets.Select(set => set[random.Next(set.Length)])];
    }
}
