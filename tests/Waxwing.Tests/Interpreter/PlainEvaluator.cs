using System.Buffers.Binary;
using System.Numerics;

namespace Waxwing.Tests.Interpreter;

/// <summary>A stack machine as the specification describes it: one value after the other, nothing remembered, nothing fused. Only what <see cref="ProgramGenerator"/> makes.</summary>
internal sealed class PlainEvaluator
{
    public const int MemoryShown = 512;
    private const int Normal = -1;

    private readonly byte[] memory = new byte[65_536];
    private readonly ulong[] locals = new ulong[ProgramGenerator.Locals.Length];
    private readonly Stack<ulong> stack = new();
    private ulong global;

    private sealed class TrapException(TrapCode code) : Exception
    {
        public TrapCode Code => code;
    }

    /// <summary>The results (or the trap), the global and the memory, in words.</summary>
    public string Run(Step[] function, params ReadOnlySpan<ulong> arguments)
    {
        arguments.CopyTo(locals);
        string outcome;
        try
        {
            Execute(function);
            outcome = string.Join(' ', stack.Reverse().Take(ProgramGenerator.Results.Length));
        }
        catch (TrapException trap)
        {
            outcome = trap.Code.ToString();
        }
        return $"{outcome} | {global} {Convert.ToHexString(memory.AsSpan(0, MemoryShown))}";
    }

    /// <summary>Runs instructions to the end, or to a branch: then the number of blocks to leave.</summary>
    private int Execute(Step[] steps)
    {
        foreach (var step in steps)
        {
            var branch = step switch
            {
                { Name: "block" } => Enter(step, step.Body!),
                { Name: "if" } => (uint)stack.Pop() != 0 ? Enter(step, step.Body!) : step.Else is { } other ? Enter(step, other) : Normal,
                { Name: "loop" } => EnterLoop(step.Body!),
                { Name: "br_if" } => (uint)stack.Pop() != 0 ? (int)step.Immediate : Normal,
                { Labels: { } labels } => labels[Math.Min((uint)stack.Pop(), (uint)labels.Length - 1)],
                _ => Simple(step),
            };
            if (branch != Normal)
                return branch;
        }
        return Normal;
    }

    private int Enter(Step block, Step[] body)
    {
        var height = stack.Count;
        var branch = Execute(body);
        if (branch == 0)
            Unwind(height, block.Result != '\0');
        return branch <= 0 ? Normal : branch - 1;
    }

    private int EnterLoop(Step[] body)
    {
        var height = stack.Count;
        while (true)
        {
            var branch = Execute(body);
            if (branch != 0)
                return branch < 0 ? Normal : branch - 1;
            Unwind(height, hasResult: false);
        }
    }

    private void Unwind(int height, bool hasResult)
    {
        var result = hasResult ? stack.Pop() : 0;
        while (stack.Count > height)
            stack.Pop();
        if (hasResult)
            stack.Push(result);
    }

    private int Simple(Step step)
    {
        switch (step.Name)
        {
            case "local.get":
                stack.Push(locals[step.Immediate]);
                break;
            case "local.set":
                locals[step.Immediate] = stack.Pop();
                break;
            case "local.tee":
                locals[step.Immediate] = stack.Peek();
                break;
            case "global.get":
                stack.Push(global);
                break;
            case "global.set":
                global = stack.Pop();
                break;
            case "drop":
                stack.Pop();
                break;
            case "select":
                var condition = (uint)stack.Pop();
                var second = stack.Pop();
                if (condition == 0)
                {
                    stack.Pop();
                    stack.Push(second);
                }
                break;
            default:
                Compute(step);
                break;
        }
        return Normal;
    }

    private void Compute(Step step)
    {
        var (type, name) = (step.Name[..3], step.Name[4..]);
        if (name == "const")
            stack.Push(type == "i32" ? (uint)step.Immediate : step.Immediate);
        else if (name.StartsWith("load", StringComparison.Ordinal))
            stack.Push(Load(type, name, Locate(stack.Pop(), step.Immediate, Width(type, name))));
        else if (name.StartsWith("store", StringComparison.Ordinal))
            Store(step, Width(type, name));
        else if (name is "eqz" or "wrap_i64" or "extend_i32_s" or "extend_i32_u" or "neg" or "abs" or "convert_i32_s")
            stack.Push(Unary(type, name, stack.Pop()));
        else
        {
            var right = stack.Pop();
            var left = stack.Pop();
            stack.Push(type switch
            {
                "i32" => Integer(name, (int)left, (int)right, 32) & uint.MaxValue,
                "i64" => Integer(name, (long)left, (long)right, 64),
                _ => Float(name, BitConverter.UInt64BitsToDouble(left), BitConverter.UInt64BitsToDouble(right)),
            });
        }
    }

