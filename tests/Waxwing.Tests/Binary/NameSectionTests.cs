using Waxwing.Binary;
using static Waxwing.Tests.Binary.ModuleBytes;

namespace Waxwing.Tests.Binary;

public sealed class NameSectionTests
{
    [Fact]
    public void The_names_of_the_sample_are_found()
    {
        var names = Decode(Sample).Names;
        Assert.Equal("M", names.ModuleName);
        Assert.Equal(["a", "bc", null, "d", null], Enumerable.Range(0, 5).Select(names.Function));
        Assert.Equal(["x", "y", null], Enumerable.Range(0, 3).Select(index => names.Local(2, index)));
        Assert.Null(names.Local(1, 0));
        Assert.Null(names.Function(-1));
        Assert.Null(names.Function(int.MaxValue));
        Assert.Null(names.Global(0));
    }

    [Fact]
    public void Every_kind_of_name_is_found()
    {
        var names = NameSection.ParseStrictly(Hex("""
            01 04 01 05 01 66
            02 06 01 00 01 03 01 6C
            03 06 01 07 01 00 01 62
            04 04 01 00 01 74
            05 04 01 00 01 54
            06 04 01 00 01 6D
            07 04 01 00 01 67
            08 04 01 00 01 65
            09 04 01 00 01 64
            0A 06 01 01 01 02 01 73
            0B 04 01 00 01 78
            0C 01 FF
            """));
        Assert.Equal(
            ["f", "l", "b", "t", "T", "m", "g", "e", "d", "s", "x"],
            [names.Function(5), names.Local(0, 3), names.Label(7, 0), names.Type(0), names.Table(0), names.Memory(0), names.Global(0), names.Element(0), names.Data(0),
                names.Field(1, 2), names.Tag(0)]);
    }

    [Theory]
    [InlineData("01 04 01 05 01 66 00 02 01 4D", "malformed name section", "f", null)] // subsections out of order
    [InlineData("00 02 01 4D 01 07 02 05 01 66 05 01 67", "malformed name section", null, "M")] // an index twice
    [InlineData("00 02 01 4D 01 07 02 05 01 66 06 01 FF", "malformed UTF-8 encoding", null, "M")]
    [InlineData("00 02 01 4D 01 06 FF FF FF FF 0F 00", "length out of bounds", null, "M")]
    [InlineData("00 02 01 4D 01 05 01 05 01 66 00", "section size mismatch", null, "M")]
    [InlineData("00 02 01 4D 01 7F", "length out of bounds", null, "M")]
    [InlineData("00 02 01 4D 01 08 01 FF FF FF FF 0F 01 66", "malformed name section", null, "M")]
    public void Broken_names_are_absent_but_reported_on_demand(string hex, string phrase, string? function, string? module)
    {
        Assert.Equal(phrase, Assert.Throws<WasmFormatException>(() => NameSection.ParseStrictly(Hex(hex))).Phrase);
        var names = Decode(Module(Custom("name", Hex(hex)))).Names;
        Assert.Equal((function, module), (names.Function(5), names.ModuleName));
    }

    [Fact]
    public void A_module_without_names_has_none()
    {
        var names = Decode(Module()).Names;
        Assert.Null(names.ModuleName);
        Assert.Null(names.Function(0));
        Assert.Null(names.Local(0, 0));
    }

    [Fact]
    public void Names_of_a_hundred_thousand_functions_are_not_strings_until_asked_for()
    {
        const int Count = 100_000;
        var map = new ByteWriter();
        map.Index(Count);
        for (var index = 0; index < Count; index++)
        {
            map.Index(index);
            map.Name($"function number {index}");
        }
        var content = new ByteWriter();
        content.Section(1, map.Written);
        var bytes = content.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var names = NameSection.ParseStrictly(bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9L * Count);
        Assert.Equal("function number 99999", names.Function(99_999));
        Assert.Null(names.Function(Count));
    }
}
