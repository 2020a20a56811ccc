using System.Buffers.Binary;
using System.Globalization;
using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Text;

/// <summary>One instruction with its immediates, by the instruction table's kind.</summary>
internal sealed partial class Printer
{
    private void PrintInstruction(in InstructionEvent instruction)
    {
        var row = InstructionTable.Info(instruction.Opcode);
        writer.Write(row.Name);
        switch (row.Immediates)
        {
            case ImmediateKind.None or ImmediateKind.Fence:
                break;
            case ImmediateKind.Local:
                Write(locals.Reference(instruction.Index));
                break;
            case ImmediateKind.I32:
                Write(((int)instruction.Immediate).ToString(CultureInfo.InvariantCulture));
                break;
            case ImmediateKind.I64:
                Write(((long)instruction.Immediate).ToString(CultureInfo.InvariantCulture));
                break;
            case ImmediateKind.F32:
                Write(TextLiteral.Float32((uint)instruction.Immediate));
                break;
            case ImmediateKind.F64:
                Write(TextLiteral.Float64(instruction.Immediate));
                break;
            case ImmediateKind.Memarg or ImmediateKind.MemargLane:
                PrintMemarg(in instruction, row);
                if (row.Immediates == ImmediateKind.MemargLane)
                    Write(Number((uint)instruction.Index2));
                break;
            case ImmediateKind.Lane:
                Write(Number((uint)instruction.Index));
                break;
            case ImmediateKind.Lanes16:
                PrintBytes(in instruction);
                break;
            case ImmediateKind.V128:
                PrintVector(in instruction);
                break;
            case ImmediateKind.Label:
                Write(Label(instruction.Index, instruction.Opcode == Opcode.Delegate ? 1 : 0));
                break;
            case ImmediateKind.Labels:
                foreach (var label in instruction.Labels)
                    Write(Label(label));
                break;
            case ImmediateKind.Blocktype or ImmediateKind.BlocktypeCatches:
                PrintBlockType(instruction.Block);
                PrintCatches(instruction.Catches, instruction.Opcode);
                break;
            case ImmediateKind.SelectTypes:
                writer.Write(" (result");
                foreach (var type in instruction.Results)
                    Write(Text(type));
                writer.Write(')');
                break;
            case ImmediateKind.Heaptype:
                Write(instruction.Opcode == Opcode.RefNull ? Text(instruction.TargetType.Heap) : Text(instruction.TargetType));
                break;
            case ImmediateKind.Cast:
                Write(Label(instruction.Index));
                Write(Text(instruction.Type));
                Write(Text(instruction.TargetType));
                break;
            default:
                PrintIndices(in instruction, row.Immediates);
                break;
        }
    }

    private void PrintIndices(in InstructionEvent instruction, ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.Function:
                Write(functions.Reference(instruction.Index));
                break;
            case ImmediateKind.Type:
                Write(types.Reference(instruction.Index));
                break;
            case ImmediateKind.Tag:
                Write(tags.Reference(instruction.Index));
                break;
            case ImmediateKind.Global:
                Write(globals.Reference(instruction.Index));
                break;
            case ImmediateKind.Table:
                Write(tables.Reference(instruction.Index));
                break;
            case ImmediateKind.Memory:
                WriteUnlessZero(memories, instruction.Index);
                break;
            case ImmediateKind.Data:
                Write(data.Reference(instruction.Index));
                break;
            case ImmediateKind.Element:
                Write(elements.Reference(instruction.Index));
                break;
            case ImmediateKind.TypeTable:
                WriteUnlessZero(tables, instruction.Index2);
                PrintTypeUse(instruction.Index, null);
                break;
            case ImmediateKind.TableTable:
                Write(tables.Reference(instruction.Index));
                Write(tables.Reference(instruction.Index2));
                break;
            case ImmediateKind.MemoryMemory when instruction.Index == 0 && instruction.Index2 == 0:
                break;
            case ImmediateKind.MemoryMemory:
                Write(memories.Reference(instruction.Index));
                Write(memories.Reference(instruction.Index2));
                break;
            case ImmediateKind.ElementTable:
                Write(tables.Reference(instruction.Index2));
                Write(elements.Reference(instruction.Index));
                break;
            case ImmediateKind.DataMemory:
                WriteUnlessZero(memories, instruction.Index2);
                Write(data.Reference(instruction.Index));
                break;
            case ImmediateKind.TypeType:
                Write(types.Reference(instruction.Index));
                Write(types.Reference(instruction.Index2));
                break;
            case ImmediateKind.TypeField:
                Write(types.Reference(instruction.Index));
                Write(fields.TryGetValue(instruction.Index, out var names) ? names.Reference(instruction.Index2) : Number((uint)instruction.Index2));
                break;
            case ImmediateKind.TypeCount:
                Write(types.Reference(instruction.Index));
                Write(Number((uint)instruction.Index2));
                break;
            case ImmediateKind.TypeData:
                Write(types.Reference(instruction.Index));
                Write(data.Reference(instruction.Index2));
                break;
            case ImmediateKind.TypeElement:
                Write(types.Reference(instruction.Index));
                Write(elements.Reference(instruction.Index2));
                break;
            default:
                throw new InvalidOperationException($"no text for the immediates {kind}");
        }
    }

    private void Write(string text)
    {
        writer.Write(' ');
        writer.Write(text);
    }

    private void WriteUnlessZero(PrintedNames names, int index)
    {
        if (index != 0)
            Write(names.Reference(index));
    }

    private void PrintBlockType(BlockType type)
    {
        if (type.IsTypeIndex)
            PrintTypeUse(type.TypeIndex, null);
        else if (!type.IsEmpty)
            writer.Write($" (result {Text(type.Result)})");
    }

    private void PrintCatches(ReadOnlySpan<CatchClause> clauses, Opcode opcode)
    {
        if (opcode != Opcode.TryTable)
            return;
        foreach (var clause in clauses)
        {
            writer.Write(clause.Kind switch
            {
                CatchKind.Catch => " (catch " + tags.Reference(clause.Tag),
                CatchKind.CatchRef => " (catch_ref " + tags.Reference(clause.Tag),
                CatchKind.CatchAll => " (catch_all",
                _ => " (catch_all_ref",
            });
            Write(Label(clause.Label));
            writer.Write(')');
        }
    }

    private void PrintMemarg(in InstructionEvent instruction, InstructionInfo row)
    {
        WriteUnlessZero(memories, instruction.Index);
        if (instruction.Immediate != 0)
            Write("offset=" + Number(instruction.Immediate));
        var alignment = 1UL << instruction.Alignment;
        if (alignment != row.Width)
            Write("align=" + Number(alignment));
    }

    private void PrintBytes(in InstructionEvent instruction)
    {
        Span<byte> lanes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(lanes, instruction.Immediate);
        BinaryPrimitives.WriteUInt64LittleEndian(lanes[8..], instruction.Immediate2);
        foreach (var lane in lanes)
            Write(Number(lane));
    }

    private void PrintVector(in InstructionEvent instruction)
    {
        Write("i32x4");
        Write($"0x{(uint)instruction.Immediate:x8}");
        Write($"0x{instruction.Immediate >> 32:x8}");
        Write($"0x{(uint)instruction.Immediate2:x8}");
        Write($"0x{instruction.Immediate2 >> 32:x8}");
    }
}
