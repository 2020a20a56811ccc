using System.Buffers.Binary;
using System.Reflection.Emit;

namespace Waxwing.Verification;

// What each instruction takes and gives.
internal sealed partial class MethodVerifier
{
    /// <summary>Applies an instruction to the state.</summary>
    /// <returns>Whether control goes on behind it.</returns>
    private bool Execute(OpCode opcode, int operand, bool hadTail)
    {
        var mnemonic = opcode.Name!;
        var dot = mnemonic.IndexOf('.');
        var family = dot < 0 ? mnemonic : mnemonic[..dot];
        var suffix = dot < 0 ? "" : mnemonic[(dot + 1)..];
        if (hadTail && family is not ("call" or "calli" or "callvirt"))
            Report(VerifierCode.BadPrefix, $"tail. before {mnemonic}");
        switch (family)
        {
            case "nop" or "volatile" or "unaligned":
                next = mnemonic == "unaligned." ? operand + 1 : next;
                return true;
            case "tail":
                isTail = true;
                return true;
            case "ldstr":
                if ((Int32(operand) >>> 24) != 0x70)
                    Report(VerifierCode.WrongType, $"{mnemonic} of {Int32(operand):x8}");
                Push(new(StackKind.Object, typeof(string)));
                return true;
            case "ldarg" or "ldarga" or "starg" or "ldloc" or "ldloca" or "stloc":
                return ExecuteVariable(family, suffix, opcode, operand);
            case "ldc":
                Push(suffix[..2] switch { "i4" => StackType.Int32, "i8" => StackType.Int64, "r4" => StackType.Float32, _ => StackType.Float64 });
                return true;
            case "ldnull":
                Push(StackType.Null);
                return true;
            case "dup":
                var copied = Pop();
                Push(copied);
                Push(copied);
                return true;
            case "pop":
                Pop();
                return true;
            case "add" or "sub" or "mul" or "div" or "rem" or "and" or "or" or "xor":
                return ExecuteBinary(family, suffix);
            case "shl" or "shr":
                var count = Pop();
                if (count.Kind is not (StackKind.Int32 or StackKind.Native))
                    Report(VerifierCode.WrongType, $"{mnemonic} by {count}");
                return ExecuteUnary(mnemonic, type => type.IsInteger);
            case "neg":
                return ExecuteUnary(mnemonic, type => type.IsInteger || type.IsFloat);
            case "not":
                return ExecuteUnary(mnemonic, type => type.IsInteger);
            case "conv":
                return ExecuteConversion(suffix);
            case "ceq" or "cgt" or "clt":
                PopComparable(mnemonic, orders: family != "ceq" && !(family == "cgt" && suffix == "un"));
                Push(StackType.Int32);
                return true;
            case "beq" or "bne" or "bge" or "bgt" or "ble" or "blt":
                PopComparable(mnemonic, orders: family is not ("beq" or "bne"));
                Branch(Target(opcode, operand));
                return true;
            case "brtrue" or "brfalse":
                var condition = Pop();
                if (condition.IsFloat || condition.Kind == StackKind.Value)
                    Report(VerifierCode.WrongType, $"{mnemonic} on {condition}");
                Branch(Target(opcode, operand));
                return true;
            case "br":
                Branch(Target(opcode, operand));
                return false;
            case "switch":
                PopAs(StackType.Int32, mnemonic);
                var size = Int32(operand);
                next = operand + 4 + 4 * size;
                for (var i = 0; i < size; i++)
                    Branch(next + Int32(operand + 4 + 4 * i));
                return true;
            case "leave" or "ret" or "throw" or "rethrow" or "endfilter" or "endfinally":
                return ExecuteExit(family, opcode, operand);
            case "ldfld" or "ldflda" or "stfld" or "ldsfld" or "stsfld" or "ldsflda":
                return ExecuteField(mnemonic, operand);
            case "ldind" or "stind" or "ldobj" or "stobj":
                return ExecuteAccess(family, suffix, operand);
            case "call" or "callvirt":
                return ExecuteCall(mnemonic, operand, hadTail);
            case "calli":
                return ExecuteIndirectCall(operand, hadTail);
            case "castclass" or "isinst":
                PopKind(StackKind.Object, mnemonic);
                Push(new(StackKind.Object, unit.TypeOf(Int32(operand))));
                return true;
            case "newarr":
                PopAs(StackType.Native, mnemonic);
                Push(new(StackKind.Object, unit.TypeOf(Int32(operand)).MakeArrayType()));
                return true;
            case "ldlen":
                PopKind(StackKind.Object, mnemonic);
                Push(StackType.Native);
                return true;
            case "ldelem" or "ldelema" or "stelem":
                return ExecuteElement(mnemonic, operand);
            case "localloc":
                PopAs(StackType.Native, mnemonic);
                if (stack.Count > 0 || regions[offset] != regions.Root)
                    Report(VerifierCode.NotEmpty, "localloc under other values, or in a region");
                Report(VerifierCode.StackBlock, mnemonic);
                Push(StackType.Native);
                return true;
            default:
                Report(VerifierCode.UnknownInstruction, mnemonic);
                return false;
        }
    }

