using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Waxwing.Verification;

// What each instruction takes and gives.
internal sealed partial class MethodVerifier
{
    private static readonly StackType SlotReference = new(StackKind.Reference, typeof(ulong));

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
            case "ldarg" or "starg" or "ldloc" or "ldloca" or "stloc":
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
        var isArgument = family.EndsWith("arg", StringComparison.Ordinal);
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

    private bool ExecuteExit(string family, OpCode opcode, int operand)
    {
        var area = regions[offset];
        switch (family)
        {
            case "leave":
                stack.Clear();
                var target = Target(opcode, operand);
                if (area.Kind is AreaKind.Filter or AreaKind.Finally || !(area.IsWithin(regions[target]) || IsEntry(target, Outside(area, regions[target]))))
                    Report(VerifierCode.BadLeave, $"from {area.Kind} to {regions[target].Kind} at IL_{target:x4}");
                else
                    Reach(target, regions[target]);
                break;
            case "ret":
                if (area != regions.Root)
                    Report(VerifierCode.ReturnFromRegion, $"from {area.Kind}");
                if (result is { } returned)
                    PopAs(returned, "ret");
                if (stack.Count > 0)
                    Report(VerifierCode.WrongReturn, $"{stack.Count} values too many");
                break;
            case "throw":
                PopAs(new(StackKind.Object, typeof(Exception)), family);
                break;
            case "rethrow":
                if (area.Kind != AreaKind.Handler)
                    Report(VerifierCode.BadRethrow, $"in {area.Kind}");
                break;
            case "endfilter":
                PopAs(StackType.Int32, family);
                if (area.Kind != AreaKind.Filter || area.End != next || stack.Count > 0)
                    Report(VerifierCode.BadFilter, "it is not the last instruction of a filter, or leaves values");
                break;
            default:
                if (area.Kind != AreaKind.Finally)
                    Report(VerifierCode.BadFinally, $"in {area.Kind}");
                break;
        }
        return false;
    }

    /// <summary>The innermost area around one that another place is in as well.</summary>
    private static Area Outside(Area area, Area target)
    {
        while (!target.IsWithin(area))
            area = area.Parent!;
        return area;
    }

    private bool ExecuteField(string mnemonic, int operand)
    {
        FieldInfo field;
        try
        {
            field = unit.Field(Int32(operand));
        }
        catch (MissingFieldException missing)
        {
            return Report(VerifierCode.MissingMember, missing.Message);
        }
        var type = StackType.Of(field.FieldType);
        if (!field.IsPublic || !field.DeclaringType!.IsVisible)
            Report(VerifierCode.Internal, $"{field.DeclaringType!.Name}::{field.Name}");
        if (mnemonic.StartsWith("st", StringComparison.Ordinal))
            PopAs(type, mnemonic);
        if (field.IsStatic != (mnemonic.IndexOf("sfld", StringComparison.Ordinal) >= 0))
            Report(VerifierCode.WrongType, $"{mnemonic} of {field.Name}");
        if (!field.IsStatic)
        {
            var owner = Pop();
            var wanted = StackType.Of(field.DeclaringType!);
            if (wanted.Kind == StackKind.Value && owner.Kind == StackKind.Reference)
                wanted = new(StackKind.Reference, field.DeclaringType);
            Require(owner, wanted, $"{mnemonic} {field.DeclaringType!.Name}::{field.Name}");
        }
        if (mnemonic.EndsWith('a'))
            Push(new(StackKind.Reference, field.FieldType));
        else if (mnemonic.StartsWith("ld", StringComparison.Ordinal))
            Push(type);
        return true;
    }

