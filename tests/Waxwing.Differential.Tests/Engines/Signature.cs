using Waxwing.Syntax;

namespace Waxwing.Differential.Tests.Engines;

/// <summary>
/// Parameter and result types in the letters of the instruction table (i, l, f, d, v), and more for results: F is a v128 of f32 lanes and D one of f64 lanes, whose quiet NaNs
/// are all the same, as those of f and d are; x is an f32 and y an f64 that must agree bit for bit.
/// </summary>
internal sealed record Signature(string Parameters, string Results)
{
    public ValType[] ParameterTypes { get; } = [.. Parameters.Select(Type)];

    public ValType[] ResultTypes { get; } = [.. Results.Select(Type)];

    public static ValType Type(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' or 'x' => ValType.F32,
        'd' or 'y' => ValType.F64,
        'v' or 'F' or 'D' => ValType.V128,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, "no such type"),
    };
}
