using Waxwing.Binary;
using Waxwing.Instructions;

namespace Waxwing.Text;

/// <summary>The heads of structured instructions.</summary>
internal sealed partial class Parser
{
    /// <summary>The label a block binds and what the name section calls it.</summary>
    private (byte[]? Label, byte[]? Name) LabelBinding()
    {
        var identifier = current;
        var name = BoundName();
        return (identifier.Kind == TokenKind.Identifier ? IdentifierName(identifier) : null, name);
    }

    private void PushBlockLabel(byte[]? label, byte[]? name)
    {
        if (name is not null)
            labelNames.Add(new(labelCount, name));
        labelCount++;
        PushLabel(label);
    }

    /// <summary>Encodes the head of a structured instruction, whose keyword was <paramref name="token"/>, and brings its label into scope.</summary>
    private void BeginBlock(Opcode opcode, Token token)
    {
        Mark(token.Start);
        var (label, name) = LabelBinding();
        WriteOpcode(code, opcode);
        BlockType(code);
        if (opcode == Opcode.TryTable)
            Catches();
        PushBlockLabel(label, name);
    }

    private void BlockType(ByteWriter target)
    {
        var start = current;
        if (TryOpen("type"u8))
        {
            var index = Index(types);
            Close();
            ParseSignature(bindLocals: false, allowNames: false);
            CheckInlineType(index, start);
            target.S64(index);
            return;
        }
        ParseSignature(bindLocals: false, allowNames: false);
        if (parameters.Count > 0 || results.Count > 1)
        {
            Require(WasmFeatures.MultiValue, start);
            target.S64(FindOrAddType(start));
        }
        else if (results.Count == 1)
        {
            Encoder.WriteValueType(target, results[0]);
        }
        else
        {
            target.Byte(0x40);
        }
    }

    /// <summary>The clauses of a try_table. Their labels are counted from outside of it.</summary>
    private void Catches()
    {
        var clauses = new ByteWriter(16);
        var count = 0;
        for (;;)
        {
            var start = current;
            int kind;
            if (TryOpen("catch"u8))
                kind = 0;
            else if (TryOpen("catch_ref"u8))
                kind = 1;
            else if (TryOpen("catch_all"u8))
                kind = 2;
            else if (TryOpen("catch_all_ref"u8))
                kind = 3;
            else
                break;
            if (++count > limits.CatchClauses)
                throw Error("too many catch clauses", start, $"the limit is {limits.CatchClauses}");
            clauses.Byte((byte)kind);
            if (kind < 2)
                clauses.Index(Index(tags));
            clauses.Index(LabelIndex());
            Close();
        }
        code.Index(count);
        code.Bytes(clauses.Written);
    }
}
