using System.Globalization;

namespace Waxwing.Cli;

/// <summary>Sizes on the command line: a number with an optional unit, <c>65536</c>, <c>64KiB</c>, <c>256MiB</c>, <c>2GiB</c>, or decimal <c>kB</c>, <c>MB</c>, <c>GB</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("kB", 1_000), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    public static long Parse(string text)
    {
        var (suffix, unit) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        return decimal.TryParse(text.AsSpan(0, text.Length - suffix.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= 0 && number < long.MaxValue / unit
            ? (long)(number * unit)
            : throw new UsageException($"`{text}` is not a size: write 65536, 64KiB, 256MiB or 2GiB");
    }

    /// <summary>The size for people: <c>1.5 MiB</c>.</summary>
    public static string Format(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.##} GiB"),
    };
}
