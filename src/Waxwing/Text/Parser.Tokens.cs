using System.Text;

namespace Waxwing.Text;

internal sealed partial class Parser
{
    private Token current;
    private Token ahead;
    private bool hasAhead;

    /// <summary>Whether the first pass is at work, which leaves annotations inside fields alone.</summary>
    private bool scanning;

    private void Restart(int position)
    {
        lexer.Position = position;
        lexer.ClearAnnotations();
        hasAhead = false;
        current = lexer.Next();
    }

    private void Advance()
    {
        if (!scanning && lexer.HasAnnotation(current.Start))
            throw Misplaced(lexer.PeekAnnotation());
        if (hasAhead)
        {
            current = ahead;
            hasAhead = false;
        }
        else
        {
            current = lexer.Next();
        }
    }

    /// <summary>The token after the current one.</summary>
    private Token Ahead
    {
        get
        {
            if (!hasAhead)
            {
                ahead = lexer.Next();
                hasAhead = true;
            }
            return ahead;
        }
    }

    private bool IsKeyword(ReadOnlySpan<byte> keyword) => current.Kind == TokenKind.Keyword && lexer.Span(current).SequenceEqual(keyword);

    private bool TryKeyword(ReadOnlySpan<byte> keyword)
    {
        if (!IsKeyword(keyword))
            return false;
        Advance();
        return true;
    }

    /// <summary>Whether an opening parenthesis and <paramref name="keyword"/> come next.</summary>
    private bool LookingAt(ReadOnlySpan<byte> keyword) =>
        current.Kind == TokenKind.LeftParenthesis && Ahead.Kind == TokenKind.Keyword && lexer.Span(Ahead).SequenceEqual(keyword);

    /// <summary>Moves past `(keyword` if that comes next.</summary>
    private bool TryOpen(ReadOnlySpan<byte> keyword)
    {
        if (!LookingAt(keyword))
            return false;
        Advance();
        Advance();
        return true;
    }

    private void Expect(TokenKind kind)
    {
        if (current.Kind != kind)
            throw Unexpected();
        Advance();
    }

    private void ExpectKeyword(ReadOnlySpan<byte> keyword)
    {
        if (!TryKeyword(keyword))
            throw Unexpected();
    }

    private void Close() => Expect(TokenKind.RightParenthesis);

    private WasmFormatException Error(string phrase, Token token, string? detail = null) => source.Error(phrase, token.Start, detail);

    /// <summary>The error for the current token where the grammar has no place for it.</summary>
    private WasmFormatException Unexpected() => Unexpected(current);

    private WasmFormatException Unexpected(Token token)
    {
        if (token.Kind == TokenKind.End)
            return Error("unexpected token", token, "the text ends too early");
        var unknown = token.Kind switch
        {
            TokenKind.Reserved => true,
            TokenKind.Keyword => !Keywords.IsKnown(lexer.Span(token)),
            TokenKind.Number => !NumberLiteral.IsNumber(lexer.Span(token)),
            _ => false,
        };
        var text = Excerpt(token);
        return unknown ? Error($"unknown operator {text}", token) : Error("unexpected token", token, text);
    }

    private string Excerpt(Token token)
    {
        const int Longest = 80;
        var text = Encoding.UTF8.GetString(lexer.Span(token)[..Math.Min(token.Length, Longest)]);
        return token.Length > Longest ? text + "..." : text;
    }

    private byte[] String()
    {
        if (current.Kind != TokenKind.String)
            throw Unexpected();
        var bytes = Lexer.Decode(lexer.Span(current));
        Advance();
        return bytes;
    }

    /// <summary>A string literal that must be UTF-8 and no longer than names may be.</summary>
    private string Name()
    {
        var token = current;
        var bytes = String();
        if (bytes.Length > limits.NameLength)
            throw Error("length out of bounds", token, $"a name of {bytes.Length} bytes, the limit is {limits.NameLength}");
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw Error("malformed UTF-8 encoding", token);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The bytes that an identifier token stands for, without the dollar sign.</summary>
    private ReadOnlySpan<byte> IdentifierBytes(Token token)
    {
        var text = lexer.Span(token)[1..];
        return text[0] == (byte)'"' ? Lexer.Decode(text) : text;
    }

    private byte[] IdentifierName(Token token)
    {
        var name = IdentifierBytes(token).ToArray();
        return name.Length <= limits.NameLength
            ? name
            : throw Error("length out of bounds", token, $"an identifier of {name.Length} bytes, the limit is {limits.NameLength}");
    }

    private ulong Unsigned(ulong maximum, string type)
    {
        var token = current;
        if (token.Kind != TokenKind.Number)
            throw Unexpected();
        switch (NumberLiteral.Unsigned(lexer.Span(token), maximum, out var value))
        {
            case LiteralResult.Malformed:
                throw Unexpected();
            case LiteralResult.OutOfRange:
                throw Error($"{type} constant out of range", token, Excerpt(token));
        }
        Advance();
        return value;
    }

    /// <summary>Whether an index comes next: a number or an identifier.</summary>
    private bool IsIndex => current.Kind is TokenKind.Number or TokenKind.Identifier;

    private int Index(IdentifierSpace space)
    {
        if (current.Kind != TokenKind.Identifier)
            return (int)Math.Min(Unsigned(uint.MaxValue, "i32"), int.MaxValue);
        if (!space.TryFind(IdentifierBytes(current), out var index))
            throw Error($"unknown {space.Noun}", current, Excerpt(current));
        Advance();
        return index;
    }

    private void Require(WasmFeatures feature, Token token)
    {
        if ((features & feature) != feature)
            throw Error($"unknown operator {Excerpt(token)}", token, $"it needs the proposal {feature & ~features}, which is not enabled");
    }
}
