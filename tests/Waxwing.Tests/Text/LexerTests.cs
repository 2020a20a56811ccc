using System.Text;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class LexerTests
{
    private static string Tokens(string text)
    {
        var lexer = new Lexer(new TextSource(Utf8(text), WasmLimits.Default));
        var kinds = new StringBuilder();
        for (var token = lexer.Next(); token.Kind != TokenKind.End; token = lexer.Next())
        {
            kinds.Append(token.Kind switch
            {
                TokenKind.LeftParenthesis => '(', TokenKind.RightParenthesis => ')', TokenKind.Keyword => 'k', TokenKind.Number => 'n',
                TokenKind.Identifier => 'i', TokenKind.String => 's', _ => 'r',
            });
        }
        return kinds.ToString();
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\r\n", "")]
    [InlineData("(module $m 1 -2 +0x3 \"s\")", "(kinnns)")]
    [InlineData("nop;;line\nnop", "kk")]
    [InlineData(";; no line feed at the end", "")]
    [InlineData("nop(;a(;b;)c;)nop", "kk")]
    [InlineData("(;;)(;);;)", "")]
    [InlineData("(nop)(nop)", "(k)(k)")]
    [InlineData("$a$b", "i")]
    [InlineData("0$a", "n")]
    [InlineData("$\"a b\"", "i")]
    [InlineData("$\"a\"0", "r")]
    [InlineData("$a\"b\"", "r")]
    [InlineData("data\"a\"", "r")]
    [InlineData("\"a\"\"b\"", "r")]
    [InlineData("\"a\"b", "r")]
    [InlineData("\"a\"(\"b\")", "s(s)")]
    [InlineData("offset=8 nan:0x1 inf", "kkk")]
    [InlineData("@a Foo .x _", "rrrr")]
    [InlineData(", ; [ ] { }", "rrrrrr")]
    [InlineData("(@a (b \")\" (;);) ;;)\n) , ]{) nop", "k")]
    [InlineData("(@\"a b\" x) nop", "k")]
    [InlineData("( @a)", "(r)")]
    public void Tokens_are_told_apart(string text, string kinds) => Assert.Equal(kinds, Tokens(text));

    [Theory]
    [InlineData("(; (; ;)", "unclosed comment (at 1:1)")]
    [InlineData("\n  \"abc", "unclosed string literal (at 2:7)")]
    [InlineData("\"a\nb\"", "unclosed string literal (at 1:3)")]
    [InlineData("\"a\tb\"", "illegal control character in string literal (at 1:3)")]
    [InlineData("\"a\\xb\"", "illegal escape (at 1:3)")]
    [InlineData("\"\\4\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{d800}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{110000}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{1__0}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{10_}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{ffffffffffffffffffff}\"", "illegal escape (at 1:2)")]
    [InlineData("\"\\u{41", "illegal escape (at 1:2)")]
    [InlineData("$", "empty identifier (at 1:1)")]
    [InlineData("$ a", "empty identifier (at 1:1)")]
    [InlineData("$\"\"", "empty identifier (at 1:1)")]
    [InlineData("$\"a\nb\"", "empty identifier (at 1:1)")]
    [InlineData("$\"\\ff\"", "malformed UTF-8 encoding (at 1:1)")]
    [InlineData("\u00E4", "illegal character (at 1:1)")]
    [InlineData("\0", "illegal character (at 1:1)")]
    [InlineData("(@a \u007F)", "illegal character (at 1:5)")]
    [InlineData("(@)", "empty annotation id (at 1:1)")]
    [InlineData("(@a (b)", "unclosed annotation (at 1:1)")]
    public void Errors_name_phrase_and_place(string text, string message) =>
        Assert.Equal(message, Assert.Throws<WasmFormatException>(() => Tokens(text)).Message);

    [Theory]
    [InlineData("\"plain\"", "706C61696E")]
    [InlineData("\"\\t\\n\\r\\\"\\'\\\\\"", "090A0D22275C")]
    [InlineData("\"\\00\\fF\\41\"", "00FF41")]
    [InlineData("\"\\u{41}\\u{e4}\\u{20ac}\\u{1_f600}\"", "41C3A4E282ACF09F9880")]
    [InlineData("\"\u20AC\"", "E282AC")]
    public void Strings_are_decoded(string literal, string bytes) => Assert.Equal(bytes, Convert.ToHexString(Lexer.Decode(Utf8(literal))));

    [Fact]
    public void Bytes_that_are_not_utf8_are_located()
    {
        var error = Assert.Throws<WasmFormatException>(() => new TextSource((byte[])[.. Utf8(";; \u20AC\n a"), 0xC3, 0x28], WasmLimits.Default));
        Assert.Equal(("malformed UTF-8 encoding", 2, 3), (error.Phrase, error.Line, error.Column));
    }

    [Fact]
    public void A_lone_surrogate_is_located()
    {
        var error = Assert.Throws<WasmFormatException>(() => Parse(";;\n;; x\uD800"));
        Assert.Equal(("malformed UTF-8 encoding", 2, 5), (error.Phrase, error.Line, error.Column));
    }

    [Fact]
    public void Columns_count_characters_not_bytes() => Assert.Equal("unknown operator foo (at 1:11)", Error("(; \u20AC\U0001F600 ;) (foo)"));

    [Fact]
    public void Text_beyond_the_limit_is_refused() =>
        Assert.StartsWith("length out of bounds", Error("(module (func))", limits: WasmLimits.Default with { ModuleSize = 10 }), StringComparison.Ordinal);
}
