using System.Globalization;

namespace Waxwing.Cli;

/// <summary>Durations on the command line: a number with a unit, <c>250ms</c>, <c>5s</c>, <c>2m</c>, <c>1h</c>; seconds without one.</summary>
internal static class Duration
{
    public static TimeSpan Parse(string text)
    {
        var (digits, unit) = text switch
        {
            [.., 'm', 's'] => (text[..^2], 1e-3),
            [.., 's'] => (text[..^1], 1.0),
            [.., 'm'] => (text[..^1], 60.0),
            [.., 'h'] => (text[..^1], 3600.0),
            _ => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit is > 0 and < 1e8
            ? TimeSpan.FromSeconds(number * unit)
            : throw new UsageException($"`{text}` is not a duration: write 250ms, 5s, 2m or 1h");
    }
}
