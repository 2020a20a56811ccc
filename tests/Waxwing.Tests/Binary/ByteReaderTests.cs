using CsCheck;
using Waxwing.Binary;

namespace Waxwing.Tests.Binary;

public sealed class ByteReaderTests
{
    private const string TooLong = "integer representation too long", TooLarge = "integer too large", End = "unexpected end of section or function";

    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7F", 127u)]
    [InlineData("80 01", 128u)]
    [InlineData("E5 8E 26", 624485u)]
    [InlineData("FF FF FF 7F", 0x0FFFFFFFu)]
    [InlineData("FF FF FF FF 0F", uint.MaxValue)]
    [InlineData("80 80 80 80 00", 0u)] // overlong, and legal
    [InlineData("83 00", 3u)]
    public void U32_is_read(string hex, uint expected)
    {
        // The fast paths depend on how many bytes follow.
        for (var padding = 0; padding < 5; padding++)
        {
            var bytes = (byte[])[.. ModuleBytes.Hex(hex), .. new byte[padding]];
            var reader = new ByteReader(bytes);
            Assert.Equal(expected, reader.ReadU32());
            Assert.Equal(padding, reader.Remaining);
        }
    }

    [Theory]
    [InlineData("", End, 0)]
    [InlineData("80", End, 1)]
    [InlineData("80 80 80 80", End, 4)]
    [InlineData("80 80 80 80 80 00", TooLong, 5)]
    [InlineData("80 80 80 80 80", TooLong, 5)]
    [InlineData("FF FF FF FF 1F", TooLarge, 4)]
    [InlineData("80 80 80 80 70", TooLarge, 4)]
    [InlineData("80 80 80 80 F0", TooLarge, 4)]
    public void Malformed_u32_is_refused(string hex, string phrase, int offset) => Refused(hex, phrase, offset, (ref ByteReader reader) => reader.ReadU32());

    [Theory]
    [InlineData("3F", 63)]
    [InlineData("40", -64)]
    [InlineData("7F", -1)]
    [InlineData("80 7F", -128)]
    [InlineData("FF FF FF FF 07", int.MaxValue)]
    [InlineData("80 80 80 80 78", int.MinValue)]
    [InlineData("FF FF FF FF 7F", -1)]
    public void S32_is_read(string hex, int expected)
    {
        var reader = new ByteReader(ModuleBytes.Hex(hex));
        Assert.Equal(expected, reader.ReadS32());
        Assert.True(reader.IsAtEnd);
    }

    [Theory]
    [InlineData("FF FF FF FF 0F", TooLarge, 4)] // the sign bit and the spare bits disagree
    [InlineData("80 80 80 80 08", TooLarge, 4)]
    [InlineData("FF FF FF FF 4F", TooLarge, 4)]
    [InlineData("80 80 80 80 80 00", TooLong, 5)]
    [InlineData("FF FF FF FF FF 7F", TooLong, 5)]
    [InlineData("FF", End, 1)]
    public void Malformed_s32_is_refused(string hex, string phrase, int offset) => Refused(hex, phrase, offset, (ref ByteReader reader) => reader.ReadS32());

    [Theory]
    [InlineData("FF FF FF FF 0F", 0xFFFFFFFFL)]
    [InlineData("80 80 80 80 70", -0x100000000L)]
    [InlineData("70", -16)]
    public void S33_is_read(string hex, long expected) => Assert.Equal(expected, new ByteReader(ModuleBytes.Hex(hex)).ReadS33());

    [Theory]
    [InlineData("FF FF FF FF 1F", TooLarge, 4)]
    [InlineData("80 80 80 80 60", TooLarge, 4)]
    [InlineData("80 80 80 80 80 00", TooLong, 5)]
    public void Malformed_s33_is_refused(string hex, string phrase, int offset) => Refused(hex, phrase, offset, (ref ByteReader reader) => reader.ReadS33());

