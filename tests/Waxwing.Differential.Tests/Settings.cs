using System.Globalization;

namespace Waxwing.Differential.Tests;

/// <summary>What the environment says about how much to compare; CONTRIBUTING.md lists the variables.</summary>
internal static class Settings
{
    /// <summary>Whether instructions are tried with all edge operands, in place of those that fit a test run.</summary>
    public static bool AllEdges { get; } = Environment.GetEnvironmentVariable("WAXWING_DIFFERENTIAL_EDGES") == "all";

    /// <summary>Random modules to compare.</summary>
    public static int Modules { get; } = (int)Number("WAXWING_DIFFERENTIAL_MODULES", 2_000);

    /// <summary>Seconds after which no further module is begun, whatever their number; 0 for no limit.</summary>
    public static int Seconds { get; } = (int)Number("WAXWING_DIFFERENTIAL_SECONDS", 60);

    /// <summary>Where the numbers of random modules begin. Each number is a module, always the same.</summary>
    public static ulong Seed { get; } = Number("WAXWING_DIFFERENTIAL_SEED", 1);

    private static ulong Number(string variable, ulong otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;
}
