using System.Text;
using System.Text.Unicode;
using Waxwing.Binary;
using Waxwing.Instructions;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The annotations with a meaning: names, custom sections, branch hints (appendix "Custom Sections and Annotations").</summary>
internal sealed partial class Parser
{
    private static readonly string[] Ids = ["@name", "@custom", "@metadata.code.branch_hint"];

    private readonly Dictionary<int, List<(int Offset, byte Likely)>> branchHints = [];
    private bool moduleNameAnnotated;

    /// <summary>The hint that waits for its branch: 0 or 1, or -1 for none.</summary>
    private int pendingHint = -1;

    private WasmFormatException Misplaced(Annotation annotation) => annotation.Kind == AnnotationKind.BranchHint
        ? AnnotationError(annotation, function >= 0 ? "invalid target" : "not in a function")
        : source.Error($"misplaced {Ids[(int)annotation.Kind]} annotation", annotation.Start);

    private WasmFormatException AnnotationError(Annotation annotation, string detail, int position = -1) =>
        source.Error($"{Ids[(int)annotation.Kind]} annotation", position < 0 ? annotation.Start : position, detail);

    /// <summary>Annotations between the fields of a module.</summary>
    private void ScanAnnotations()
    {
        while (lexer.HasAnnotation(current.Start))
        {
            var annotation = lexer.TakeAnnotation();
            switch (annotation.Kind)
            {
                case AnnotationKind.Custom:
                    module.CustomSections.Add(ParseCustom(annotation));
                    break;
                case AnnotationKind.Name when fields.Count == 0:
                    if (moduleNameAnnotated)
                        throw AnnotationError(annotation, "multiple module");
                    moduleNameAnnotated = true;
                    names.Module = AnnotationString(annotation);
                    break;
                default:
                    throw Misplaced(annotation);
            }
        }
    }

    /// <summary>`(@custom "name" placement? "content"*)`; a section without placement goes to the end.</summary>
    private CustomSection ParseCustom(Annotation annotation)
    {
        var inner = new Lexer(source) { Position = annotation.Content };
        var token = inner.Next();
        if (token.Kind != TokenKind.String)
            throw AnnotationError(annotation, "missing section name", token.Start);
        var name = Lexer.Decode(inner.Span(token));
        if (!Utf8.IsValid(name))
            throw AnnotationError(annotation, "malformed UTF-8 encoding", token.Start);
        if (name.Length > limits.NameLength)
            throw AnnotationError(annotation, $"a name of {name.Length} bytes, the limit is {limits.NameLength}", token.Start);
        var after = (int)SectionNames.Last;
        token = inner.Next();
        if (token.Kind == TokenKind.LeftParenthesis)
        {
            after = ParsePlacement(inner, annotation);
            token = inner.Next();
        }
        var content = new ByteWriter();
        for (; token.Kind == TokenKind.String; token = inner.Next())
            Lexer.Decode(inner.Span(token), content);
        if (token.Kind != TokenKind.RightParenthesis)
            throw AnnotationError(annotation, "unexpected token", token.Start);
        return new(Encoding.UTF8.GetString(name), content.WrittenMemory, (byte)after);
    }

    private int ParsePlacement(Lexer inner, Annotation annotation)
    {
        var word = inner.Next();
        var before = inner.Span(word).SequenceEqual("before"u8);
        if (!before && !inner.Span(word).SequenceEqual("after"u8))
            throw AnnotationError(annotation, "malformed placement", word.Start);
        var section = inner.Next();
        var after = section.Length < 20 ? SectionNames.Place(Encoding.UTF8.GetString(inner.Span(section)), before) : -1;
        if (after < 0)
            throw AnnotationError(annotation, "malformed section kind", section.Start);
        if (inner.Next() is { Kind: not TokenKind.RightParenthesis } token)
            throw AnnotationError(annotation, "malformed placement", token.Start);
        return after;
    }

    /// <summary>The single string of a name annotation.</summary>
    private byte[] AnnotationString(Annotation annotation)
    {
        var inner = new Lexer(source) { Position = annotation.Content };
        var token = inner.Next();
        if (token.Kind != TokenKind.String)
            throw AnnotationError(annotation, "missing name", token.Start);
        var name = Lexer.Decode(inner.Span(token));
        if (!Utf8.IsValid(name))
            throw AnnotationError(annotation, "malformed UTF-8 encoding", token.Start);
        if (name.Length > limits.NameLength)
            throw AnnotationError(annotation, $"a name of {name.Length} bytes, the limit is {limits.NameLength}", token.Start);
        if (inner.Next() is { Kind: not TokenKind.RightParenthesis } next)
            throw AnnotationError(annotation, "unexpected token", next.Start);
        return name;
    }

    /// <summary>An identifier and a name annotation, both optional; what goes to the name section (the annotation, if there is one).</summary>
    private byte[]? BoundName()
    {
        byte[]? name = null;
        if (current.Kind == TokenKind.Identifier)
        {
            name = IdentifierName(current);
            Advance();
        }
        if (lexer.HasAnnotation(current.Start) && lexer.PeekAnnotation().Kind == AnnotationKind.Name)
            name = AnnotationString(lexer.TakeAnnotation());
        return name;
    }

    /// <summary>Moves past a definition's identifier and notes its name.</summary>
    private void BindName(List<IndexedName> space, int index)
    {
        if (BoundName() is { } name)
            space.Add(new(index, name));
    }

    private void TakeBranchHint()
    {
        var annotation = lexer.PeekAnnotation();
        if (annotation.Kind != AnnotationKind.BranchHint)
            throw Misplaced(annotation);
        if (function < 0)
            throw Misplaced(annotation);
        lexer.TakeAnnotation();
        if (pendingHint >= 0)
            throw AnnotationError(annotation, "duplicate annotation");
        var inner = new Lexer(source) { Position = annotation.Content };
        var value = new ByteWriter(4);
        var token = inner.Next();
        for (; token.Kind == TokenKind.String; token = inner.Next())
            Lexer.Decode(inner.Span(token), value);
        if (token.Kind != TokenKind.RightParenthesis)
            throw AnnotationError(annotation, "unexpected token", token.Start);
        if (value.Length != 1 || value.Written[0] > 1)
            throw AnnotationError(annotation, "invalid value", annotation.Content);
        if (current.Kind == TokenKind.RightParenthesis)
            throw AnnotationError(annotation, "invalid target");
        pendingHint = value.Written[0];
    }

    /// <summary>The hint for the instruction that was just named, or -1.</summary>
    private int ClaimBranchHint(Opcode opcode, Token token)
    {
        var hint = pendingHint;
        if (hint >= 0 && opcode is not (Opcode.If or Opcode.BrIf))
            throw source.Error("@metadata.code.branch_hint annotation", token.Start, "invalid target");
        pendingHint = -1;
        return hint;
    }

    private void AddBranchHint(int hint)
    {
        if (hint < 0)
            return;
        if (!branchHints.TryGetValue(function, out var hints))
            branchHints.Add(function, hints = []);
        hints.Add((code.Length - bodyStart, (byte)hint));
    }

    /// <summary>Turns the hints into the custom section, which stands before the code.</summary>
    private void AddBranchHints()
    {
        if (branchHints.Count == 0)
            return;
        module.CustomSections.Add(new(BranchHints.SectionName, BranchHints.Write(branchHints), (byte)SectionId.DataCount));
    }
}