    [Theory]
    [InlineData("FF FF FF FF FF FF FF FF FF 02", TooLarge, 9)]
    [InlineData("80 80 80 80 80 80 80 80 80 80 00", TooLong, 10)]
    public void Malformed_u64_is_refused(string hex, string phrase, int offset) => Refused(hex, phrase, offset, (ref ByteReader reader) => reader.ReadU64());

    [Theory]
    [InlineData("FF FF FF FF FF FF FF FF FF 01", TooLarge, 9)]
    [InlineData("80 80 80 80 80 80 80 80 80 7E", TooLarge, 9)]
    [InlineData("80 80 80 80 80 80 80 80 80 80 7F", TooLong, 10)]
    public void Malformed_s64_is_refused(string hex, string phrase, int offset) => Refused(hex, phrase, offset, (ref ByteReader reader) => reader.ReadS64());

    [Fact]
    public void Every_integer_is_read_as_it_was_written()
    {
        Gen.Select(Gen.ULong, Gen.Int[0, 64]).Sample((bits, shift) =>
        {
            var value = shift == 64 ? 0 : bits >> shift;
            var signed = (long)bits >> Math.Min(shift, 63);
            var writer = new ByteWriter();
            writer.U32((uint)value);
            writer.U64(value);
            writer.S64((int)signed);
            writer.S64(signed << 31 >> 31);
            writer.S64(signed);
            var reader = new ByteReader(writer.Written);
            return reader.ReadU32() == (uint)value && reader.ReadU64() == value && reader.ReadS32() == (int)signed && reader.ReadS33() == signed << 31 >> 31
                && reader.ReadS64() == signed && reader.IsAtEnd;
        });
    }

    [Fact]
    public void A_length_beyond_the_end_is_out_of_bounds()
    {
        Refused("05 00", "length out of bounds", 0, (ref ByteReader reader) => reader.ReadLength());
        Refused("FF FF FF FF 0F", "length out of bounds", 0, (ref ByteReader reader) => reader.ReadLength());
        Assert.Equal(1, new ByteReader([1, 0]).ReadLength());
    }

    [Theory]
    [InlineData("01 80")] // continuation without a start
    [InlineData("02 C0 80")] // overlong
    [InlineData("03 ED A0 80")] // surrogate
    [InlineData("04 F4 90 80 80")] // above U+10FFFF
    [InlineData("02 E2 82")] // cut off
    [InlineData("01 FF")]
    public void A_name_must_be_utf8(string hex) => Refused(hex, "malformed UTF-8 encoding", 1, (ref ByteReader reader) => reader.ReadName(100));

    [Fact]
    public void A_name_may_hold_any_character()
    {
        var writer = new ByteWriter();
        writer.Name("\0 é € \U0001F600 \uFEFF");
        Assert.Equal("\0 é € \U0001F600 \uFEFF", new ByteReader(writer.Written).ReadName(100));
        Assert.Equal("name too long", Assert.Throws<WasmFormatException>(() => new ByteReader([3, 65, 65, 65]).ReadName(2)).Phrase);
    }

    [Fact]
    public void A_reader_of_a_range_counts_from_the_beginning_of_the_module()
    {
        var reader = new ByteReader([9, 9, 1, 2, 9], 2, 4);
        Assert.Equal(2, reader.Position);
        Assert.Equal(1, reader.ReadByte());
        Assert.Equal(2, reader.PeekByte());
        reader.Skip(1);
        Assert.True(reader.IsAtEnd);
        try
        {
            reader.ReadByte();
            Assert.Fail("read past the end of the range");
        }
        catch (WasmFormatException exception)
        {
            Assert.Equal(4, exception.Offset);
        }
    }

    private delegate object Read(ref ByteReader reader);

    private static void Refused(string hex, string phrase, int offset, Read read)
    {
        var exception = Assert.Throws<WasmFormatException>(() =>
        {
            var reader = new ByteReader(ModuleBytes.Hex(hex));
            read(ref reader);
        });
        Assert.Equal((phrase, offset), (exception.Phrase, exception.Offset));
        Assert.StartsWith(phrase, exception.Message, StringComparison.Ordinal);
    }
}