    private bool ExecuteAccess(string family, string suffix, int operand)
    {
        var accessed = family is "ldobj" or "stobj" ? unit.TypeOf(Int32(operand)) : suffix switch
        {
            "i1" => typeof(sbyte), "u1" => typeof(byte), "i2" => typeof(short), "u2" => typeof(ushort), "i4" => typeof(int), "u4" => typeof(uint),
            "i8" => typeof(long), "r4" => typeof(float), "r8" => typeof(double), "i" => typeof(nint), _ => typeof(object),
        };
        var type = StackType.Of(accessed);
        var isStore = family.StartsWith("st", StringComparison.Ordinal);
        if (isStore)
        {
            var value = Pop();
            if (value.Kind == StackKind.Int64 && type.Kind == StackKind.Int32)
                Report(VerifierCode.NarrowStore, $"{family}.{suffix}");
            else
                Require(value, type, $"{family}.{suffix}");
        }
        var address = Pop();
        if (address.Kind == StackKind.Native && type.Kind != StackKind.Object)
            Report(VerifierCode.RawAddress, $"{family}.{suffix}");
        else if (address == SlotReference && type.Kind != StackKind.Object)
            Report(VerifierCode.Slot, $"{family}.{suffix}");
        else if (address.Kind != StackKind.Reference || StackType.Of(address.Type!) != type)
            Report(VerifierCode.WrongType, $"{family}.{suffix} at {address}");
        if (!isStore)
            Push(type);
        return true;
    }

    private bool ExecuteElement(string mnemonic, int operand)
    {
        var type = mnemonic.EndsWith(".ref", StringComparison.Ordinal) ? typeof(object) : unit.TypeOf(Int32(operand));
        var isStore = mnemonic.StartsWith("st", StringComparison.Ordinal);
        if (isStore)
            PopAs(StackType.Of(type), mnemonic);
        PopAs(StackType.Native, mnemonic);
        var array = Pop();
        if (array == StackType.Object)
            Report(VerifierCode.DeclaredType, $"{mnemonic} of {array}");
        else if (array.Kind != StackKind.Object || (array.Type is { } known && !(known.IsArray && known.GetElementType()!.IsAssignableTo(type))))
            Report(VerifierCode.WrongType, $"{mnemonic} of {array}");
        if (!isStore)
            Push(mnemonic == "ldelema" ? new(StackKind.Reference, type) : StackType.Of(array.Type?.GetElementType() ?? type));
        return true;
    }

    private bool ExecuteCall(string mnemonic, int operand, bool hadTail)
    {
        CallTarget target;
        try
        {
            target = unit.Method(Int32(operand));
        }
        catch (MissingMethodException missing)
        {
            return Report(VerifierCode.MissingMember, missing.Message);
        }
        if (target.Method is { } method)
        {
            if (!method.IsPublic || !method.DeclaringType!.IsVisible)
                Report(VerifierCode.Internal, target.Name);
            if ((mnemonic == "callvirt" && method.IsStatic) || (mnemonic == "call" && method.IsAbstract))
                Report(VerifierCode.WrongType, $"{mnemonic} {target.Name}");
        }
        Call(target, hadTail);
        return true;
    }

    private bool ExecuteIndirectCall(int operand, bool hadTail)
    {
        Report(VerifierCode.CallThroughAddress, "calli");
        PopAs(StackType.Native, "calli");
        if (stack.TryPeek(out var last) && last is { Kind: StackKind.Object, Type.Name: "ImportTarget" or "Object" })
        {
            Report(VerifierCode.CallTarget, $"{last}");
            stack.Pop();
            stack.Push(StackType.Null);
        }
        Call(CallTarget.Of("calli", unit.Signature(Int32(operand)), null), hadTail);
        return true;
    }

    private void Call(CallTarget target, bool isTailCall)
    {
        for (var i = target.Parameters.Length - 1; i >= 0; i--)
        {
            var argument = Pop();
            Require(argument, target.Parameters[i], $"argument {i} of {target.Name}");
            if (isTailCall && argument.Kind == StackKind.Reference)
                Report(VerifierCode.BadTail, $"argument {i} of {target.Name} is a reference");
        }
        if (isTailCall && (stack.Count > 0 || regions[offset] != regions.Root || next >= code.Length || Opcodes.At(code, next) != OpCodes.Ret || target.Result != result))
            Report(VerifierCode.BadTail, $"{target.Name}: other values on the stack, a region, no ret behind it, or another result");
        if (target.Result is { } returned)
            Push(returned);
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
