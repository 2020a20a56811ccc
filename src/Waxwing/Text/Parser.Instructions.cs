using Waxwing.Binary;
using Waxwing.Instructions;

namespace Waxwing.Text;

/// <summary>
/// Instruction sequences, flat and folded: 6.5 of the specification. A folded instruction is encoded when it is met, but has to follow its operands: until its closing
/// parenthesis the bytes wait on <see cref="pending"/>, which is a stack because parentheses nest.
/// </summary>
internal sealed partial class Parser
{
    private enum FrameKind : byte
    {
        /// <summary>A folded plain instruction among its operands.</summary>
        Operands,
        /// <summary>A folded block, loop or try_table.</summary>
        Block,
        /// <summary>A folded if before its `(then`: its condition.</summary>
        Condition,
        /// <summary>A folded if behind its `(then ...)`.</summary>
        Then,
        /// <summary>A folded if behind its `(else ...)`.</summary>
        Else,
        /// <summary>A folded try before its `(do`.</summary>
        Try,
        /// <summary>A folded try behind `(do ...)`.</summary>
        Do,
        /// <summary>A folded try behind a `(catch ...)`.</summary>
        Catch,
        /// <summary>A folded try that can only close: behind `(catch_all ...)`.</summary>
        CatchAll,
        /// <summary>A folded try whose `(delegate ...)` has ended it.</summary>
        Delegated,
        /// <summary>The instructions of `(then`, `(else`, `(do`, `(catch` or `(catch_all`.</summary>
        Arm,
        /// <summary>A flat block; closed by `end`, never by a parenthesis.</summary>
        Flat,
    }

    /// <summary>An open construct.</summary>
    /// <param name="Kind">Which part of which construct.</param>
    /// <param name="Opcode">For <see cref="FrameKind.Flat"/>: block, loop, if, else, try, catch, catch_all or try_table, the latest that was met.</param>
    /// <param name="Position">Where in the text the construct's keyword stands.</param>
    /// <param name="Pending">Start of the bytes that wait.</param>
    /// <param name="Hint">Branch hint of a pending instruction, or -1.</param>
    /// <param name="Label">The label that a pending `if` will bring.</param>
    /// <param name="LabelName">That label in the name section.</param>
    private readonly record struct Frame(FrameKind Kind, Opcode Opcode, int Position, int Pending = 0, int Hint = -1, byte[]? Label = null, byte[]? LabelName = null);

    private readonly Stack<Frame> frames = new();
    private readonly ByteWriter pending = new();

    /// <summary>Where the instruction being read is encoded: <see cref="code"/> or <see cref="pending"/>.</summary>
    private ByteWriter sink;

    /// <summary>Instructions up to a closing parenthesis that is not theirs, or just one folded instruction.</summary>
    private void Instructions(bool single)
    {
        var floor = frames.Count;
        if (single && current.Kind != TokenKind.LeftParenthesis)
            throw Unexpected();
        for (;;)
        {
            while (lexer.HasAnnotation(current.Start))
                TakeBranchHint();
            switch (current.Kind)
            {
                case TokenKind.RightParenthesis when frames.Count == floor:
                    return;
                case TokenKind.RightParenthesis:
                    CloseFrame();
                    if (single && frames.Count == floor)
                        return;
                    break;
                case TokenKind.LeftParenthesis:
                    Advance();
                    OpenFolded(frames.Count == floor ? FrameKind.Arm : frames.Peek().Kind);
                    break;
                case TokenKind.Keyword when frames.Count == floor || frames.Peek().Kind is FrameKind.Block or FrameKind.Arm or FrameKind.Flat:
                    FlatInstruction();
                    break;
                default:
                    throw Unexpected();
            }
        }
    }

    /// <summary>From behind a parenthesis inside a construct of kind <paramref name="outer"/>.</summary>
    private void OpenFolded(FrameKind outer)
    {
        if (outer is not (FrameKind.Operands or FrameKind.Condition))
            Mark(current.Start);
        switch (outer)
        {
            case FrameKind.Operands or FrameKind.Block or FrameKind.Arm or FrameKind.Flat:
                FoldedInstruction();
                break;
            case FrameKind.Condition:
                if (IsKeyword("then"u8))
                    OpenThen();
                else
                    FoldedInstruction();
                break;
            case FrameKind.Then when IsKeyword("else"u8):
                Advance();
                ReplaceFrame(FrameKind.Else);
                WriteOpcode(code, Opcode.Else);
                OpenArm();
                break;
            case FrameKind.Try when IsKeyword("do"u8):
                Advance();
                ReplaceFrame(FrameKind.Do);
                OpenArm();
                break;
            case FrameKind.Do or FrameKind.Catch when IsKeyword("catch"u8):
                Advance();
                ReplaceFrame(FrameKind.Catch);
                WriteOpcode(code, Opcode.Catch);
                code.Index(Index(tags));
                OpenArm();
                break;
            case FrameKind.Do or FrameKind.Catch when IsKeyword("catch_all"u8):
                Advance();
                ReplaceFrame(FrameKind.CatchAll);
                WriteOpcode(code, Opcode.CatchAll);
                OpenArm();
                break;
            case FrameKind.Do when IsKeyword("delegate"u8):
                Advance();
                ReplaceFrame(FrameKind.Delegated);
                WriteOpcode(code, Opcode.Delegate);
                code.Index(LabelIndex(skipped: 1));
                Close();
                break;
            default:
                throw Unexpected();
        }
    }

