using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Text;

/// <summary>Function bodies and constant expressions.</summary>
internal sealed partial class Printer
{
    private readonly InstructionBuffers buffers = new();

    /// <summary>An open block: what opened or continued it, and its label's identifier, if it has one.</summary>
    private readonly record struct OpenBlock(Opcode Opcode, string? Label, int Shadowed);

    private readonly List<OpenBlock> blocks = [];

    /// <summary>The innermost block of each label name.</summary>
    private readonly Dictionary<string, int> labelPositions = new(StringComparer.Ordinal);
    private PrintedNames locals = PrintedNames.Of([]), labels = PrintedNames.Of([]);
    private int labelCount;

    private void PrintFunctions()
    {
        for (var index = 0; index < module.Functions.Count; index++)
        {
            Line(1);
            PrintFunction(importedFunctions + index, module.Functions[index], module.Code[index].Range);
        }
    }

    private void PrintFunction(int index, int type, CodeRange body)
    {
        // Without a known type nobody knows how many parameters there are, and so which local a name belongs to.
        var hasType = (uint)type < (uint)module.Types.Count && module.Types[type].Kind == CompositeKind.Func;
        locals = PrintedNames.Of(hasType ? nameSection.Locals(index) : []);
        labels = PrintedNames.Of(nameSection.Labels(index), unique: false);
        labelCount = 0;
        writer.Write($"(func {functions.Definition(index)}");
        PrintTypeUse(type, locals);
        var reader = new ByteReader(module.Bytes.Span, body.Offset, body.End);
        PrintLocals(ref reader, hasType ? module.Types[type].Parameters.Length : 0);
        blocks.Clear();
        labelPositions.Clear();
        OpenLabel(Opcode.Block, null);
        var instruction = default(InstructionEvent);
        while (blocks.Count > 0)
        {
            InstructionReader.Read(ref reader, WasmFeatures.All, buffers, ref instruction);
            if (blocks.Count == 1 && instruction.Opcode == Opcode.End)
                break;
            if (branchHints.Count > 0 && branchHints.TryGetValue((index, instruction.Offset - body.Offset), out var likely)
                && instruction.Opcode is Opcode.If or Opcode.BrIf)
            {
                Line(blocks.Count + 1);
                writer.Write($"(@metadata.code.branch_hint \"\\0{likely}\")");
            }
            PrintStep(in instruction);
        }
        blocks.Clear();
        if (!reader.IsAtEnd)
            throw new WasmFormatException("unexpected content after end of function", reader.Position);
        Line(1);
        writer.Write(')');
    }

    /// <summary>The declared locals; neighbouring runs of one type are joined, as the parser does.</summary>
    private void PrintLocals(ref ByteReader reader, int first)
    {
        long count = 0, pending = 0;
        var pendingType = ValType.Bottom;
        for (var runs = reader.ReadLength(); runs > 0; runs--)
        {
            var start = reader.Position;
            var repeat = reader.ReadU32();
            var type = TypeReader.ReadValueType(ref reader, WasmFeatures.All);
            if (type != pendingType)
            {
                PrintLocalRun(first + (int)(count - pending), (int)pending, pendingType);
                (pending, pendingType) = (0, type);
            }
            count += repeat;
            pending += repeat;
            if (count > WasmLimits.Default.Locals)
                throw new WasmFormatException("too many locals", start, $"{count}; the limit is {WasmLimits.Default.Locals}");
        }
        PrintLocalRun(first + (int)(count - pending), (int)pending, pendingType);
    }

    private void PrintLocalRun(int first, int count, ValType type)
    {
        var open = false;
        for (var index = first; index < first + count; index++)
        {
            var named = locals.IsNamed(index);
            if (open && named)
                writer.Write(')');
            if (!open || named)
                Line(2);
            if (named)
                writer.Write($"(local {locals.Definition(index)} {Text(type)})");
            else
                writer.Write(open ? $" {Text(type)}" : $"(local {Text(type)}");
            open = !named;
        }
        if (open)
            writer.Write(')');
    }

