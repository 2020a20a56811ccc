using System.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>The integer operations of the specification at any width, on unsigned representations.</summary>
internal static class IntegerReference
{
    public static BigInteger Wrap(BigInteger value, int width) => value & ((BigInteger.One << width) - 1);

    public static BigInteger Signed(BigInteger bits, int width) => bits >> (width - 1) == 0 ? bits : bits - (BigInteger.One << width);

    public static BigInteger SaturateSigned(BigInteger value, int width) =>
        Wrap(BigInteger.Clamp(value, -(BigInteger.One << (width - 1)), (BigInteger.One << (width - 1)) - 1), width);

    public static BigInteger SaturateUnsigned(BigInteger value, int width) => BigInteger.Clamp(value, 0, (BigInteger.One << width) - 1);

    public static BigInteger Unary(string operation, int width, BigInteger value) => operation switch
    {
        "eqz" => value.IsZero ? 1 : 0,
        "clz" => width - (int)value.GetBitLength(),
        "ctz" => Enumerable.Range(0, width).TakeWhile(bit => ((value >> bit) & 1).IsZero).Count(),
        "popcnt" => Enumerable.Range(0, width).Count(bit => !((value >> bit) & 1).IsZero),
        "abs" => Wrap(BigInteger.Abs(Signed(value, width)), width),
        "neg" => Wrap(-value, width),
        "not" => Wrap(-1 - value, width),
        "extend8_s" => Wrap(Signed(Wrap(value, 8), 8), width),
        "extend16_s" => Wrap(Signed(Wrap(value, 16), 16), width),
        "extend32_s" => Wrap(Signed(Wrap(value, 32), 32), width),
        _ => throw new NotSupportedException($"No reference for {operation}."),
    };

    public static TrapCode Trap(string operation, int width, BigInteger left, BigInteger right) => operation switch
    {
        "div_s" or "div_u" or "rem_s" or "rem_u" when right.IsZero => TrapCode.IntegerDivideByZero,
        "div_s" when BigInteger.Divide(Signed(left, width), Signed(right, width)) == BigInteger.One << (width - 1) => TrapCode.IntegerOverflow,
        _ => 0,
    };

    /// <summary>Comparisons give 0 or 1.</summary>
    public static BigInteger Binary(string operation, int width, BigInteger left, BigInteger right)
    {
        var (a, b) = (Signed(left, width), Signed(right, width));
        var count = (int)(right % width);
        return operation switch
        {
            "add" => Wrap(left + right, width),
            "sub" => Wrap(left - right, width),
            "mul" => Wrap(left * right, width),
            "div_s" => Wrap(BigInteger.Divide(a, b), width),
            "div_u" => left / right,
            "rem_s" => Wrap(BigInteger.Remainder(a, b), width),
            "rem_u" => left % right,
            "and" => left & right,
            "andnot" => left & Wrap(-1 - right, width),
            "or" => left | right,
            "xor" => left ^ right,
            "shl" => Wrap(left << count, width),
            "shr_s" => Wrap(a >> count, width),
            "shr_u" => left >> count,
            "rotl" => Wrap((left << count) | (left >> (width - count)), width),
            "rotr" => Wrap((left >> count) | (left << (width - count)), width),
            "add_sat_s" => SaturateSigned(a + b, width),
            "add_sat_u" => SaturateUnsigned(left + right, width),
            "sub_sat_s" => SaturateSigned(a - b, width),
            "sub_sat_u" => SaturateUnsigned(left - right, width),
            "min_s" => a < b ? left : right,
            "min_u" => left < right ? left : right,
            "max_s" => a > b ? left : right,
            "max_u" => left > right ? left : right,
            "avgr_u" => (left + right + 1) / 2,
            "q15mulr_sat_s" or "relaxed_q15mulr_s" => SaturateSigned((a * b + 0x4000) >> 15, width),
            _ => Compare(operation, left, right, a, b) ? 1 : 0,
        };
    }

    private static bool Compare(string operation, BigInteger left, BigInteger right, BigInteger a, BigInteger b) => operation switch
    {
        "eq" => left == right,
        "ne" => left != right,
        "lt_s" => a < b,
        "lt_u" => left < right,
        "gt_s" => a > b,
        "gt_u" => left > right,
        "le_s" => a <= b,
        "le_u" => left <= right,
        "ge_s" => a >= b,
        "ge_u" => left >= right,
        _ => throw new NotSupportedException($"No reference for {operation}."),
    };

    public static bool IsComparison(string operation) => operation is "eq" or "ne" or "eqz" || operation.Split('_')[0] is "lt" or "gt" or "le" or "ge";
}
