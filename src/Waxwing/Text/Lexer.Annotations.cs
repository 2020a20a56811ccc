namespace Waxwing.Text;

internal sealed partial class Lexer
{
    private readonly Queue<Annotation> annotations = new();

    /// <summary>Whether an annotation with a meaning stands before <paramref name="position"/> and nobody has taken it.</summary>
    public bool HasAnnotation(int position) => annotations.Count > 0 && annotations.Peek().Start < position;

    public Annotation PeekAnnotation() => annotations.Peek();

    public Annotation TakeAnnotation() => annotations.Dequeue();

    public void ClearAnnotations() => annotations.Clear();

    /// <summary>The position behind the annotation at <paramref name="from"/>; the known ones are queued.</summary>
    private int Annotation(ReadOnlySpan<byte> text, int from)
    {
        var position = from + 2;
        ReadOnlySpan<byte> id;
        if (position < text.Length && text[position] == (byte)'"')
        {
            var end = TrySkipString(text, position, out _, out _);
            if (end < 0 || end == position + 2)
                throw source.Error("empty annotation id", from);
            CheckName(text[position..end], from);
            id = Decode(text[position..end]);
            position = end;
        }
        else
        {
            while (position < text.Length && WordBytes.Contains(text[position]))
                position++;
            id = text[(from + 2)..position];
            if (id.IsEmpty)
                throw source.Error("empty annotation id", from);
        }
        if (id.SequenceEqual("custom"u8))
            annotations.Enqueue(new(AnnotationKind.Custom, from, position));
        else if (id.SequenceEqual("name"u8))
            annotations.Enqueue(new(AnnotationKind.Name, from, position));
        else if (id.SequenceEqual("metadata.code.branch_hint"u8))
            annotations.Enqueue(new(AnnotationKind.BranchHint, from, position));
        return SkipAnnotation(text, from, position);
    }

    private int SkipAnnotation(ReadOnlySpan<byte> text, int from, int position)
    {
        for (var depth = 1; depth > 0;)
        {
            if (position == text.Length)
                throw source.Error("unclosed annotation", from);
            switch (text[position])
            {
                case (byte)'(' when Follows(text, position, (byte)';'):
                    position = SkipBlockComment(text, position);
                    break;
                case (byte)'(':
                    depth++;
                    position++;
                    break;
                case (byte)')':
                    depth--;
                    position++;
                    break;
                case (byte)';' when Follows(text, position, (byte)';'):
                    position = SkipLine(text, position);
                    break;
                case (byte)'"':
                    position = SkipString(text, position);
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    position++;
                    break;
                default:
                    if (!WordBytes.Contains(text[position]))
                        CheckPunctuation(text, position);
                    position++;
                    break;
            }
        }
        return position;
    }
}
