using System.Runtime.InteropServices;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Validation;

// Blocks and branches.
internal ref partial struct FunctionWalker<TConsumer>
{
    private void PushFrame(Opcode opcode, bool isIndexed, int type)
    {
        if (depth == frames.Length)
        {
            Array.Resize(ref buffers.Frames, depth * 2);
            frames = buffers.Frames;
        }
        // A function's frame is entered by definition; the first frame of all finds `reachable` unset.
        var entered = depth == 0 || reachable;
        frames[depth++] = new()
        {
            Opcode = opcode,
            IsIndexed = isIndexed,
            Entered = entered,
            OuterPolymorphic = polymorphic,
            Type = type,
            Height = height,
            Initialized = initializedCount,
        };
        floor = height;
        polymorphic = false;
        reachable = entered;
    }

    private void CheckBlock(Opcode opcode)
    {
        var block = instruction.Block;
        if (!block.IsTypeIndex)
        {
            CheckType(block.Result);
            if (opcode == Opcode.If)
                Pop(ValueCode.I32);
            PushFrame(opcode, isIndexed: false, ValueCode.Of(block.Result));
            ReportFrame(depth - 1);
            return;
        }
        var type = FunctionType(block.TypeIndex);
        var parameters = ValueCode.Of(type.Parameters);
        if (opcode == Opcode.If)
            Pop(ValueCode.I32);
        PopAll(parameters);
        PushFrame(opcode, isIndexed: true, block.TypeIndex);
        PushAll(parameters);
        ReportFrame(depth - 1);
    }

    private void CheckElse()
    {
        if (frames[depth - 1].Opcode != Opcode.If)
            throw new WasmFormatException("misplaced ELSE opcode", instruction.Offset);
        FinishPart();
        BeginPart(Opcode.Else);
        PushAll(Parameters(depth - 1));
        ReportFrame(depth - 1);
    }

    private void CheckEnd()
    {
        FinishPart();
        // An if without else passes its parameters on.
        var level = depth - 1;
        if (frames[level].Opcode == Opcode.If && (Parameters(level).Length != Results(level).Length || !AllMatch(Parameters(level), Results(level))))
            throw Invalid("type mismatch", $"an if without else must end with its parameters [{List(Parameters(level))}], not [{List(Results(level))}]");
        PopFrame();
    }

    /// <summary>Checks the operands at the end of a block, or of one part of it, and takes its results off the stack.</summary>
    private void FinishPart()
    {
        var results = Results(depth - 1);
        PopAll(results);
        if (height != floor)
        {
            height += results.Length;
            throw Invalid("type mismatch", $"block requires [{List(results)}] but stack has [{List(operands[floor..height])}] at {Name}");
        }
    }

    /// <summary>Starts the next part of a block: else, catch, catch_all.</summary>
    private void BeginPart(Opcode opcode)
    {
        ref var frame = ref frames[depth - 1];
        frame.Opcode = opcode;
        polymorphic = false;
        reachable = frame.Entered;
        ForgetInitialized(frame.Initialized);
    }

    /// <summary>Leaves the innermost block, whose end was checked, and pushes its results.</summary>
    private void PopFrame()
    {
        depth--;
        ref var frame = ref frames[depth];
        ForgetInitialized(frame.Initialized);
        polymorphic = frame.OuterPolymorphic;
        reachable = frame.Entered;
        floor = depth == 0 ? 0 : frames[depth - 1].Height;
        PushAll(Results(depth));
        ReportFrame(depth);
    }

    private void ReportFrame(int level)
    {
        if (typeof(TConsumer) == typeof(NoConsumer))
            return;
        instruction.Parameters = MemoryMarshal.Cast<int, ValType>(Parameters(level));
        instruction.Results = MemoryMarshal.Cast<int, ValType>(Results(level));
    }

    private readonly ReadOnlySpan<int> Parameters(int level) => frames[level].IsIndexed ? ValueCode.Of(types[frames[level].Type].Parameters) : [];

    // The frame lives in an array, so the span stays good after this method; the slot is written again only when the next block begins.
    private readonly ReadOnlySpan<int> Results(int level)
    {
        ref var frame = ref frames[level];
        return frame.IsIndexed ? ValueCode.Of(types[frame.Type].Results)
            : frame.Type == ValueCode.Bottom ? [] : MemoryMarshal.CreateReadOnlySpan(ref frame.Type, 1);
    }

    /// <summary>The operands that a branch to a label takes.</summary>
    private readonly ReadOnlySpan<int> Label(int label)
    {
        if ((uint)label >= (uint)depth)
            throw Invalid("unknown label", $"{(uint)label}, but only {depth} blocks are open");
        var level = depth - 1 - label;
        return frames[level].Opcode == Opcode.Loop ? Parameters(level) : Results(level);
    }

    /// <summary>A conditional branch: the operands stay, typed as the label says.</summary>
    private void PassLabel(int label)
    {
        var expected = Label(label);
        if (expected.Length == 0)
            return;
        CheckTop(expected);
        Retype(expected);
    }

    private void SetUnreachable()
    {
        height = floor;
        polymorphic = true;
        reachable = false;
    }

    private void CheckBrTable()
    {
        Pop(ValueCode.I32);
        var labels = instruction.Labels;
        var last = Label(labels[^1]);
        var arity = last.Length;
        CheckTop(last);
        var previous = labels[^1];
        foreach (var label in labels)
        {
            // Tables repeat their labels; a run of the same one is checked once.
            if (label == previous)
                continue;
            previous = label;
            var expected = Label(label);
            if (expected.Length != arity)
                throw Invalid("type mismatch", $"label {label} of br_table takes {expected.Length} operands, the default takes {arity}");
            CheckTop(expected);
        }
        SetUnreachable();
    }

    private void CheckReturn()
    {
        PopAll(Results(0));
        ReportFrame(0);
        SetUnreachable();
    }
}