    /// <summary>One instruction of a body on its own line, and what it means for nesting.</summary>
    private void PrintStep(in InstructionEvent instruction)
    {
        var opcode = instruction.Opcode;
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                Line(blocks.Count + 1);
                var name = labels.IsNamed(labelCount) ? labels.Definition(labelCount) : null;
                writer.Write(InstructionTable.Info(opcode).Name);
                if (name is not null)
                    writer.Write(" " + name);
                PrintBlockType(instruction.Block);
                PrintCatches(instruction.Catches, opcode);
                OpenLabel(opcode, labels.TryIdentifier(labelCount, out var identifier) ? identifier : null);
                labelCount++;
                break;
            case var _ when Continues(opcode):
                CheckContinues(in instruction);
                Line(blocks.Count);
                PrintInstruction(in instruction);
                Continue(opcode);
                break;
            default:
                Line(blocks.Count + 1);
                PrintInstruction(in instruction);
                break;
        }
    }

    private static bool Continues(Opcode opcode) => opcode is Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate or Opcode.End;

    private void Continue(Opcode opcode)
    {
        if (opcode.ClosesBlock())
            CloseLabel();
        else
            blocks[^1] = blocks[^1] with { Opcode = opcode };
    }

    /// <summary>Whether an else, catch, delegate or end belongs to the innermost block.</summary>
    private void CheckContinues(in InstructionEvent instruction)
    {
        var open = blocks[^1].Opcode;
        var fits = instruction.Opcode switch
        {
            Opcode.Else => open == Opcode.If,
            Opcode.Catch or Opcode.CatchAll => open is Opcode.Try or Opcode.Catch,
            Opcode.Delegate => open == Opcode.Try,
            _ => true,
        };
        if (!fits || (blocks.Count == 1 && instruction.Opcode != Opcode.End))
            throw new WasmFormatException("END opcode expected", instruction.Offset, $"{InstructionTable.Info(instruction.Opcode).Name} in {InstructionTable.Info(open).Name}");
    }

    private void OpenLabel(Opcode opcode, string? label)
    {
        var shadowed = -1;
        if (label is not null)
        {
            shadowed = labelPositions.GetValueOrDefault(label, -1);
            labelPositions[label] = blocks.Count;
        }
        blocks.Add(new(opcode, label, shadowed));
    }

    private void CloseLabel()
    {
        var block = blocks[^1];
        blocks.RemoveAt(blocks.Count - 1);
        if (block.Label is null)
            return;
        if (block.Shadowed >= 0)
            labelPositions[block.Label] = block.Shadowed;
        else
            labelPositions.Remove(block.Label);
    }

    /// <summary>A label by name where the name means that very block, else by depth. <paramref name="skipped"/> blocks are out of scope.</summary>
    private string Label(int depth, int skipped = 0)
    {
        var position = blocks.Count - 1L - skipped - (uint)depth;
        if (position >= 0 && blocks[(int)position].Label is { } label && labelPositions[label] == position)
            return label;
        return Number((uint)depth);
    }

    /// <summary>A constant expression: folded if it is one instruction, else its instructions in a row, in a list that begins with <paramref name="keyword"/> if there is one.</summary>
    private void PrintExpression(CodeRange range, string? keyword)
    {
        blocks.Clear();
        labelPositions.Clear();
        labelCount = 0;
        (locals, labels) = (PrintedNames.Of([]), PrintedNames.Of([]));
        var isOne = IsOneInstruction(range);
        writer.Write(isOne ? "(" : keyword is null ? "" : "(" + keyword + " ");
        var reader = new ByteReader(module.Bytes.Span, range.Offset, range.End);
        var instruction = default(InstructionEvent);
        OpenLabel(Opcode.Block, null);
        for (var first = true; ; first = false)
        {
            InstructionReader.Read(ref reader, WasmFeatures.All, buffers, ref instruction);
            if (instruction.Opcode == Opcode.End && blocks.Count == 1)
                break;
            if (!first)
                writer.Write(' ');
            if (Continues(instruction.Opcode))
                CheckContinues(in instruction);
            PrintInstruction(in instruction);
            if (instruction.Opcode.OpensBlock())
                OpenLabel(instruction.Opcode, null);
            else if (Continues(instruction.Opcode))
                Continue(instruction.Opcode);
        }
        blocks.Clear();
        writer.Write(isOne || keyword is not null ? ")" : "");
    }

    private bool IsOneInstruction(CodeRange range)
    {
        var reader = new ByteReader(module.Bytes.Span, range.Offset, range.End);
        var instruction = default(InstructionEvent);
        InstructionReader.Read(ref reader, WasmFeatures.All, buffers, ref instruction);
        return reader.Remaining == 1 && !instruction.Opcode.OpensBlock();
    }
}
