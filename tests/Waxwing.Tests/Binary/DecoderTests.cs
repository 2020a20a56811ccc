using Waxwing.Binary;
using Waxwing.Syntax;
using static Waxwing.Tests.Binary.ModuleBytes;

namespace Waxwing.Tests.Binary;

public sealed class DecoderTests
{
    [Fact]
    public void Everything_in_the_sample_is_found()
    {
        var module = Decode(Sample);
        Assert.Equal(7, module.Types.Count);
        Assert.Equal([new(0, 1), new(1, 1), new(2, 2), new(4, 1), new(5, 1), new(6, 1)], module.RecursionGroups);
        Assert.Equal([CompositeKind.Func, CompositeKind.Func, CompositeKind.Struct, CompositeKind.Struct, CompositeKind.Array, CompositeKind.Func, CompositeKind.Func],
            module.Types.Select(type => type.Kind));
        Assert.Equal((false, -1), (module.Types[2].Final, module.Types[2].Supertype));
        Assert.Equal((true, 2), (module.Types[3].Final, module.Types[3].Supertype));
        Assert.Equal([new(ValType.I8, true), new(ValType.I16, false), new(ValType.Ref(new(1), true), true), new(ValType.I31Ref.AsNonNull(), false)], module.Types[3].Fields);
        Assert.Equal([ValType.I32, ValType.I64], module.Types[0].Parameters);
        Assert.Equal([ValType.V128], module.Types[0].Results);

        Assert.Equal([ExternKind.Function, ExternKind.Table, ExternKind.Memory, ExternKind.Global, ExternKind.Tag], module.Imports.Select(import => import.Kind));
        Assert.Equal(["env", "env", "env", "env", "x"], module.Imports.Select(import => import.Module));
        Assert.Equal(["f", "t", "m", "g", ""], module.Imports.Select(import => import.Name));
        Assert.Equal(new MemorySyntax(new(1, 65536, Shared: true)), module.Imports[2].Memory);
        Assert.Equal(new GlobalSyntax(ValType.I32, true), module.Imports[3].Global);

        Assert.Equal([1, 0, 6], module.Functions);
        Assert.Equal(new TableSyntax(new(0, ulong.MaxValue, Is64: true), ValType.ExternRef), module.Tables[0].Type);
        Assert.Equal("D2000B", Convert.ToHexString(module.Slice(module.Tables[1].Initializer)));
        Assert.Equal([new(new(1, 2)), new(new(16, null, Is64: true)), new(new(0, null), 0)], module.Memories);
        Assert.Equal([6], module.Tags);
        Assert.Equal("417F0B", Convert.ToHexString(module.Slice(module.Globals[0].Initializer)));
        Assert.Equal([("f", ExternKind.Function, 1), ("", ExternKind.Table, 0), ("mm", ExternKind.Memory, 1), ("e", ExternKind.Tag, 0)],
            module.Exports.Select(export => (export.Name, export.Kind, export.Index)));
        Assert.Equal(0, module.Start);

        Assert.Equal([SegmentMode.Active, SegmentMode.Passive, SegmentMode.Active, SegmentMode.Declarative, SegmentMode.Active, SegmentMode.Passive, SegmentMode.Active, SegmentMode.Declarative],
            module.Elements.Select(segment => segment.Mode));
        Assert.Equal([0, 0, 1, 0, 0, 0, 1, 0], module.Elements.Select(segment => segment.Table));
        Assert.Equal([2, 1, 1, 0, 1, 2, 1, 1], module.Elements.Select(segment => segment.Count));
        Assert.Equal("D2010B", Convert.ToHexString(module.Slice(module.Elements[5].Expressions![1])));

        Assert.Equal(3, module.DataCount);
        Assert.Equal("abc"u8, module.Slice(module.Data[0].Content));
        Assert.Equal([(SegmentMode.Active, 0), (SegmentMode.Passive, 0), (SegmentMode.Active, 2)], module.Data.Select(segment => (segment.Mode, segment.Memory)));
        Assert.Equal("01027E0B", Convert.ToHexString(module.Slice(module.Code[1].Range)));
        Assert.Equal([("first", 0), ("middle", 6), ("name", 11), ("last", 11)], module.CustomSections.Select(section => (section.Name, (int)section.After)));
    }

    [Fact]
    public void The_sample_cut_off_anywhere_is_malformed()
    {
        var whole = 0;
        for (var length = 0; length < Sample.Length; length++)
        {
            try
            {
                Decode(Sample[..length]);
                whole++;
            }
            catch (WasmFormatException exception)
            {
                Assert.InRange(exception.Offset, 0, length + 5);
            }
        }
        // Where a section ends and no later one is called for: behind the header, "first", types, imports, data and "name".
        Assert.Equal(6, whole);
    }

