using System.Buffers;

namespace Waxwing.Text;

/// <summary>
/// Splits text into tokens, 6.3 of the specification. White space, comments and annotations without a meaning disappear here; the annotations that
/// mean something wait in a queue for the parser. No recursion, no allocation per token.
/// </summary>
internal sealed partial class Lexer(TextSource source, int start, int end)
{
    private static readonly SearchValues<byte> WordBytes =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~"u8);

    private readonly ReadOnlyMemory<byte> bytes = source.Bytes[..end];

    public TextSource Source => source;

    /// <summary>Where the text ends for this lexer.</summary>
    public int End => end;

    /// <summary>Where the next token is looked for; settable, to read a part again.</summary>
    public int Position { get; set; } = start;

    public Lexer(TextSource source) : this(source, 0, source.Bytes.Length) { }

    public ReadOnlySpan<byte> Span(Token token) => bytes.Span[token.Start..token.End];

    public Token Next()
    {
        var text = bytes.Span;
        var position = Position;
        while (position < text.Length)
        {
            var first = text[position];
            switch (first)
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    position++;
                    continue;
                case (byte)'(' when Follows(text, position, (byte)';'):
                    position = SkipBlockComment(text, position);
                    continue;
                case (byte)'(' when Follows(text, position, (byte)'@'):
                    position = Annotation(text, position);
                    continue;
                case (byte)'(':
                    return Take(TokenKind.LeftParenthesis, position, position + 1);
                case (byte)')':
                    return Take(TokenKind.RightParenthesis, position, position + 1);
                case (byte)';' when Follows(text, position, (byte)';'):
                    position = SkipLine(text, position);
                    continue;
                case (byte)'"':
                    return Word(text, position, SkipString(text, position), TokenKind.String);
                case >= (byte)'a' and <= (byte)'z':
                    return Word(text, position, position, TokenKind.Keyword);
                case (byte)'$':
                    return Identifier(text, position);
                case (>= (byte)'0' and <= (byte)'9') or (byte)'+' or (byte)'-':
                    return Word(text, position, position, TokenKind.Number);
                default:
                    if (WordBytes.Contains(first))
                        return Word(text, position, position, TokenKind.Reserved);
                    CheckPunctuation(text, position);
                    return Take(TokenKind.Reserved, position, position + 1);
            }
        }
        Position = position;
        return new(TokenKind.End, position, position);
    }

    /// <summary>Moves past the parenthesis that closes <paramref name="depth"/> open ones; the content is only balanced, not checked.</summary>
    public void SkipBalanced(int depth)
    {
        var text = bytes.Span;
        var position = Position;
        while (depth > 0)
        {
            var step = text[position..].IndexOfAny("()\";"u8);
            if (step < 0)
                throw source.Error("unexpected token", text.Length, "the text ends inside parentheses");
            position += step;
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
                case (byte)'"':
                    position = SkipString(text, position);
                    break;
                default:
                    position = Follows(text, position, (byte)';') ? SkipLine(text, position) : position + 1;
                    break;
            }
        }
        Position = position;
    }

    private Token Take(TokenKind kind, int from, int to)
    {
        Position = to;
        return new(kind, from, to);
    }

    /// <summary>A run of word characters and strings from <paramref name="from"/>; what follows a string or word without a space makes it reserved.</summary>
    private Token Word(ReadOnlySpan<byte> text, int from, int to, TokenKind kind)
    {
        for (;;)
        {
            var word = to;
            while (to < text.Length && WordBytes.Contains(text[to]))
                to++;
            if (to > word && kind == TokenKind.String)
                kind = TokenKind.Reserved;
            if (to == text.Length || text[to] != (byte)'"')
                return Take(kind, from, to);
            kind = TokenKind.Reserved;
            to = SkipString(text, to);
        }
    }

    private Token Identifier(ReadOnlySpan<byte> text, int from)
    {
        var to = from + 1;
        if (to == text.Length)
            throw source.Error("empty identifier", from);
        if (text[to] == (byte)'"')
        {
            // A string that breaks off leaves the dollar sign alone.
            to = TrySkipString(text, to, out _, out _);
            if (to < 0 || to == from + 3)
                throw source.Error("empty identifier", from);
            var token = Word(text, from, to, TokenKind.String);
            CheckName(text[(from + 1)..to], from);
            return token with { Kind = token.Kind == TokenKind.String ? TokenKind.Identifier : token.Kind };
        }
        if (!WordBytes.Contains(text[to]))
            throw source.Error("empty identifier", from);
        return Word(text, from, to, TokenKind.Identifier);
    }

    private static bool Follows(ReadOnlySpan<byte> text, int position, byte next) => position + 1 < text.Length && text[position + 1] == next;

    private static int SkipLine(ReadOnlySpan<byte> text, int position)
    {
        var length = text[position..].IndexOfAny((byte)'\n', (byte)'\r');
        return length < 0 ? text.Length : position + length;
    }

    private int SkipBlockComment(ReadOnlySpan<byte> text, int from)
    {
        var depth = 1;
        var position = from + 2;
        while (depth > 0)
        {
            var step = text[position..].IndexOfAny((byte)'(', (byte)';');
            if (step < 0 || position + step + 1 >= text.Length)
                throw source.Error("unclosed comment", from);
            position += step;
            switch (text[position], text[position + 1])
            {
                case ((byte)'(', (byte)';'):
                    depth++;
                    position += 2;
                    break;
                case ((byte)';', (byte)')'):
                    depth--;
                    position += 2;
                    break;
                default:
                    position++;
                    break;
            }
        }
        return position;
    }

    private void CheckPunctuation(ReadOnlySpan<byte> text, int position)
    {
        if (text[position] is not ((byte)',' or (byte)';' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}'))
            throw source.Error("illegal character", position);
    }
}
