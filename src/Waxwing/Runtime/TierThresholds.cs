namespace Waxwing.Runtime;

/// <summary>When code that the interpreter began to run is worth compiling.</summary>
/// <param name="Calls">Calls of a small function that are interpreted.</param>
/// <param name="Turns">Turns of a loop in a small function that are interpreted.</param>
/// <param name="Locals">A function with loops is compiled before its first call if it has more locals: it will not be entered in the middle.</param>
internal sealed record TierThresholds(int Calls, int Turns, int Locals)
{
    /// <summary>RyuJIT takes a millisecond for a kilobyte of code, for large functions several; the interpreter executes some 200,000 instructions in that time.</summary>
    public static TierThresholds Default { get; } = new(Calls: 500, Turns: 5_000, Locals: 2_000);

    /// <summary>By how much more a function of a size must be called until it is worth it.</summary>
    public static int Weight(int bodyBytes) => 1 + bodyBytes / 2048;
}
