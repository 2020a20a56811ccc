using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Tests.Binary;

/// <summary>Builds binary modules for tests from strings of hexadecimal bytes; spaces between bytes are optional.</summary>
internal static class ModuleBytes
{
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));

    /// <summary>A header and the sections.</summary>
    public static byte[] Module(params ReadOnlySpan<byte[]> sections)
    {
        var writer = new ByteWriter();
        writer.Bytes("\0asm\x01\0\0\0"u8);
        foreach (var section in sections)
            writer.Bytes(section);
        return writer.ToArray();
    }

    public static byte[] Section(SectionId id, string hex) => Section(id, Hex(hex));

    public static byte[] Section(SectionId id, ReadOnlySpan<byte> content)
    {
        var writer = new ByteWriter();
        writer.Section((byte)id, content);
        return writer.ToArray();
    }

    public static byte[] Custom(string name, ReadOnlySpan<byte> content)
    {
        var writer = new ByteWriter();
        writer.Name(name);
        writer.Bytes(content);
        return Section(SectionId.Custom, writer.Written);
    }

    public static Module Decode(byte[] bytes, WasmFeatures features = WasmFeatures.All, WasmLimits? limits = null) =>
        Decoder.Decode(bytes, features, limits ?? WasmLimits.Default);

    public static WasmFormatException DecodeFails(byte[] bytes, WasmFeatures features = WasmFeatures.All, WasmLimits? limits = null) =>
        Assert.Throws<WasmFormatException>(() => Decode(bytes, features, limits));

    /// <summary>One of everything that has a place in a module, canonically encoded.</summary>
    public static byte[] Sample { get; } = Module(
        Custom("first", [1, 2, 3]),
        Section(SectionId.Type, """
            06
            60 02 7F 7E 01 7B
            60 00 00
            4E 02 50 00 5F 03 78 01 77 00 63 01 01 4F 01 02 5F 04 78 01 77 00 63 01 01 64 6C 00
            5E 6F 01
            60 01 69 02 70 6E
            60 01 7F 00
            """),
        Section(SectionId.Import, """
            05
            03 65 6E 76 01 66 00 01
            03 65 6E 76 01 74 01 70 01 01 0A
            03 65 6E 76 01 6D 02 03 01 80 80 04
            03 65 6E 76 01 67 03 7F 01
            01 78 00 04 00 06
            """),
        Section(SectionId.Function, "03 01 00 06"),
        Section(SectionId.Table, "02 6F 05 00 FF FF FF FF FF FF FF FF FF 01 40 00 64 00 00 02 D2 00 0B"),
        Section(SectionId.Memory, "03 01 01 02 04 10 08 00 00"),
        Section(SectionId.Tag, "01 00 06"),
        Section(SectionId.Global, "03 7F 00 41 7F 0B 7B 01 FD 0C 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 0B 6B 00 D0 71 0B"),
        Custom("middle", []),
        Section(SectionId.Export, "04 01 66 00 01 00 01 00 02 6D 6D 02 01 01 65 04 00"),
        Section(SectionId.Start, "00"),
        Section(SectionId.Element, """
            08
            00 41 00 0B 02 00 01
            01 00 01 01
            02 01 41 00 0B 00 01 02
            03 00 00
            04 41 01 0B 01 D2 00 0B
            05 70 02 D0 70 0B D2 01 0B
            06 01 41 00 0B 6F 01 D0 6F 0B
            07 64 00 01 D2 00 0B
            """),
        Section(SectionId.DataCount, "03"),
        Section(SectionId.Code, "03 02 00 0B 04 01 02 7E 0B 05 00 20 00 1A 0B"),
        Section(SectionId.Data, "03 00 41 00 0B 03 61 62 63 01 01 FF 02 02 42 08 0B 00"),
        Custom("name", Hex("00 02 01 4D 01 0B 03 00 01 61 01 02 62 63 03 01 64 02 09 01 02 02 00 01 78 01 01 79")),
        Custom("last", "tail"u8));
}
