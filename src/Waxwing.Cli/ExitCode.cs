namespace Waxwing.Cli;

/// <summary>What the process ends with; a guest that ends by itself ends with its own code.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The module cannot be loaded, validated or linked, or an assertion failed.</summary>
    public const int Failure = 1;

    public const int Usage = 2;

    public const int Timeout = 124;

    public const int Trap = 134;
}