    private bool ExecuteVariable(string family, string suffix, OpCode opcode, int operand)
    {
        var index = opcode.OperandType switch
        {
            OperandType.ShortInlineVar => code[operand],
            OperandType.InlineVar => BinaryPrimitives.ReadUInt16LittleEndian(code.AsSpan(operand)),
            _ => suffix[0] - '0',
        };
        var isArgument = family.Contains("arg", StringComparison.Ordinal);
        var variables = isArgument ? arguments : locals;
        if (index >= variables.Length)
            return Report(isArgument ? VerifierCode.BadArgument : VerifierCode.BadLocal, $"{index} of {variables.Length}");
        switch (family)
        {
            case "ldarg":
                Push(variables[index]);
                break;
            case "ldloc":
                if ((assigned[index / 64] >> (index % 64) & 1) == 0)
                    Report(VerifierCode.Uninitialized, $"local {index} ({variables[index]})");
                Push(variables[index]);
                break;
            case "ldarga":
                Push(new(StackKind.Reference, argumentTypes[index]));
                break;
            case "ldloca":
                // Who gets the address writes there, or only wants the address.
                Assign(index);
                Push(new(StackKind.Reference, localTypes[index]));
                break;
            default:
                PopAs(variables[index], family);
                if (!isArgument)
                    Assign(index);
                break;
        }
        return true;
    }

    private void Assign(int local) => assigned[local / 64] |= 1UL << (local % 64);

    private bool ExecuteBinary(string family, string suffix)
    {
        var (right, left) = (Pop(), Pop());
        var isBitwise = family is "and" or "or" or "xor";
        if (left.Kind == StackKind.Reference && family is "add" or "sub" && right.Kind is StackKind.Int32 or StackKind.Native)
        {
            Report(VerifierCode.ReferenceAsAddress, $"{family} on {left}");
            Push(left);
            return true;
        }
        // An int widens to a native integer.
        var type = left.Kind == StackKind.Native && right.Kind == StackKind.Int32 ? left : left.Kind == StackKind.Int32 && right.Kind == StackKind.Native ? right : left;
        if ((type != left && left.Kind != StackKind.Int32) || (type != right && right.Kind != StackKind.Int32) || !(type.IsInteger || (type.IsFloat && !isBitwise && suffix.Length == 0)))
            Report(VerifierCode.WrongType, $"{family} of {left} and {right}");
        Push(type);
        return true;
    }

    private bool ExecuteUnary(string mnemonic, Func<StackType, bool> isGood)
    {
        var value = Pop();
        if (!isGood(value))
            Report(VerifierCode.WrongType, $"{mnemonic} of {value}");
        Push(value);
        return true;
    }

    private bool ExecuteConversion(string suffix)
    {
        var value = Pop();
        if (value.Kind == StackKind.Reference && suffix is "u" or "i")
            Report(VerifierCode.ReferenceAsAddress, $"conv.{suffix} of {value}");
        else if (!value.IsInteger && !value.IsFloat)
            Report(VerifierCode.WrongType, $"conv.{suffix} of {value}");
        Push(suffix switch { "i8" or "u8" => StackType.Int64, "r4" => StackType.Float32, "r8" or "r.un" => StackType.Float64, "i" or "u" => StackType.Native, _ => StackType.Int32 });
        return true;
    }

    private void PopComparable(string mnemonic, bool orders)
    {
        var (right, left) = (Pop(), Pop());
        var isGood = (left.Kind, right.Kind) switch
        {
            (StackKind.Object, StackKind.Object) => !orders,
            (StackKind.Value, _) => false,
            (StackKind.Native, StackKind.Int32) or (StackKind.Int32, StackKind.Native) => true,
            var (one, other) => one == other,
        };
        if (!isGood)
            Report(VerifierCode.WrongType, $"{mnemonic} of {left} and {right}");
    }

    private int Target(OpCode opcode, int operand) => opcode.OperandType == OperandType.ShortInlineBrTarget ? next + (sbyte)code[operand] : next + Int32(operand);

    private void Push(StackType type) => stack.Push(type);

    private StackType Pop()
    {
        if (stack.TryPop(out var type))
            return type;
        Report(VerifierCode.StackUnderflow, "nothing is on the stack");
        return StackType.Null;
    }

    private void PopAs(StackType wanted, string by) => Require(Pop(), wanted, by);

    private void PopKind(StackKind wanted, string by)
    {
        var value = Pop();
        if (value.Kind != wanted)
            Report(VerifierCode.WrongType, $"{by} on {value}");
    }

    private void Require(StackType value, StackType wanted, string by)
    {
        if (StackType.Check(value, wanted) is { } code)
            Report(code, $"{by}: {value} for {wanted}");
    }
}
