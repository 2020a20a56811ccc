using System.Text;
using System.Text.Unicode;

namespace Waxwing.Text;

/// <summary>
/// Text as UTF-8, known to be well-formed, with positions that are turned into line and column only when an error needs them.
/// Immutable.
/// </summary>
internal sealed class TextSource
{
    /// <summary>Takes UTF-8; a byte order mark in front is not part of the text.</summary>
    /// <exception cref="WasmFormatException">The bytes are not UTF-8, or more than <see cref="WasmLimits.ModuleSize"/>.</exception>
    public TextSource(ReadOnlyMemory<byte> utf8, WasmLimits limits)
    {
        Bytes = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (utf8.Length > limits.ModuleSize)
            throw new WasmFormatException("length out of bounds", 1, 1, $"{utf8.Length} bytes of text, the limit is {limits.ModuleSize}");
        if (!Utf8.IsValid(utf8.Span))
            throw Error("malformed UTF-8 encoding", FirstMalformed(Bytes.Span));
    }

    /// <summary>Takes UTF-16.</summary>
    /// <exception cref="WasmFormatException">The text has a surrogate without its partner, or is too long.</exception>
    public TextSource(ReadOnlyMemory<char> text, WasmLimits limits) : this(Encode(text.Span, limits), limits) { }

    public ReadOnlyMemory<byte> Bytes { get; }

    public string Text(int start, int end) => Encoding.UTF8.GetString(Bytes.Span[start..end]);

    public WasmFormatException Error(string phrase, int position, string? detail = null)
    {
        var (line, column) = Locate(position);
        return new(phrase, line, column, detail);
    }

    /// <summary>Line and column, both from 1; columns count characters (Unicode scalar values).</summary>
    public (int Line, int Column) Locate(int position)
    {
        var before = Bytes.Span[..Math.Min(position, Bytes.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        var column = 1;
        foreach (var unit in before[lineStart..])
            column += (unit & 0xC0) == 0x80 ? 0 : 1;
        return (before.Count((byte)'\n') + 1, column);
    }

    private static int FirstMalformed(ReadOnlySpan<byte> bytes)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(bytes[position..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            position += consumed;
        return position;
    }

    private static byte[] Encode(ReadOnlySpan<char> text, WasmLimits limits)
    {
        if (text.Length > limits.ModuleSize)
            throw new WasmFormatException("length out of bounds", 1, 1, $"{text.Length} characters of text, the limit is {limits.ModuleSize}");
        try
        {
            var bytes = new byte[StrictUtf8.GetByteCount(text)];
            StrictUtf8.GetBytes(text, bytes);
            return bytes;
        }
        catch (EncoderFallbackException error)
        {
            var before = text[..error.Index];
            throw new WasmFormatException("malformed UTF-8 encoding", before.Count('\n') + 1, error.Index - before.LastIndexOf('\n'), "a lone surrogate");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
