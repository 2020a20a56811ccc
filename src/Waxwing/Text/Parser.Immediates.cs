using System.Numerics;
using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Plain instructions with their immediates, by the instruction table's kind.</summary>
internal sealed partial class Parser
{
    /// <summary>Encodes the instruction into <see cref="sink"/>.</summary>
    private void Immediates(Opcode opcode)
    {
        var row = InstructionTable.Info(opcode);
        switch (row.Immediates)
        {
            case ImmediateKind.None when opcode == Opcode.Select:
                Select();
                return;
            case ImmediateKind.Heaptype when opcode != Opcode.RefNull:
                ReferenceTest(opcode);
                return;
        }
        WriteOpcode(sink, opcode);
        switch (row.Immediates)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.Fence:
                sink.Byte(0);
                break;
            case ImmediateKind.Local:
                sink.Index(Index(locals));
                break;
            case ImmediateKind.I32:
                sink.S64((int)Integer(32));
                break;
            case ImmediateKind.I64:
                sink.S64((long)Integer(64));
                break;
            case ImmediateKind.F32:
                sink.Fixed32(Float32());
                break;
            case ImmediateKind.F64:
                sink.Fixed64(Float64());
                break;
            case ImmediateKind.Memarg:
                Memarg(row, isLaneAccess: false);
                break;
            case ImmediateKind.MemargLane:
                Memarg(row, isLaneAccess: true);
                sink.Byte(Lane());
                break;
            case ImmediateKind.Lane:
                sink.Byte(Lane());
                break;
            case ImmediateKind.Lanes16:
                ShuffleLanes();
                break;
            case ImmediateKind.V128:
                sink.Bytes(Vector(null).Bits);
                break;
            case ImmediateKind.Label:
                sink.Index(LabelIndex());
                break;
            case ImmediateKind.Labels:
                Labels();
                break;
            case ImmediateKind.Heaptype:
                Encoder.WriteHeapType(sink, HeapType());
                break;
            case ImmediateKind.Cast:
                Cast();
                break;
            default:
                Indices(row.Immediates);
                break;
        }
    }

    private void Indices(ImmediateKind kind)
    {
        switch (kind)
        {
            case ImmediateKind.Function:
                sink.Index(Index(functions));
                break;
            case ImmediateKind.Type:
                sink.Index(Index(types));
                break;
            case ImmediateKind.Tag:
                sink.Index(Index(tags));
                break;
            case ImmediateKind.Global:
                sink.Index(Index(globals));
                break;
            case ImmediateKind.Table:
                sink.Index(IsIndex ? Index(tables) : 0);
                break;
            case ImmediateKind.Memory:
                sink.Index(IsIndex ? Index(memories) : 0);
                break;
            case ImmediateKind.Data:
                usesDataCount = true;
                sink.Index(Index(data));
                break;
            case ImmediateKind.Element:
                sink.Index(Index(elements));
                break;
            case ImmediateKind.TypeTable:
                var table = IsIndex ? Index(tables) : 0;
                sink.Index(ParseTypeUse(bindLocals: false));
                sink.Index(table);
                break;
            case ImmediateKind.TableTable:
                Pair(tables);
                break;
            case ImmediateKind.MemoryMemory:
                Pair(memories);
                break;
            case ImmediateKind.ElementTable:
                Segment(elements, tables);
                break;
            case ImmediateKind.DataMemory:
                usesDataCount = true;
                Segment(data, memories);
                break;
            case ImmediateKind.TypeType:
                sink.Index(Index(types));
                sink.Index(Index(types));
                break;
            case ImmediateKind.TypeField:
                var type = Index(types);
                sink.Index(type);
                sink.Index(FieldIndex(type));
                break;
            case ImmediateKind.TypeCount:
                sink.Index(Index(types));
                sink.U32((uint)Unsigned(uint.MaxValue, "i32"));
                break;
            case ImmediateKind.TypeData:
                usesDataCount = true;
                sink.Index(Index(types));
                sink.Index(Index(data));
                break;
            case ImmediateKind.TypeElement:
                sink.Index(Index(types));
                sink.Index(Index(elements));
                break;
            default:
                throw new InvalidOperationException($"no text for the immediates {kind}");
        }
    }

    /// <summary>Destination and source of a copy: both or none.</summary>
    private void Pair(IdentifierSpace space)
    {
        var named = IsIndex;
        sink.Index(named ? Index(space) : 0);
        sink.Index(named ? Index(space) : 0);
    }

    /// <summary>`table.init` and `memory.init`: the table or memory may be left out; the binary format has it last.</summary>
    private void Segment(IdentifierSpace segments, IdentifierSpace targets)
    {
        var target = 0;
        if (Ahead.Kind is TokenKind.Number or TokenKind.Identifier && IsIndex)
            target = Index(targets);
        sink.Index(Index(segments));
        sink.Index(target);
    }

    private int FieldIndex(int type) => Index(fieldNames.GetValueOrDefault(type, NoFields));

    private void Labels()
    {
        var depths = new List<int> { LabelIndex() };
        while (IsIndex)
            depths.Add(LabelIndex());
        sink.Index(depths.Count - 1);
        foreach (var depth in depths)
            sink.Index(depth);
    }

    private void Select()
    {
        if (!LookingAt("result"u8))
        {
            WriteOpcode(sink, Opcode.Select);
            return;
        }
        Require(WasmFeatures.ReferenceTypes, current);
        var types = new List<ValType>();
        while (TryOpen("result"u8))
        {
            while (current.Kind != TokenKind.RightParenthesis)
                types.Add(ValueType());
            Close();
        }
        WriteOpcode(sink, Opcode.SelectT);
        sink.Index(types.Count);
        foreach (var type in types)
            Encoder.WriteValueType(sink, type);
    }

    /// <summary>ref.test and ref.cast, whose opcode depends on the type's nullability.</summary>
    private void ReferenceTest(Opcode opcode)
    {
        var type = ReferenceType();
        if (type.IsNullable)
            opcode = opcode is Opcode.RefTest ? Opcode.RefTestNull : Opcode.RefCastNull;
        WriteOpcode(sink, opcode);
        Encoder.WriteHeapType(sink, type.Heap);
    }

    private void Cast()
    {
        var label = LabelIndex();
        var source = ReferenceType();
        var target = ReferenceType();
        sink.Byte((byte)((source.IsNullable ? 1 : 0) | (target.IsNullable ? 2 : 0)));
        sink.Index(label);
        Encoder.WriteHeapType(sink, source.Heap);
        Encoder.WriteHeapType(sink, target.Heap);
    }

    private void Memarg(InstructionInfo row, bool isLaneAccess)
    {
        // A number before a lane access is the memory if anything but an operand follows it, else the lane.
        var hasMemory = current.Kind == TokenKind.Identifier
            || (current.Kind == TokenKind.Number && (!isLaneAccess || Ahead.Kind == TokenKind.Number || IsMemargWord(Ahead)));
        var memory = hasMemory ? Index(memories) : 0;
        var offset = MemargWord("offset="u8, 0);
        var token = current;
        var alignment = MemargWord("align="u8, row.Width);
        if (!BitOperations.IsPow2(alignment))
            throw Error("alignment must be a power of two", token, Excerpt(token));
        sink.U32((uint)BitOperations.Log2(alignment) | (memory != 0 ? 0x40u : 0));
        if (memory != 0)
            sink.Index(memory);
        sink.U64(offset);
    }

    private bool IsMemargWord(Token token) =>
        token.Kind == TokenKind.Keyword && (lexer.Span(token).StartsWith("offset="u8) || lexer.Span(token).StartsWith("align="u8));

    private ulong MemargWord(ReadOnlySpan<byte> prefix, ulong otherwise)
    {
        if (current.Kind != TokenKind.Keyword || !lexer.Span(current).StartsWith(prefix))
            return otherwise;
        switch (NumberLiteral.Unsigned(lexer.Span(current)[prefix.Length..], ulong.MaxValue, out var value))
        {
            case LiteralResult.Malformed:
                throw Unexpected();
            case LiteralResult.OutOfRange:
                throw Error("i64 constant out of range", current, Excerpt(current));
        }
        Advance();
        return value;
    }
}
