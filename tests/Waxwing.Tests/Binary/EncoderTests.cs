using Waxwing.Binary;
using Waxwing.Syntax;
using static Waxwing.Tests.Binary.ModuleBytes;

namespace Waxwing.Tests.Binary;

public sealed class EncoderTests
{
    [Fact]
    public void A_canonical_module_comes_back_byte_by_byte() => Assert.Equal(Sample, Encoder.Encode(Decode(Sample)));

    public static TheoryData<string> Kernels => new(
        Directory.EnumerateFiles(Repository.PathOf("bench", "kernels"), "*.wasm", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)));

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_compiled_program_comes_back_byte_by_byte(string path)
    {
        var bytes = File.ReadAllBytes(Repository.PathOf(path));
        Assert.Equal(bytes, Encoder.Encode(Decode(bytes)));
    }

    [Theory]
    [InlineData("01 85 80 80 80 00 01 60 80 00 00", "01 04 01 60 00 00")] // padded integers
    [InlineData("01 06 02 4E 00 60 00 00", "01 04 01 60 00 00")] // an empty recursion group
    [InlineData("01 06 01 4F 00 60 00 00", "01 04 01 60 00 00")] // final without a supertype is the default
    [InlineData("01 06 01 4E 01 60 00 00", "01 04 01 60 00 00")] // a group of one
    [InlineData("01 06 01 60 01 63 70 00", "01 05 01 60 01 70 00")] // funcref spelled out
    [InlineData("05 04 01 08 00 10", "05 03 01 00 00")] // the default page size
    [InlineData("0B 07 01 02 00 41 00 0B 00", "0B 06 01 00 41 00 0B 00")] // memory 0 named
    [InlineData("09 08 01 02 00 41 00 0B 00 00", "09 06 01 00 41 00 0B 00")] // table 0 named
    [InlineData("05 01 00", "")] // an empty section
    public void Other_encodings_become_canonical(string hex, string expected) => Assert.Equal(Module(Hex(expected)), Encoder.Encode(Decode(Module(Hex(hex)))));

    [Fact]
    public void Whatever_decodes_after_a_change_comes_back_the_same()
    {
        var survivors = 0;
        for (var position = 8; position < Sample.Length; position++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var bytes = (byte[])Sample.Clone();
                bytes[position] ^= (byte)(1 << bit);
                Module module;
                try
                {
                    module = Decode(bytes);
                }
                catch (WasmException)
                {
                    continue;
                }
                survivors++;
                var encoded = Encoder.Encode(module);
                Assert.Equal(encoded, Encoder.Encode(Decode(encoded)));
                Assert.True(encoded.Length <= bytes.Length);
            }
        }
        Assert.InRange(survivors, 500, int.MaxValue);
    }

    [Fact]
    public void Custom_sections_keep_their_places()
    {
        var bytes = Module(Custom("a", []), Section(SectionId.Memory, "01 00 01"), Custom("b", [1]), Custom("b", [2]), Section(SectionId.Tag, "01 00 00"), Custom("c", []),
            Section(SectionId.Global, "01 7F 00 41 00 0B"), Custom("d", []));
        Assert.Equal(bytes, Encoder.Encode(Decode(bytes)));
    }
}