    [Fact]
    public void The_sample_with_any_byte_changed_decodes_or_is_refused()
    {
        foreach (var replacement in (byte[])[0x00, 0x01, 0x7F, 0x80, 0xFF, 0x40])
        {
            for (var position = 0; position < Sample.Length; position++)
            {
                var bytes = (byte[])Sample.Clone();
                bytes[position] = replacement;
                DecodeOrRefuse(bytes);
            }
        }
    }

    [Fact]
    public void The_sample_with_a_lying_count_anywhere_costs_no_memory()
    {
        for (var position = 8; position < Sample.Length; position++)
        {
            var bytes = (byte[])[.. Sample[..position], 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, .. Sample[(position + 1)..]];
            var before = GC.GetAllocatedBytesForCurrentThread();
            DecodeOrRefuse(bytes);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        }
    }

    [Theory]
    [InlineData("", "unexpected end of section or function")]
    [InlineData("01", "unexpected end of section or function")]
    [InlineData("00 61 73 6D 01", "unexpected end of section or function")]
    [InlineData("00 41 53 4D 01 00 00 00", "magic header not detected")]
    [InlineData("00 61 73 6D 0D 00 01 00", "unknown binary version")] // a component
    public void Bad_headers_are_refused(string hex, string phrase) => Assert.Equal(phrase, DecodeFails(Hex(hex)).Phrase);

    [Theory]
    [InlineData("0E 00", "malformed section id")]
    [InlineData("01 FF FF FF FF 0F", "length out of bounds")]
    [InlineData("01 05 00", "length out of bounds")]
    [InlineData("01 02 00", "section size mismatch")] // one byte short
    [InlineData("01 02 01", "unexpected end of section or function")]
    [InlineData("01 02 00 00", "section size mismatch")]
    [InlineData("01 00 00", "section size mismatch")]
    [InlineData("01 05 FF FF FF FF 0F", "length out of bounds")]
    [InlineData("01 01 00 01 01 00", "unexpected content after last section")]
    [InlineData("02 01 00 01 01 00", "unexpected content after last section")]
    [InlineData("06 01 00 0D 01 00", "unexpected content after last section")] // tags come before globals
    [InlineData("0A 01 00 0C 01 00", "unexpected content after last section")]
    [InlineData("00 00", "unexpected end of section or function")]
    [InlineData("00 01 05 61 62 63 64 65", "unexpected end of section or function")] // the name is longer than the section
    [InlineData("00 02 01 FF", "malformed UTF-8 encoding")]
    [InlineData("03 02 01 00", "function and code section have inconsistent lengths")]
    [InlineData("0A 04 01 02 00 0B", "function and code section have inconsistent lengths")]
    [InlineData("0C 01 01", "data count and data section have inconsistent lengths")]
    [InlineData("0C 01 01 0B 01 00", "data count and data section have inconsistent lengths")]
    [InlineData("01 03 01 61 00", "malformed definition type")]
    [InlineData("01 04 01 E0 7F 00", "integer representation too long")]
    [InlineData("01 04 01 5E 78 02", "malformed mutability")]
    [InlineData("02 04 01 00 00 05", "malformed import kind")]
    [InlineData("02 06 01 00 00 04 01 00", "malformed tag attribute")]
    [InlineData("07 04 01 00 05 00", "malformed export kind")]
    [InlineData("04 04 01 7F 00 00", "malformed reference type")]
    [InlineData("04 04 01 70 02 00", "malformed limits flags")] // a shared table
    [InlineData("04 04 01 70 08 00", "malformed limits flags")] // a table with pages
    [InlineData("05 03 01 10 00", "malformed limits flags")]
    [InlineData("05 04 01 08 00 40", "invalid custom page size")]
    [InlineData("09 02 01 08", "malformed elements segment kind")]
    [InlineData("09 03 01 01 01", "malformed element kind")]
    [InlineData("09 05 01 01 00 FF 7F", "length out of bounds")]
    [InlineData("0B 02 01 03", "malformed data segment kind")]
    [InlineData("0B 05 01 01 FF FF 7F", "length out of bounds")]
    [InlineData("06 06 01 7F 00 41 00 0B 01 01 00", "unexpected content after last section")]
    [InlineData("06 05 01 7F 00 41 00", "unexpected end of section or function")]
    [InlineData("06 05 01 7F 00 F3 0B", "illegal opcode f3")]
    public void Bad_sections_are_refused(string hex, string phrase) => Assert.Equal(phrase, DecodeFails(Module(Hex(hex))).Phrase);

