using System.Runtime.CompilerServices;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Memories, tables and their segments.
internal ref partial struct FunctionWalker<TConsumer>
{
    /// <summary>Checks the immediate of a load, store or atomic access; returns the type of the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int CheckMemarg(scoped in InstructionRule rule)
    {
        var address = instruction.Index == 0 ? firstMemoryAddress : MemoryAddress(instruction.Index);
        if (address == ValueCode.Bottom)
            throw Unknown("memory", 0, 0);
        if (instruction.Alignment > rule.Alignment || (rule.IsAtomic && instruction.Alignment != rule.Alignment))
            throw BadAlignment(in rule);
        if (instruction.Immediate > uint.MaxValue && address == ValueCode.I32)
            throw Invalid("offset out of range", $"0x{instruction.Immediate:x} in a memory with 32-bit addresses");
        return address;
    }

    private readonly WasmValidationException BadAlignment(scoped in InstructionRule rule) =>
        Invalid(rule.IsAtomic ? "atomic alignment must be natural" : "alignment must not be larger than natural",
            $"2^{instruction.Alignment} bytes for {Name}, whose natural alignment is {1 << rule.Alignment}");

    private readonly int MemoryAddress(int index)
    {
        var memories = context.Memories;
        return (uint)index < (uint)memories.Length ? ValueCode.Of(memories[index].Limits.AddressType) : throw Unknown("memory", index, memories.Length);
    }

    /// <summary>Lanes, and memory.init: the table has their types, but the immediates need a look.</summary>
    private readonly int CheckLanesOrSegment(scoped in InstructionRule rule)
    {
        switch (rule.Access)
        {
            case AccessKind.Lane:
                if ((uint)instruction.Index >= rule.Lanes)
                    throw Invalid("invalid lane index", $"{instruction.Index} of {rule.Lanes}");
                return ValueCode.Bottom;
            case AccessKind.Shuffle:
                // Lanes 0 to 31 are the two operands'.
                if (((instruction.Immediate | instruction.Immediate2) & 0xE0E0_E0E0_E0E0_E0E0) != 0)
                    throw Invalid("invalid lane index", "a lane of i8x16.shuffle is above 31");
                return ValueCode.Bottom;
            case AccessKind.MemargLane:
                var address = CheckMemarg(in rule);
                if ((uint)instruction.Index2 >= rule.Lanes)
                    throw Invalid("invalid lane index", $"{instruction.Index2} of {rule.Lanes}");
                return address;
            default:
                var memory = MemoryAddress(instruction.Index2);
                CheckData(instruction.Index);
                return memory;
        }
    }

    private void CheckMemoryCopy()
    {
        var destination = MemoryAddress(instruction.Index);
        var source = MemoryAddress(instruction.Index2);
        Pop(Smaller(destination, source));
        Pop(source);
        Pop(destination);
    }

    /// <summary>The type of a length that both sides must be able to express.</summary>
    private static int Smaller(int first, int second) => first == ValueCode.I64 && second == ValueCode.I64 ? ValueCode.I64 : ValueCode.I32;

    private readonly void CheckData(int index)
    {
        // Without the count the code section, which comes before the data section, could not be validated in one pass.
        var count = context.Module.DataCount;
        if (count < 0)
            throw new WasmFormatException("data count section required", instruction.Offset, Name);
        if ((uint)index >= (uint)count)
            throw Unknown("data segment", index, count);
    }

    private readonly ElementSegment CheckElement(int index)
    {
        var elements = context.Module.Elements;
        return (uint)index < (uint)elements.Count ? elements[index] : throw Unknown("elem segment", index, elements.Count);
    }

    private readonly TableSyntax Table(int index)
    {
        var tables = context.Tables;
        return (uint)index < (uint)tables.Length ? tables[index] : throw Unknown("table", index, tables.Length);
    }

    private void CheckTable()
    {
        var opcode = instruction.Opcode;
        var table = Table(opcode == Opcode.TableInit ? instruction.Index2 : instruction.Index);
        var address = ValueCode.Of(table.Limits.AddressType);
        var element = ValueCode.Of(table.Element);
        instruction.Type = table.Element;
        switch (opcode)
        {
            case Opcode.TableGet:
                Pop(address);
                Push(element);
                break;
            case Opcode.TableSet:
                Pop(element);
                Pop(address);
                break;
            case Opcode.TableSize:
                Push(address);
                break;
            case Opcode.TableGrow:
                Pop(address);
                Pop(element);
                Push(address);
                break;
            case Opcode.TableFill:
                Pop(address);
                Pop(element);
                Pop(address);
                break;
            case Opcode.TableCopy:
                CheckTableCopy(table);
                break;
            default:
                CheckTableInit(table);
                break;
        }
    }

    private void CheckTableCopy(TableSyntax destination)
    {
        var source = Table(instruction.Index2);
        if (!Matching.Matches(types, source.Element, destination.Element))
            throw Invalid("type mismatch", $"table {instruction.Index2} holds {Show(source.Element)}, table {instruction.Index} {Show(destination.Element)}");
        var to = ValueCode.Of(destination.Limits.AddressType);
        var from = ValueCode.Of(source.Limits.AddressType);
        Pop(Smaller(to, from));
        Pop(from);
        Pop(to);
    }

    private void CheckTableInit(TableSyntax table)
    {
        var segment = CheckElement(instruction.Index);
        if (!Matching.Matches(types, segment.Type, table.Element))
            throw Invalid("type mismatch", $"segment {instruction.Index} holds {Show(segment.Type)}, table {instruction.Index2} {Show(table.Element)}");
        Pop(ValueCode.I32);
        Pop(ValueCode.I32);
        Pop(ValueCode.Of(table.Limits.AddressType));
    }
}
