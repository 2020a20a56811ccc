using System.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>The floating-point operations and the conversions of the specification, on bit patterns.</summary>
internal static class FloatReference
{
    public static Lane Unary(string operation, FloatFormat format, BigInteger value)
    {
        if (operation == "neg")
            return Exact(format, value ^ format.SignBit);
        if (operation == "abs")
            return Exact(format, format.Magnitude(value));
        if (format.IsNaN(value))
            return NaN(format, value);
        var negative = format.IsNegative(value);
        if (operation == "sqrt" && negative && !format.IsZero(value))
            return NaN(format);
        if (format.IsInfinite(value) || format.IsZero(value))
            return Exact(format, value);
        var number = format.Value(value);
        return Exact(format, operation switch
        {
            "sqrt" => format.RoundSquareRoot(number),
            "ceil" => format.Round(new(-new Rational(-number.Numerator, number.Denominator).Floor(), 1), negative),
            "floor" => format.Round(new(number.Floor(), 1), negative),
            "trunc" => format.Round(new(number.Truncate(), 1), negative),
            "nearest" => format.Round(new(number.RoundToEven(), 1), negative),
            _ => throw new NotSupportedException($"No reference for {operation}."),
        });
    }

    public static Lane Binary(string operation, FloatFormat format, BigInteger left, BigInteger right)
    {
        switch (operation)
        {
            case "copysign":
                return Exact(format, format.Magnitude(left) | (right & format.SignBit));
            case "pmin":
                return Exact(format, Compare("lt", format, right, left) ? right : left);
            case "pmax":
                return Exact(format, Compare("lt", format, left, right) ? right : left);
        }
        if (format.IsNaN(left) || format.IsNaN(right))
            return NaN(format, left, right);
        return operation switch
        {
            "add" => Sum(format, left, right),
            "sub" => Sum(format, left, right ^ format.SignBit),
            "mul" => Product(format, left, right),
            "div" => Quotient(format, left, right),
            "min" => Exact(format, format.Order(left) < format.Order(right) || (BothZero(format, left, right) && format.IsNegative(left)) ? left : right),
            "max" => Exact(format, format.Order(left) > format.Order(right) || (BothZero(format, left, right) && format.IsNegative(right)) ? left : right),
            _ => throw new NotSupportedException($"No reference for {operation}."),
        };
    }

    public static bool Compare(string operation, FloatFormat format, BigInteger left, BigInteger right)
    {
        if (format.IsNaN(left) || format.IsNaN(right))
            return operation == "ne";
        var (a, b) = (format.Order(left), format.Order(right));
        return operation switch
        {
            "eq" => a == b,
            "ne" => a != b,
            "lt" => a < b,
            "gt" => a > b,
            "le" => a <= b,
            "ge" => a >= b,
            _ => throw new NotSupportedException($"No reference for {operation}."),
        };
    }

    /// <summary>The unfused multiply-add of the deterministic profile. A NaN product takes part as a NaN operand of the sum.</summary>
    public static Lane MultiplyAdd(FloatFormat format, BigInteger first, BigInteger second, BigInteger third)
    {
        var product = Binary("mul", format, first, second);
        if (product.Judgement == Judgement.Exact)
            return Binary("add", format, product.Bits, third);
        var canonical = product.Judgement == Judgement.CanonicalNaN && (!format.IsNaN(third) || format.Magnitude(third) == format.CanonicalNaN);
        return new(format.Width, 0, canonical ? Judgement.CanonicalNaN : Judgement.ArithmeticNaN);
    }

    public static Lane FromInteger(FloatFormat format, BigInteger value) => Exact(format, format.Round(new(value, 1)));

    public static Lane ChangeFormat(FloatFormat from, FloatFormat to, BigInteger value)
    {
        if (from.IsNaN(value))
            return NaN(to, from, value);
        var sign = from.IsNegative(value) ? to.SignBit : 0;
        return Exact(to, from.IsInfinite(value) ? to.Infinity + sign : to.Round(from.Value(value), from.IsNegative(value)));
    }

    public static BigInteger TruncateSaturated(FloatFormat format, BigInteger value, int width, bool signed)
    {
        if (format.IsNaN(value))
            return 0;
        var number = format.IsInfinite(value) ? BigInteger.One << 200 : format.Value(value).Truncate();
        if (format.IsInfinite(value) && format.IsNegative(value))
            number = -number;
        return signed ? IntegerReference.SaturateSigned(number, width) : IntegerReference.SaturateUnsigned(number, width);
    }

    public static TrapCode TruncationTrap(FloatFormat format, BigInteger value, int width, bool signed)
    {
        if (format.IsNaN(value))
            return TrapCode.InvalidConversionToInteger;
        if (format.IsInfinite(value))
            return TrapCode.IntegerOverflow;
        var number = format.Value(value).Truncate();
        var (least, beyond) = signed ? (-(BigInteger.One << (width - 1)), BigInteger.One << (width - 1)) : (0, BigInteger.One << width);
        return number >= least && number < beyond ? 0 : TrapCode.IntegerOverflow;
    }

    private static Lane Sum(FloatFormat format, BigInteger left, BigInteger right)
    {
        if (format.IsInfinite(left))
            return format.IsInfinite(right) && left != right ? NaN(format) : Exact(format, left);
        if (format.IsInfinite(right))
            return Exact(format, right);
        var negativeZero = format.IsNegative(left) && format.IsNegative(right);
        return Exact(format, format.Round(format.Value(left) + format.Value(right), negativeZero));
    }

    private static Lane Product(FloatFormat format, BigInteger left, BigInteger right)
    {
        var sign = (left ^ right) & format.SignBit;
        if (format.IsInfinite(left) || format.IsInfinite(right))
            return format.IsZero(left) || format.IsZero(right) ? NaN(format) : Exact(format, format.Infinity + sign);
        return Exact(format, format.Round(format.Value(left) * format.Value(right), !sign.IsZero) | sign);
    }

    private static Lane Quotient(FloatFormat format, BigInteger left, BigInteger right)
    {
        var sign = (left ^ right) & format.SignBit;
        if (format.IsInfinite(left))
            return format.IsInfinite(right) ? NaN(format) : Exact(format, format.Infinity + sign);
        if (format.IsInfinite(right))
            return Exact(format, sign);
        if (format.IsZero(right))
            return format.IsZero(left) ? NaN(format) : Exact(format, format.Infinity + sign);
        return Exact(format, format.Round(format.Value(left) / format.Value(right), !sign.IsZero) | sign);
    }

    private static bool BothZero(FloatFormat format, BigInteger left, BigInteger right) => format.IsZero(left) && format.IsZero(right);

    private static Lane Exact(FloatFormat format, BigInteger bits) => new(format.Width, bits);

    private static Lane NaN(FloatFormat format, params ReadOnlySpan<BigInteger> operands) => NaN(format, format, operands);

    /// <summary>Canonical if all NaN operands are, else any quiet NaN.</summary>
    private static Lane NaN(FloatFormat result, FloatFormat format, params ReadOnlySpan<BigInteger> operands)
    {
        var canonical = true;
        foreach (var operand in operands)
            canonical &= !format.IsNaN(operand) || format.Magnitude(operand) == format.CanonicalNaN;
        return new(result.Width, 0, canonical ? Judgement.CanonicalNaN : Judgement.ArithmeticNaN);
    }
}