    private void FoldedInstruction()
    {
        var token = current;
        var opcode = Instruction();
        var hint = ClaimBranchHint(opcode, token);
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.TryTable:
                BeginBlock(opcode, token);
                frames.Push(new(FrameKind.Block, opcode, token.Start));
                break;
            case Opcode.Try:
                BeginBlock(opcode, token);
                frames.Push(new(FrameKind.Try, opcode, token.Start));
                break;
            case Opcode.If:
                // The condition comes first and does not see the label.
                var (label, name) = LabelBinding();
                var start = pending.Length;
                WriteOpcode(pending, opcode);
                BlockType(pending);
                frames.Push(new(FrameKind.Condition, opcode, token.Start, start, hint, label, name));
                break;
            case Opcode.Else or Opcode.End or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate:
                throw Unexpected(token);
            default:
                start = pending.Length;
                sink = pending;
                Immediates(opcode);
                sink = code;
                frames.Push(new(FrameKind.Operands, opcode, token.Start, start, hint));
                break;
        }
    }

    private void OpenThen()
    {
        Advance();
        var frame = frames.Pop();
        AddBranchHint(frame.Hint);
        Flush(frame);
        PushBlockLabel(frame.Label, frame.LabelName);
        frames.Push(frame with { Kind = FrameKind.Then });
        OpenArm();
    }

    private void OpenArm() => frames.Push(new(FrameKind.Arm, default, current.Start));

    private void ReplaceFrame(FrameKind kind) => frames.Push(frames.Pop() with { Kind = kind });

    /// <summary>Moves the pending bytes of a frame to the code.</summary>
    private void Flush(Frame frame)
    {
        Mark(frame.Position);
        code.Bytes(pending.Written[frame.Pending..]);
        pending.Truncate(frame.Pending);
    }

    /// <summary>A closing parenthesis: the end of a folded construct or of a part of one.</summary>
    private void CloseFrame()
    {
        var frame = frames.Peek();
        switch (frame.Kind)
        {
            case FrameKind.Operands:
                AddBranchHint(frame.Hint);
                Flush(frame);
                break;
            case FrameKind.Block or FrameKind.Then or FrameKind.Else or FrameKind.Do or FrameKind.Catch or FrameKind.CatchAll:
                Mark(current.Start);
                WriteOpcode(code, Opcode.End);
                PopLabel();
                break;
            case FrameKind.Delegated:
                PopLabel();
                break;
            case FrameKind.Arm:
                break;
            default:
                throw Unexpected();
        }
        frames.Pop();
        Advance();
    }

    private void FlatInstruction()
    {
        var token = current;
        var opcode = Instruction();
        AddBranchHint(ClaimBranchHint(opcode, token));
        Mark(token.Start);
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Try or Opcode.TryTable:
                BeginBlock(opcode, token);
                frames.Push(new(FrameKind.Flat, opcode, token.Start));
                break;
            case Opcode.Else or Opcode.Catch or Opcode.CatchAll or Opcode.Delegate or Opcode.End:
                if (frames.Count == 0 || frames.Peek().Kind != FrameKind.Flat)
                    throw Unexpected(token);
                ContinueFlat(opcode, token, frames.Pop());
                break;
            default:
                Immediates(opcode);
                break;
        }
    }

    /// <summary>`else`, `catch`, `catch_all`, `delegate` or `end` of the flat block <paramref name="frame"/>, which was popped.</summary>
    private void ContinueFlat(Opcode opcode, Token token, Frame frame)
    {
        var fits = opcode switch
        {
            Opcode.Else => frame.Opcode == Opcode.If,
            Opcode.Catch or Opcode.CatchAll => frame.Opcode is Opcode.Try or Opcode.Catch,
            Opcode.Delegate => frame.Opcode == Opcode.Try,
            _ => true,
        };
        if (!fits)
            throw Unexpected(token);
        WriteOpcode(code, opcode);
        switch (opcode)
        {
            case Opcode.Delegate:
                code.Index(LabelIndex(skipped: 1));
                PopLabel();
                return;
            case Opcode.Catch:
                // The label may be repeated before the tag; with one identifier alone it is the tag.
                if (current.Kind == TokenKind.Identifier && Ahead.Kind is TokenKind.Identifier or TokenKind.Number)
                    RepeatLabel();
                code.Index(Index(tags));
                break;
            default:
                RepeatLabel();
                break;
        }
        if (opcode == Opcode.End)
            PopLabel();
        else
            frames.Push(frame with { Opcode = opcode });
    }

    /// <summary>A block's label after `else` or `end`, which must be the one it began with.</summary>
    private void RepeatLabel()
    {
        if (current.Kind != TokenKind.Identifier)
            return;
        if (labels[^1].Name is not { } name || !IdentifierBytes(current).SequenceEqual(name))
            throw Error("mismatching label", current, Excerpt(current));
        Advance();
    }

    /// <summary>The instruction that the current keyword names.</summary>
    private Opcode Instruction()
    {
        if (current.Kind != TokenKind.Keyword || !Keywords.TryOpcode(lexer.Span(current), out var opcode))
            throw Unexpected();
        var needed = InstructionTable.Info(opcode).Features;
        if ((features & needed) != needed && !(opcode == Opcode.Throw && (features & WasmFeatures.LegacyExceptions) != 0))
            Require(needed, current);
        Advance();
        return opcode;
    }

    private static void WriteOpcode(ByteWriter writer, Opcode opcode)
    {
        var row = InstructionTable.Info(opcode);
        if (row.Prefix == 0)
        {
            writer.Byte((byte)row.Code);
            return;
        }
        writer.Byte(row.Prefix);
        writer.U32(row.Code);
    }
}
