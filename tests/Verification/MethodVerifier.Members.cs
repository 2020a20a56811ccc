using System.Reflection;
using System.Reflection.Emit;

namespace Waxwing.Verification;

// Ways out of a method or a region, accesses of memory, fields and elements, calls.
internal sealed partial class MethodVerifier
{
    private static readonly StackType SlotReference = new(StackKind.Reference, typeof(ulong));

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
}
