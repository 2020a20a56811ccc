namespace Waxwing.Differential.Tests.Instructions;

/// <summary>The values at which instructions change their minds, in the letters of the instruction table.</summary>
internal static class EdgeValues
{
    private static readonly Dictionary<(char, string, bool), UInt128[]> Cache = [];
    private static readonly Lock Gate = new();

    /// <summary>Edge values of a type.</summary>
    /// <param name="type">i, l, f, d or v.</param>
    /// <param name="shape">Of a vector: the lanes that an instruction works on, as in i8x16.</param>
    /// <param name="few">Whether only the most telling ones are wanted.</param>
    public static UInt128[] Of(char type, string shape, bool few)
    {
        lock (Gate)
        {
            var key = (type, type == 'v' ? shape : "", few);
            if (!Cache.TryGetValue(key, out var values))
                Cache.Add(key, values = Make(type, shape, few));
            return values;
        }
    }

    public static int LaneBits(string shape) => int.Parse(shape.AsSpan(1, shape.IndexOf('x') - 1));

    private static UInt128[] Make(char type, string shape, bool few) => type switch
    {
        'i' => few ? Integers(32)[..10] : Integers(32),
        'l' => few ? Integers(64)[..10] : Integers(64),
        'f' => few ? Floats32()[..12] : Floats32(),
        'd' => few ? Floats64()[..12] : Floats64(),
        'v' => Vectors(shape, few),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no values of this type"),
    };

    // The most telling first.
    private static UInt128[] Integers(int width)
    {
        var top = UInt128.One << (width - 1);
        var all = (top << 1) - 1;
        List<UInt128> values = [0, 1, all, top, top - 1, (uint)width, 7, 0x8000, top + 1, all - 1, 2, 3, (uint)width - 1, (uint)width + 1, 8, 10, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0xFFFF, 0x10000];
        if (width == 64)
            values.AddRange([0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, all - 0x7FFF_FFFF, all - 0x8000_0000, 0xFFFF_FFFF_0000_0000]);
        values.AddRange([top | top >> 1, all / 3, all / 3 * 2, 0x0123_4567_89AB_CDEF & all, all - 0x7F, all - 0x80]);
        return [.. values.Distinct()];
    }

    private static UInt128[] Floats32()
    {
        float[] telling =
        [
            0f, -0f, 1f, -1.5f, float.NaN, float.PositiveInfinity, float.Epsilon, 2147483648f, 0.5f, float.NegativeInfinity, 16777217f,
        ];
        float[] more =
        [
            -1f, -0.5f, 1.5f, 2.5f, -2.5f, 0.1f, 0.49999997f, -0.99999994f, 8388607.5f, 8388609f, 3.5f, float.MaxValue, float.MinValue, 1.17549435e-38f, -1.17549421e-38f,
            -float.Epsilon, 2147483520f, -2147483648f, -2147483904f, 4294967296f, 4294967040f, 9223372036854775808f, 9223371487098961920f, -9223372036854775808f, -9223373136366403584f,
            18446744073709551616f, 18446742974197923840f, 255.5f, -128.5f, 65535.5f, 1e10f, 1e-10f,
        ];
        uint[] patterns = [0x7FA0_0001, 0xFFC0_0000, 0x7FC1_2345, 0xFF80_0001, 0x7FFF_FFFF];
        UInt128[] all = [.. telling.Select(Bits), patterns[0], .. more.Select(Bits), .. patterns[1..].Select(bits => (UInt128)bits)];
        return [.. all.Distinct()];

        static UInt128 Bits(float value) => BitConverter.SingleToUInt32Bits(value);
    }

    private static UInt128[] Floats64()
    {
        double[] telling =
        [
            0d, -0d, 1d, -1.5d, double.NaN, double.PositiveInfinity, double.Epsilon, 2147483648d, 0.5d, double.NegativeInfinity, 9007199254740993d,
        ];
        double[] more =
        [
            -1d, -0.5d, 1.5d, 2.5d, -2.5d, 0.1d, 0.49999999999999994, -0.99999999999999989, 4503599627370495.5, 4503599627370497d, 3.5d, double.MaxValue, double.MinValue,
            2.2250738585072014e-308, -2.2250738585072009e-308, -double.Epsilon, 2147483647d, 2147483647.5, 2147483647.9999998, -2147483648d, -2147483648.9999995, -2147483649d,
            4294967295d, 4294967295.9999995, 4294967296d, 9223372036854775808d, 9223372036854774784d, -9223372036854775808d, -9223372036854777856d, 18446744073709551616d,
            18446744073709549568d, 3.4028235677973366e38, 3.4028234663852886e38, 1.401298464324817e-45, 7.006492321624085e-46, 1.1754943508222875e-38, 16777217d, 1e300, 255.5, -128.5,
        ];
        ulong[] patterns = [0x7FF4_0000_0000_0001, 0xFFF8_0000_0000_0000, 0x7FF8_1234_5678_9ABC, 0xFFF0_0000_0000_0001, 0x7FFF_FFFF_FFFF_FFFF, 0x7FF0_0000_2000_0000];
        UInt128[] all = [.. telling.Select(Bits), patterns[0], .. more.Select(Bits), .. patterns[1..].Select(bits => (UInt128)bits)];
        return [.. all.Distinct()];

        static UInt128 Bits(double value) => BitConverter.DoubleToUInt64Bits(value);
    }

    // Each edge of the lane type somewhere in a vector, different neighbours in each; then whole vectors of one edge.
    private static UInt128[] Vectors(string shape, bool few)
    {
        var width = LaneBits(shape);
        var edges = (shape[0], width) switch { ('f', 32) => Floats32(), ('f', 64) => Floats64(), _ => Integers(width) };
        var lanes = 128 / width;
        var mask = width == 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;
        var vectors = new List<UInt128>();
        for (var first = 0; first < edges.Length; first += few ? lanes : Math.Max(1, lanes / 4))
        {
            var vector = UInt128.Zero;
            for (var lane = 0; lane < lanes; lane++)
                vector |= (edges[(first + lane) % edges.Length] & mask) << (lane * width);
            vectors.Add(vector);
        }
        vectors.AddRange([UInt128.Zero, UInt128.MaxValue, new(0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100)]);
        if (!few)
        {
            vectors.AddRange(edges.Select(edge => UInt128.MaxValue / mask * (edge & mask)));
            vectors.AddRange([UInt128.One, UInt128.One << 127, new(0x1F1E_1D1C_1B1A_1918, 0x1716_1514_1312_1110), new(0x8081_7F7E_FF00_0180, 0x0180_FF7F_8000_FF01)]);
        }
        return [.. vectors.Distinct()];
    }
}
