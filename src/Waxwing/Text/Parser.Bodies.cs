using System.Runtime.InteropServices;
using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>Function bodies and constant expressions, with their locals and labels.</summary>
internal sealed partial class Parser
{
    /// <summary>A label in scope. <paramref name="Shadowed"/> is the label of the same name that it hides, or -1.</summary>
    private readonly record struct Label(byte[]? Name, int Shadowed);

    private readonly List<Label> labels = [];
    private readonly Dictionary<byte[], int> labelPositions = new(ByteSequenceComparer.Instance);
    private readonly List<IndexedName> labelNames = [];
    private readonly List<(ValType Type, int Count)> localRuns = [];

    /// <summary>Blocks of the function so far: the next label's index in the name section.</summary>
    private int labelCount;

    private void BindLocal(Token identifier, byte[] name, int index)
    {
        if (identifier.Kind == TokenKind.Identifier && !locals.TryAdd(IdentifierName(identifier), index))
            throw Error("duplicate local", identifier, Excerpt(identifier));
        localNames.Add(new(index, name));
    }

    private void ParseBody(int type)
    {
        bodyStart = code.Length;
        var start = current;
        Mark(start.Start);
        var count = type < module.Types.Count && module.Types[type].Kind == CompositeKind.Func ? module.Types[type].Parameters.Length : 0;
        ParseLocals(count);
        if (type >= module.Types.Count && locals.HasNames)
            throw Error("unknown type", start, $"{type}");
        code.Index(localRuns.Count);
        foreach (var (local, repeat) in localRuns)
        {
            code.Index(repeat);
            Encoder.WriteValueType(code, local);
        }
        labelCount = 0;
        labelNames.Clear();
        PushLabel(null);
        Instructions(single: false);
        PopLabel();
        Mark(current.Start);
        WriteOpcode(code, Opcode.End);
        if (code.Length - bodyStart > limits.FunctionBodySize)
            throw Error("function body too large", start, $"{code.Length - bodyStart} bytes; the limit is {limits.FunctionBodySize}");
        module.Code.Add(new(new(bodyStart, code.Length - bodyStart)));
        if (labelNames.Count > 0)
            names.Labels.Add(new(function, [.. labelNames]));
    }

    private void ParseLocals(int first)
    {
        localRuns.Clear();
        var index = first;
        while (TryOpen("local"u8))
        {
            var identifier = current;
            if (BoundName() is { } name)
            {
                BindLocal(identifier, name, index);
                AddLocal();
            }
            else
            {
                while (current.Kind != TokenKind.RightParenthesis)
                    AddLocal();
            }
            Close();
        }

        void AddLocal()
        {
            if (index - first >= limits.Locals)
                throw Error("too many locals", current, $"the limit is {limits.Locals}");
            index++;
            var type = ValueType();
            if (localRuns.Count > 0 && localRuns[^1].Type == type)
                CollectionsMarshal.AsSpan(localRuns)[^1].Count++;
            else
                localRuns.Add((type, 1));
        }
    }

    /// <summary>A constant expression that runs to the closing parenthesis of what contains it.</summary>
    private CodeRange Expression()
    {
        var start = code.Length;
        Instructions(single: false);
        Mark(current.Start);
        WriteOpcode(code, Opcode.End);
        return new(start, code.Length - start);
    }

    /// <summary>A constant expression that is one folded instruction.</summary>
    private CodeRange FoldedExpression()
    {
        var start = code.Length;
        var position = current.Start;
        Instructions(single: true);
        Mark(position);
        WriteOpcode(code, Opcode.End);
        return new(start, code.Length - start);
    }

    private void PushLabel(byte[]? name)
    {
        var shadowed = -1;
        if (name is not null)
        {
            ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(labelPositions, name, out var exists);
            shadowed = exists ? position : -1;
            position = labels.Count;
        }
        labels.Add(new(name, shadowed));
    }

    private void PopLabel()
    {
        var label = labels[^1];
        labels.RemoveAt(labels.Count - 1);
        if (label.Name is null)
            return;
        if (label.Shadowed >= 0)
            labelPositions[label.Name] = label.Shadowed;
        else
            labelPositions.Remove(label.Name);
    }

    /// <summary>A label as depth: 0 for the innermost. <paramref name="skipped"/> innermost labels are not in scope.</summary>
    private int LabelIndex(int skipped = 0)
    {
        if (current.Kind != TokenKind.Identifier)
            return (int)Math.Min(Unsigned(uint.MaxValue, "i32"), int.MaxValue);
        var name = IdentifierBytes(current);
        if (!labelPositions.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var position))
            throw Error("unknown label", current, Excerpt(current));
        while (position >= labels.Count - skipped)
        {
            position = labels[position].Shadowed;
            if (position < 0)
                throw Error("unknown label", current, Excerpt(current));
        }
        Advance();
        return labels.Count - skipped - 1 - position;
    }
}
