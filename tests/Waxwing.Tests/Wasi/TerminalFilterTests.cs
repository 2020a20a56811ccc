using System.Text;
using Waxwing.Wasi.FileSystem;

namespace Waxwing.Tests.Wasi;

/// <summary>Attack row 18: what a guest writes to a terminal.</summary>
public sealed class TerminalFilterTests
{
    private static string Filter(string text, int piece = int.MaxValue) => Encoding.Latin1.GetString(Filter(Encoding.UTF8.GetBytes(text), piece));

    private static byte[] Filter(byte[] bytes, int piece)
    {
        var filter = new TerminalFilter();
        var output = new MemoryStream();
        foreach (var part in bytes.Chunk(Math.Min(piece, bytes.Length)))
        {
            var buffer = new byte[TerminalFilter.LongestResult(part.Length)];
            output.Write(buffer, 0, filter.Filter(part, buffer));
        }
        return output.ToArray();
    }

    [Theory]
    [InlineData("plain text\r\n\ttab\b\a")]
    [InlineData("\e[1;31mred\e[0m \e[38:2:1:2:3mtrue\e[m")]
    [InlineData("\e[2J\e[H\e[10;20H\e[K\e[3A\e[?25l\e[?1049h\e[?1049l\e[?25h")]
    [InlineData("\e7\e8\eM\e(0lqk\e(B")]
    public void Harmless_output_passes_unchanged(string text)
    {
        Assert.Equal(text, Filter(text));
        Assert.Equal(text, Filter(text, 1));
    }

    [Theory]
    [InlineData("a\e]0;title\ab", "ab")]
    [InlineData("a\e]52;c;ZXZpbA==\e\\b", "ab")]
    [InlineData("a\e]8;;http://x\e\\link\e]8;;\e\\b", "alinkb")]
    [InlineData("a\eP$qm\e\\b", "ab")]
    [InlineData("a\e_x\e\\b\e^y\e\\c\eXz\e\\d", "abcd")]
    [InlineData("a\e[6nb", "ab")] // where is the cursor: the answer is typed
    [InlineData("a\e[cb\e[>cc\e[=cd", "abcd")] // what are you
    [InlineData("a\e[21tb", "ab")] // what is your title
    [InlineData("a\e[?1000hb\e[?2004hc", "abc")] // mouse and paste reports
    [InlineData("a\e[4hb\e[20hc\e[?5hd", "abcd")]
    [InlineData("a\e[5ib", "ab")] // print
    [InlineData("a\u0005b\u000e\u000f\0c\u007f", "abc")] // who are you
    [InlineData("a\ecb\eZc\e=d\e#8e", "abcd8e")]
    [InlineData("a\e[1 qb\e[!pc", "abc")]
    [InlineData("a\u009b6nb\u009d0;x\u0007c", "a6nb0;x\u0007c")] // the 8-bit controls, as UTF-8
    [InlineData("a\e]never ended", "a")]
    [InlineData("a\e]x\u0018b", "ab")]
    [InlineData("a\e\e\e[6nb\e[\e[6nc", "abc")]
    public void What_makes_a_terminal_do_or_say_more_is_left_out(string text, string expected)
    {
        Assert.Equal(expected, Filter(text));
        Assert.Equal(expected, Filter(text, 1));
        Assert.Equal(expected, Filter(text, 3));
    }

    [Fact]
    public void Other_languages_pass()
    {
        var text = "äß¥ \u00a0 русский 日本語 🌍";
        Assert.Equal(Encoding.UTF8.GetBytes(text), Filter(Encoding.UTF8.GetBytes(text), 1));
        // Controls in their 8-bit form are left out, other bytes that are not UTF-8 pass.
        Assert.Equal([(byte)'a', (byte)'6', (byte)'n', 0xE4], Filter([(byte)'a', 0x9B, (byte)'6', (byte)'n', 0xE4], 1));
    }

    [Fact]
    public void Sequences_without_end_need_no_memory()
    {
        var text = "a\e[" + new string('1', 100_000) + "mb";
        Assert.Equal("ab", Filter(text));
        Assert.Equal("ab", Filter(text, 1000));
    }

    [Fact]
    public void Random_bytes_never_yield_a_sequence_that_is_not_allowed()
    {
        var random = new Random(18);
        var alphabet = "\e\e\e[[]P0;?12hlnctmA\\\a\u0018B("u8.ToArray();
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Enumerable.Range(0, 200).Select(_ => alphabet[random.Next(alphabet.Length)]).ToArray();
            var once = Filter(bytes, random.Next(1, 50));
            // Filtering again changes nothing, and every escape left begins an allowed sequence.
            Assert.Equal(once, Filter(once, int.MaxValue));
            var text = Encoding.Latin1.GetString(once);
            Assert.DoesNotContain("\e]", text);
            Assert.DoesNotContain("\eP", text);
            Assert.DoesNotMatch("\e\\[[0-9;?]*[nct]", text);
        }
    }
}
