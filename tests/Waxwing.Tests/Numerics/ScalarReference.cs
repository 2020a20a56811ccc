using System.Numerics;

namespace Waxwing.Tests.Numerics;

/// <summary>The scalar instructions by name.</summary>
internal static class ScalarReference
{
    public static TrapCode Trap(string name, BigInteger[] operands)
    {
        var (type, operation, from, signed) = Parse(name);
        return operation.StartsWith("trunc_f", StringComparison.Ordinal)
            ? FloatReference.TruncationTrap(FloatFormat.OfWidth(from), operands[0], Width(type), signed)
            : type[0] == 'i' && operands.Length == 2 ? IntegerReference.Trap(operation, Width(type), operands[0], operands[1])
            : 0;
    }

    public static Lane[] Apply(string name, BigInteger[] operands)
    {
        var (type, operation, from, signed) = Parse(name);
        var width = Width(type);
        if (operation is "add128" or "sub128" or "mul_wide_s" or "mul_wide_u")
            return Wide(operation, operands);
        if (from != 0)
            return [Convert(operation.Split('_')[0], type[0], width, operation[^(signed || operation.EndsWith("_u", StringComparison.Ordinal) ? 5 : 3)], from, signed, operands[0])];
        if (IntegerReference.IsComparison(operation))
            return [new(32, type[0] == 'i' ? Integer(operation, width, operands) : FloatReference.Compare(operation, FloatFormat.OfWidth(width), operands[0], operands[1]) ? 1 : 0)];
        if (type[0] == 'i')
            return [new(width, Integer(operation, width, operands))];
        var format = FloatFormat.OfWidth(width);
        return [operands.Length == 1 ? FloatReference.Unary(operation, format, operands[0]) : FloatReference.Binary(operation, format, operands[0], operands[1])];
    }

    private static BigInteger Integer(string operation, int width, BigInteger[] operands) => operands.Length == 1
        ? IntegerReference.Unary(operation, width, operands[0])
        : IntegerReference.Binary(operation, width, operands[0], operands[1]);

    private static Lane Convert(string operation, char to, int width, char kind, int from, bool signed, BigInteger value)
    {
        var number = signed && kind == 'i' ? IntegerReference.Signed(value, from) : value;
        return operation switch
        {
            "wrap" or "extend" => new(width, IntegerReference.Wrap(number, width)),
            "reinterpret" => new(width, value),
            "convert" => FloatReference.FromInteger(FloatFormat.OfWidth(width), number),
            "demote" or "promote" => FloatReference.ChangeFormat(FloatFormat.OfWidth(from), FloatFormat.OfWidth(width), value),
            "trunc" => new(width, FloatReference.TruncateSaturated(FloatFormat.OfWidth(from), value, width, signed)),
            _ => throw new NotSupportedException($"No reference for {operation} to {to}{width}."),
        };
    }

    private static Lane[] Wide(string operation, BigInteger[] operands)
    {
        BigInteger Signed(int i) => IntegerReference.Signed(operands[i], 64);
        var left = operands[0] + (operands[1] << 64);
        var result = operation switch
        {
            "add128" => left + operands[2] + (operands[3] << 64),
            "sub128" => left - operands[2] - (operands[3] << 64),
            "mul_wide_s" => Signed(0) * Signed(1),
            _ => operands[0] * operands[1],
        };
        return [new(128, IntegerReference.Wrap(result, 128))];
    }

    private static int Width(string type) => int.Parse(type.AsSpan(1));

    // i32.trunc_sat_f64_u: result i32, operand 64 bits wide, unsigned. An operand width of 0 means "no conversion".
    private static (string Type, string Operation, int From, bool Signed) Parse(string name)
    {
        var type = name[..3];
        var operation = name[4..];
        var signed = operation.EndsWith("_s", StringComparison.Ordinal);
        var source = operation.Split('_').FirstOrDefault(part => part is "i32" or "i64" or "f32" or "f64");
        return (type, operation, source is null ? 0 : Width(source), signed);
    }
}
