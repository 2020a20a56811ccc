using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>
/// The text format, 6 of the specification: text to <see cref="Module"/>. Two passes over the tokens: the first finds the fields of the module and gives every
/// identifier its index (bodies are skipped), the second parses field by field and encodes expressions at once, so that no syntax tree of code exists.
/// Nesting is kept on explicit stacks.
/// </summary>
internal sealed partial class Parser
{
    private readonly TextSource source;
    private readonly Lexer lexer;
    private readonly WasmFeatures features;
    private readonly WasmLimits limits;
    private readonly Module module = new();
    private readonly NameSectionContent names = new();

    /// <summary>What becomes <see cref="Module.Bytes"/>: bodies, constant expressions, data.</summary>
    private readonly ByteWriter code = new(4096);

    private Parser(Lexer lexer, WasmFeatures features, WasmLimits limits)
    {
        (this.lexer, this.features, this.limits) = (lexer, features, limits);
        source = lexer.Source;
        sink = code;
    }

    /// <summary>Parses one module; names go to a name section, expressions to a buffer of their own.</summary>
    /// <exception cref="WasmFormatException">The text is malformed; with line and column.</exception>
    public static Module Parse(ReadOnlyMemory<char> text, WasmFeatures features, WasmLimits limits) => Parse(new TextSource(text, limits), features, limits);

    /// <summary>Parses one module from UTF-8.</summary>
    /// <exception cref="WasmFormatException">The text is malformed; with line and column.</exception>
    public static Module Parse(ReadOnlyMemory<byte> utf8, WasmFeatures features, WasmLimits limits) => Parse(new TextSource(utf8, limits), features, limits);

    /// <summary>Parses the module in a part of a longer text, such as a script.</summary>
    public static Module Parse(TextSource source, int start, int end, WasmFeatures features, WasmLimits limits) =>
        new Parser(new Lexer(source, start, end), features, limits).ParseModule();

    private static Module Parse(TextSource source, WasmFeatures features, WasmLimits limits) => Parse(source, 0, source.Bytes.Length, features, limits);

    private Module ParseModule()
    {
        var (start, end) = (lexer.Position, lexer.End);
        Restart(start);
        scanning = true;
        var wrapped = LookingAt("module"u8);
        if (wrapped)
        {
            Advance();
            Advance();
            TryKeyword("definition"u8);
            if (current.Kind == TokenKind.Identifier)
            {
                names.Module = IdentifierName(current);
                Advance();
            }
            if (IsKeyword("binary"u8) || IsKeyword("quote"u8))
                return ParseEmbedded();
        }
        ScanFields();
        if (wrapped)
            Expect(TokenKind.RightParenthesis);
        if (current.Kind != TokenKind.End)
            throw Unexpected();
        scanning = false;
        ParseFields();
        module.Locate = error => Locate(error, source, start, end, features, limits);
        return Finish();
    }

    /// <summary>`(module binary "..."*)` and `(module quote "..."*)`.</summary>
    private Module ParseEmbedded()
    {
        var isBinary = IsKeyword("binary"u8);
        Advance();
        var content = new ByteWriter();
        while (current.Kind == TokenKind.String)
        {
            Lexer.Decode(lexer.Span(current), content);
            Advance();
        }
        Expect(TokenKind.RightParenthesis);
        if (current.Kind != TokenKind.End)
            throw Unexpected();
        if (isBinary)
            return Decoder.Decode(content.WrittenMemory, features, limits);
        // Every level of quoting at least doubles the backslashes, so the depth is bounded by the logarithm of the length.
        return Parse(content.WrittenMemory, features, limits);
    }

    private Module Finish()
    {
        module.Bytes = code.WrittenMemory;
        if (usesDataCount)
            module.DataCount = module.Data.Count;
        AddBranchHints();
        var section = NameSectionWriter.Write(names);
        if (section.Length > 0)
            module.CustomSections.Add(new(NameSection.SectionName, section, SectionNames.Last));
        SortCustomSections();
        return module;
    }

    /// <summary>Into the order of their places; the encoder expects it.</summary>
    private void SortCustomSections()
    {
        if (module.CustomSections.Count < 2)
            return;
        var sorted = module.CustomSections.OrderBy(section => ((SectionId)section.After).Order()).ToArray();
        module.CustomSections.Clear();
        module.CustomSections.AddRange(sorted);
    }
}