    private static ulong Unary(string type, string name, ulong value) => (type, name) switch
    {
        ("i32", "eqz") => (uint)value == 0 ? 1u : 0u,
        (_, "eqz") => value == 0 ? 1u : 0u,
        (_, "wrap_i64") => (uint)value,
        (_, "extend_i32_s") => (ulong)(int)value,
        (_, "extend_i32_u") => (uint)value,
        (_, "neg") => value ^ (1UL << 63),
        (_, "abs") => value & ~(1UL << 63),
        _ => BitConverter.DoubleToUInt64Bits((int)value),
    };

    // Exact arithmetic on numbers of any size, and what is left of the result in so many bits.
    private static ulong Integer(string name, BigInteger left, BigInteger right, int width)
    {
        var modulus = BigInteger.One << width;
        var (unsignedLeft, unsignedRight) = (Modulo(left, modulus), Modulo(right, modulus));
        var count = (int)Modulo(right, width);
        if (name is "div_s" or "div_u" or "rem_s" or "rem_u" && right.IsZero)
            throw new TrapException(TrapCode.IntegerDivideByZero);
        if (name == "div_s" && left / right == modulus / 2)
            throw new TrapException(TrapCode.IntegerOverflow);
        BigInteger result = name switch
        {
            "add" => left + right,
            "sub" => left - right,
            "mul" => left * right,
            "and" => left & right,
            "or" => left | right,
            "xor" => left ^ right,
            "shl" => left << count,
            "shr_s" => left >> count,
            "shr_u" => unsignedLeft >> count,
            "rotl" => (unsignedLeft << count) | (unsignedLeft >> (width - count)),
            "rotr" => (unsignedLeft >> count) | (unsignedLeft << (width - count)),
            "div_s" => BigInteger.Divide(left, right),
            "div_u" => BigInteger.Divide(unsignedLeft, unsignedRight),
            "rem_s" => BigInteger.Remainder(left, right),
            "rem_u" => BigInteger.Remainder(unsignedLeft, unsignedRight),
            "eq" => left == right ? 1 : 0,
            "ne" => left != right ? 1 : 0,
            "lt_s" => left < right ? 1 : 0,
            "gt_s" => left > right ? 1 : 0,
            "le_s" => left <= right ? 1 : 0,
            "ge_s" => left >= right ? 1 : 0,
            "lt_u" => unsignedLeft < unsignedRight ? 1 : 0,
            "gt_u" => unsignedLeft > unsignedRight ? 1 : 0,
            "le_u" => unsignedLeft <= unsignedRight ? 1 : 0,
            "ge_u" => unsignedLeft >= unsignedRight ? 1 : 0,
            _ => throw new NotSupportedException(name),
        };
        return (ulong)Modulo(result, modulus);
    }

    private static BigInteger Modulo(BigInteger value, BigInteger modulus) => (value % modulus + modulus) % modulus;

    private static ulong Float(string name, double left, double right) => name switch
    {
        "add" => Canonical(left + right),
        "sub" => Canonical(left - right),
        "mul" => Canonical(left * right),
        "eq" => left == right ? 1u : 0u,
        "ne" => left != right ? 1u : 0u,
        "lt" => left < right ? 1u : 0u,
        "gt" => left > right ? 1u : 0u,
        "le" => left <= right ? 1u : 0u,
        "ge" => left >= right ? 1u : 0u,
        _ => throw new NotSupportedException(name),
    };

    private static ulong Canonical(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static int Width(string type, string name) =>
        name.Contains('8') ? 1 : name.Contains("16", StringComparison.Ordinal) ? 2 : name.Contains("32", StringComparison.Ordinal) || type == "i32" ? 4 : 8;

    private int Locate(ulong index, ulong offset, int width)
    {
        var address = (uint)index + offset;
        return address + (ulong)width <= (ulong)memory.Length ? (int)address : throw new TrapException(TrapCode.MemoryOutOfBounds);
    }

    private ulong Load(string type, string name, int address)
    {
        var width = Width(type, name);
        Span<byte> bytes = stackalloc byte[8];
        memory.AsSpan(address, width).CopyTo(bytes);
        if (name.EndsWith("_s", StringComparison.Ordinal) && (sbyte)bytes[width - 1] < 0)
            bytes[width..(type == "i32" ? 4 : 8)].Fill(0xFF);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private void Store(Step step, int width)
    {
        var value = stack.Pop();
        var address = Locate(stack.Pop(), step.Immediate, width);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..width].CopyTo(memory.AsSpan(address));
    }
}
