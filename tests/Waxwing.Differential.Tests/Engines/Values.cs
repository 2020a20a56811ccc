using System.Globalization;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>Values as bits: how they compare and how they are shown.</summary>
internal static class Values
{
    private const uint Quiet32 = 0x7FC0_0000;
    private const ulong Quiet64 = 0x7FF8_0000_0000_0000;

    /// <summary>
    /// Quiet NaNs as one: which payload and sign an operation gives them is left open by the specification. Signalling ones stay as they are, for arithmetic never makes one.
    /// </summary>
    /// <param name="type">A letter of <see cref="Signature"/>.</param>
    /// <param name="bits">The value.</param>
    public static UInt128 Canonical(char type, UInt128 bits) => type switch
    {
        'f' => Canonical32((uint)bits),
        'd' => Canonical64((ulong)bits),
        'F' => new(Canonical32((uint)(bits >> 96)) << 32 | Canonical32((uint)(bits >> 64)), Canonical32((uint)(bits >> 32)) << 32 | Canonical32((uint)bits)),
        'D' => new(Canonical64((ulong)(bits >> 64)), Canonical64((ulong)bits)),
        _ => bits,
    };

    public static string Show(char type, UInt128 bits) => type switch
    {
        'i' => ((int)(uint)bits).ToString(CultureInfo.InvariantCulture),
        'l' => ((long)(ulong)bits).ToString(CultureInfo.InvariantCulture),
        'f' or 'x' => $"{BitConverter.UInt32BitsToSingle((uint)bits).ToString("R", CultureInfo.InvariantCulture)} (0x{(uint)bits:x8})",
        'd' or 'y' => $"{BitConverter.UInt64BitsToDouble((ulong)bits).ToString("R", CultureInfo.InvariantCulture)} (0x{(ulong)bits:x16})",
        _ => $"i64x2 0x{(ulong)bits:x16} 0x{(ulong)(bits >> 64):x16}",
    };

    public static string Show(string types, ReadOnlySpan<UInt128> bits)
    {
        var parts = new string[types.Length];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = Show(types[i], bits[i]);
        return string.Join(", ", parts);
    }

    private static ulong Canonical32(uint bits) => (bits & Quiet32) == Quiet32 ? Quiet32 : bits;

    private static ulong Canonical64(ulong bits) => (bits & Quiet64) == Quiet64 ? Quiet64 : bits;
}
