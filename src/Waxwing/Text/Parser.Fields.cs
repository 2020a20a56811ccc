using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The first pass: which fields there are, and which index every identifier stands for.</summary>
internal sealed partial class Parser
{
    private enum FieldKind : byte { Type, Rec, Import, Function, Table, Memory, Global, Tag, Export, Start, Element, Data }

    /// <summary>A field of the module, from its parenthesis at <paramref name="Position"/>; <paramref name="Index"/> is what it defines first.</summary>
    private readonly record struct Field(FieldKind Kind, int Position, int Index);

    private readonly List<Field> fields = [];
    private readonly IdentifierSpace types = new("type", "type"), functions = new("func", "function"), tables = new("table", "table"),
        memories = new("memory", "memory"), globals = new("global", "global"), tags = new("tag", "tag"), elements = new("elem", "elem segment"),
        data = new("data", "data segment");

    /// <summary>What was defined in the module before an import, for the error.</summary>
    private string? definedBefore;
    private bool hasStart;
    private int imports, exports;

    private void ScanFields()
    {
        for (;;)
        {
            ScanAnnotations();
            if (current.Kind != TokenKind.LeftParenthesis)
                return;
            var position = current.Start;
            Advance();
            ScanField(position);
            // Annotations inside the field are the second pass's.
            lexer.ClearAnnotations();
            Advance();
        }
    }

    /// <summary>Leaves the field's closing parenthesis as the current token.</summary>
    private void ScanField(int position)
    {
        var keyword = current;
        if (keyword.Kind != TokenKind.Keyword)
            throw Unexpected();
        Advance();
        switch (lexer.Span(keyword))
        {
            case [(byte)'t', (byte)'y', (byte)'p', (byte)'e']:
                Define(FieldKind.Type, position, types);
                break;
            case [(byte)'r', (byte)'e', (byte)'c']:
                ScanRecursionGroup(position);
                return;
            case var word when word.SequenceEqual("import"u8):
                ScanImport(position);
                break;
            case var word when word.SequenceEqual("func"u8):
                ScanDefinition(FieldKind.Function, position, functions);
                break;
            case var word when word.SequenceEqual("table"u8):
                ScanDefinition(FieldKind.Table, position, tables);
                ScanInlineSegment("elem"u8, elements);
                break;
            case var word when word.SequenceEqual("memory"u8):
                ScanDefinition(FieldKind.Memory, position, memories);
                ScanInlineSegment("data"u8, data);
                break;
            case var word when word.SequenceEqual("global"u8):
                ScanDefinition(FieldKind.Global, position, globals);
                break;
            case var word when word.SequenceEqual("tag"u8):
                ScanDefinition(FieldKind.Tag, position, tags);
                break;
            case var word when word.SequenceEqual("export"u8):
                Count(ref exports, limits.Exports, "exports", keyword);
                fields.Add(new(FieldKind.Export, position, 0));
                break;
            case var word when word.SequenceEqual("start"u8):
                if (hasStart)
                    throw Error("multiple start sections", keyword);
                hasStart = true;
                fields.Add(new(FieldKind.Start, position, 0));
                break;
            case var word when word.SequenceEqual("elem"u8):
                Define(FieldKind.Element, position, elements);
                break;
            case var word when word.SequenceEqual("data"u8):
                Define(FieldKind.Data, position, data);
                break;
            default:
                throw Unexpected(keyword);
        }
        SkipToClose();
    }

    private void Define(FieldKind kind, int position, IdentifierSpace space)
    {
        fields.Add(new(kind, position, space.Count));
        Define(space);
    }

    /// <summary>Gives the next entry of an index space its identifier, if one comes next.</summary>
    private void Define(IdentifierSpace space)
    {
        if (space.Count >= Limit(space))
            throw Error($"too many {Plural(space)}", current, $"the limit is {Limit(space)}");
        if (current.Kind == TokenKind.Identifier)
        {
            if (!space.TryAdd(IdentifierName(current), space.Count))
                throw Error($"duplicate {space.Keyword}", current, Excerpt(current));
            Advance();
        }
        space.Count++;
    }

    private int Limit(IdentifierSpace space) =>
        space == types ? Math.Min(limits.Types, ValType.MaximumIndex) : space == functions ? limits.Functions : space == globals ? limits.Globals
        : space == tags ? limits.Tags : space == tables || space == memories ? limits.MemoriesAndTables : limits.Segments;

    private static string Plural(IdentifierSpace space) => space.Noun == "memory" ? "memories" : space.Noun + "s";

    private void Count(ref int count, int limit, string what, Token token)
    {
        if (++count > limit)
            throw Error($"too many {what}", token, $"the limit is {limit}");
    }

    /// <summary>func, table, memory, global or tag: a definition, or an import in short form.</summary>
    private void ScanDefinition(FieldKind kind, int position, IdentifierSpace space)
    {
        var keyword = current;
        Define(kind, position, space);
        while (LookingAt("export"u8))
        {
            Count(ref exports, limits.Exports, "exports", keyword);
            Advance();
            SkipToClose();
            Advance();
        }
        if (LookingAt("import"u8))
            CheckImportOrder(keyword);
        else
            definedBefore ??= space.Noun;
    }

    private void CheckImportOrder(Token token)
    {
        if (definedBefore is not null)
            throw Error($"import after {definedBefore}", token);
        Count(ref imports, limits.Imports, "imports", token);
    }

    private void ScanImport(int position)
    {
        CheckImportOrder(current);
        fields.Add(new(FieldKind.Import, position, 0));
        Expect(TokenKind.String);
        Expect(TokenKind.String);
        Expect(TokenKind.LeftParenthesis);
        var kind = current;
        Advance();
        Define(lexer.Span(kind) switch
        {
            var word when word.SequenceEqual("func"u8) => functions,
            var word when word.SequenceEqual("table"u8) => tables,
            var word when word.SequenceEqual("memory"u8) => memories,
            var word when word.SequenceEqual("global"u8) => globals,
            var word when word.SequenceEqual("tag"u8) => tags,
            _ => throw Unexpected(kind),
        });
        SkipToClose();
        Advance();
    }

    private void ScanRecursionGroup(int position)
    {
        fields.Add(new(FieldKind.Rec, position, types.Count));
        while (TryOpen("type"u8))
        {
            Define(types);
            SkipToClose();
            Advance();
        }
        if (current.Kind != TokenKind.RightParenthesis)
            throw Unexpected();
    }

    /// <summary>Notes the segment that `(elem ...)` in a table or `(data ...)` in a memory defines.</summary>
    private void ScanInlineSegment(ReadOnlySpan<byte> keyword, IdentifierSpace segments)
    {
        while (current.Kind is not (TokenKind.RightParenthesis or TokenKind.End))
        {
            if (current.Kind == TokenKind.LeftParenthesis)
            {
                if (LookingAt(keyword))
                    segments.Count++;
                Advance();
                SkipToClose();
            }
            Advance();
        }
    }

    /// <summary>Moves to the parenthesis that closes the innermost open one.</summary>
    private void SkipToClose()
    {
        if (hasAhead)
        {
            lexer.Position = current.Start;
            hasAhead = false;
        }
        else if (current.Kind != TokenKind.End)
        {
            lexer.Position = current.Start;
        }
        lexer.SkipBalanced(1);
        lexer.Position--;
        current = lexer.Next();
    }
}