    [Theory]
    [InlineData("0D 01 00", WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions, "malformed section id")]
    [InlineData("0C 01 00", WasmFeatures.BulkMemory, "malformed section id")]
    [InlineData("01 04 01 4E 01 5E 7F 00", WasmFeatures.GC, "malformed definition type")]
    [InlineData("01 04 01 5F 00", WasmFeatures.GC, "malformed definition type")]
    [InlineData("01 05 01 60 01 7B 00", WasmFeatures.Simd, "malformed value type")]
    [InlineData("01 05 01 60 01 6F 00", WasmFeatures.ReferenceTypes, "malformed value type")]
    [InlineData("04 05 01 64 70 00 00", WasmFeatures.FunctionReferences | WasmFeatures.GC, "malformed reference type")]
    [InlineData("05 04 01 03 00 01", WasmFeatures.Threads, "malformed limits flags")]
    [InlineData("05 03 01 04 00", WasmFeatures.Memory64, "malformed limits flags")]
    [InlineData("05 04 01 08 00 00", WasmFeatures.CustomPageSizes, "malformed limits flags")]
    public void Sections_of_a_proposal_that_is_off_are_refused_by_name(string hex, WasmFeatures off, string phrase)
    {
        var exception = DecodeFails(Module(Hex(hex)), WasmFeatures.All & ~off);
        Assert.Equal(phrase, exception.Phrase);
        Assert.Contains("WasmFeatures.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_kept()
    {
        var types = Module(Section(SectionId.Type, "03 60 00 00 60 00 00 60 00 00"));
        Assert.Equal("too many types", DecodeFails(types, limits: new() { Types = 2 }).Phrase);
        Assert.Equal("too many types", DecodeFails(Module(Section(SectionId.Type, "01 4E 03 60 00 00 60 00 00 60 00 00")), limits: new() { Types = 2 }).Phrase);
        Assert.Equal("too many types", DecodeFails(Module(Section(SectionId.Type, "02 4E 02 60 00 00 60 00 00 60 00 00")), limits: new() { Types = 2 }).Phrase);
        Assert.Equal("too many parameters", DecodeFails(Module(Section(SectionId.Type, "01 60 03 7F 7F 7F 00")), limits: new() { Parameters = 2 }).Phrase);
        Assert.Equal("too many fields", DecodeFails(Module(Section(SectionId.Type, "01 5F 02 7F 00 7F 00")), limits: new() { StructFields = 1 }).Phrase);
        Assert.Equal("too many imports", DecodeFails(Sample, limits: new() { Imports = 4 }).Phrase);
        Assert.Equal("too many functions", DecodeFails(Sample, limits: new() { Functions = 3 }).Phrase);
        Assert.Equal("too many tables", DecodeFails(Sample, limits: new() { MemoriesAndTables = 2 }).Phrase);
        Assert.Equal("too many tags", DecodeFails(Sample, limits: new() { Tags = 1 }).Phrase);
        Assert.Equal("too many globals", DecodeFails(Sample, limits: new() { Globals = 3 }).Phrase);
        Assert.Equal("too many exports", DecodeFails(Sample, limits: new() { Exports = 3 }).Phrase);
        Assert.Equal("too many element segments", DecodeFails(Sample, limits: new() { Segments = 7 }).Phrase);
        Assert.Equal("too many data segments", DecodeFails(Module(Section(SectionId.DataCount, "FF FF FF FF 0F"))).Phrase);
        Assert.Equal("function body too large", DecodeFails(Sample, limits: new() { FunctionBodySize = 4 }).Phrase);
        Assert.Equal("name too long", DecodeFails(Sample, limits: new() { NameLength = 2 }).Phrase);
        Assert.Equal("module too large", DecodeFails(Sample, limits: new() { ModuleSize = Sample.Length - 1 }).Phrase);
    }

    [Fact]
    public void A_million_nested_blocks_in_an_expression_need_no_stack()
    {
        const int Depth = 1_000_000;
        var writer = new ByteWriter();
        writer.Bytes([1, 0x7F, 0x00]);
        for (var depth = 0; depth < Depth; depth++)
            writer.Bytes([0x02, 0x40]);
        for (var depth = 0; depth <= Depth; depth++)
            writer.Byte(0x0B);
        var module = Decode(Module(Section(SectionId.Global, writer.Written)));
        Assert.Equal((3 * Depth) + 1, module.Globals[0].Initializer.Length);
    }

    [Fact]
    public void A_recursion_group_of_a_million_types_is_decoded()
    {
        var writer = new ByteWriter();
        writer.Bytes([1, 0x4E]);
        writer.Index(1_000_000);
        for (var type = 0; type < 1_000_000; type++)
            writer.Bytes([0x5E, 0x7F, 0x00]);
        Assert.Equal([new RecursionGroup(0, 1_000_000)], Decode(Module(Section(SectionId.Type, writer.Written))).RecursionGroups);
    }

    [Fact]
    public void The_first_error_in_the_file_wins()
    {
        // The body is one byte longer than it says, so the decoder loses its way behind it; the body's own error is the cause.
        var bytes = Module(Section(SectionId.Type, "01 60 00 00"), Section(SectionId.Function, "01 00"), Hex("0A 08 01 06 00 41 80 80 80 80 80 80 80 00 0B"));
        Assert.Equal("integer representation too long", DecodeFails(bytes).Phrase);
    }

    private static void DecodeOrRefuse(byte[] bytes)
    {
        try
        {
            Decode(bytes);
        }
        catch (WasmException)
        {
        }
    }
}
