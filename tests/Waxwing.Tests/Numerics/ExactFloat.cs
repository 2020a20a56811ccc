using System.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>How a result lane is judged: bit for bit, or as one of the NaNs the specification allows.</summary>
internal enum Judgement
{
    Exact,
    CanonicalNaN,
    ArithmeticNaN,
}

/// <summary>One expected lane of a result.</summary>
internal readonly record struct Lane(int Width, BigInteger Bits, Judgement Judgement = Judgement.Exact)
{
    public bool Accepts(BigInteger actual)
    {
        if (Judgement == Judgement.Exact)
            return actual == Bits;
        var format = FloatFormat.OfWidth(Width);
        var magnitude = actual & (format.SignBit - 1);
        return Judgement == Judgement.CanonicalNaN ? magnitude == format.CanonicalNaN : magnitude >= format.CanonicalNaN;
    }

    public override string ToString() => Judgement == Judgement.Exact ? $"0x{Bits:X}" : Judgement.ToString();
}

/// <summary>A fraction; the denominator is positive.</summary>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator)
{
    public static Rational operator +(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator + right.Numerator * left.Denominator, left.Denominator * right.Denominator);

    public static Rational operator -(Rational left, Rational right) => left + new Rational(-right.Numerator, right.Denominator);

    public static Rational operator *(Rational left, Rational right) => new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator * right.Numerator.Sign, left.Denominator * BigInteger.Abs(right.Numerator));

    public BigInteger Truncate() => BigInteger.Divide(Numerator, Denominator);

    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    public BigInteger RoundToEven()
    {
        var floor = Floor();
        var twiceRest = (Numerator - floor * Denominator) * 2;
        return twiceRest > Denominator || (twiceRest == Denominator && !floor.IsEven) ? floor + 1 : floor;
    }
}

/// <summary>A binary interchange format of IEEE 754, computed with whole numbers only: slow, and independent of the processor.</summary>
internal sealed record FloatFormat(int Width, int FractionBits)
{
    public static readonly FloatFormat Single = new(32, 23);
    public static readonly FloatFormat Double = new(64, 52);

    public static FloatFormat OfWidth(int width) => width == 32 ? Single : Double;

    public BigInteger SignBit => BigInteger.One << (Width - 1);

    public BigInteger Infinity => SignBit - (BigInteger.One << FractionBits);

    public BigInteger CanonicalNaN => Infinity + (BigInteger.One << (FractionBits - 1));

    /// <summary>The exponent of the least subnormal number.</summary>
    private int LeastExponent => 2 - (1 << (Width - 2 - FractionBits)) - FractionBits;

    public BigInteger Magnitude(BigInteger bits) => bits & (SignBit - 1);

    public bool IsNegative(BigInteger bits) => bits >= SignBit;

    public bool IsNaN(BigInteger bits) => Magnitude(bits) > Infinity;

    public bool IsInfinite(BigInteger bits) => Magnitude(bits) == Infinity;

    public bool IsZero(BigInteger bits) => Magnitude(bits).IsZero;

    /// <summary>A whole number that orders like the value; both zeros give 0. Not for NaN.</summary>
    public BigInteger Order(BigInteger bits) => IsNegative(bits) ? -Magnitude(bits) : bits;

    public Rational Value(BigInteger bits)
    {
        var magnitude = Magnitude(bits);
        var exponentField = (int)(magnitude >> FractionBits);
        var fraction = magnitude & ((BigInteger.One << FractionBits) - 1);
        var significand = exponentField == 0 ? fraction : fraction + (BigInteger.One << FractionBits);
        var exponent = LeastExponent + Math.Max(exponentField - 1, 0);
        if (IsNegative(bits))
            significand = -significand;
        return exponent >= 0 ? new(significand << exponent, 1) : new(significand, BigInteger.One << -exponent);
    }

    /// <summary>The nearest number, ties to even; a zero gets the given sign.</summary>
    public BigInteger Round(Rational value, bool negativeZero = false)
    {
        if (value.Numerator.IsZero)
            return negativeZero ? SignBit : 0;
        var sign = value.Numerator.Sign < 0 ? SignBit : 0;
        var positive = value with { Numerator = BigInteger.Abs(value.Numerator) };

        // A first guess of the binary exponent is at most one too large; too fine a step is corrected by the comparison.
        var exponent = (int)(positive.Numerator.GetBitLength() - positive.Denominator.GetBitLength());
        if (Scale(positive, -exponent).Truncate().IsZero)
            exponent--;
        var step = Math.Max(exponent - FractionBits, LeastExponent);
        var significand = Scale(positive, -step).RoundToEven();

        // The significand's leading bit adds one to the exponent field, and so does a carry out of rounding.
        var bits = ((BigInteger)(step - LeastExponent) << FractionBits) + significand;
        return sign + BigInteger.Min(bits, Infinity);
    }

    /// <summary>The square root of a positive value, rounded; the lowest bit stands for the digits that are cut off.</summary>
    public BigInteger RoundSquareRoot(Rational value)
    {
        const int extra = 1400;
        var scaled = (value.Numerator << (2 * extra)) / value.Denominator;
        var root = IntegerSquareRoot(scaled);
        var inexact = root * root * value.Denominator != value.Numerator << (2 * extra);
        return Round(new(root * 2 + (inexact ? 1 : 0), BigInteger.One << (extra + 1)));
    }

    private static Rational Scale(Rational value, int exponent) =>
        exponent >= 0 ? new(value.Numerator << exponent, value.Denominator) : new(value.Numerator, value.Denominator << -exponent);

    private static BigInteger IntegerSquareRoot(BigInteger value)
    {
        var root = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            var next = (root + value / root) >> 1;
            if (next >= root)
                return root;
            root = next;
        }
    }
}
