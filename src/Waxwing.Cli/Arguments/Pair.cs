namespace Waxwing.Cli;

/// <summary>Arguments of the form <c>NAME=VALUE</c>.</summary>
internal static class Pair
{
    public static (string Name, string Value) Parse(string text, string option)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (text[..equals], text[(equals + 1)..]) : throw new UsageException($"`{option} {text}` must have the form NAME=VALUE");
    }
}
