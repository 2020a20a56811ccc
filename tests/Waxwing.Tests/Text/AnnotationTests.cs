using System.Text;
using Waxwing.Binary;
using Decoder = Waxwing.Binary.Decoder;
using Encoder = Waxwing.Binary.Encoder;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class AnnotationTests
{
    [Fact]
    public void Unknown_annotations_may_stand_anywhere() =>
        Assert.Equal(Encode("(module (func $f (param i32) (local.get 0) drop))"),
            Encode("((@a) module (@b (c)) ((@d \")\") func (@e) $f (@f) ((@g) param (@h) i32 (@i)) ((@j) local.get (@k) 0 (@l)) (@m) drop (@n)) (@o))"));

    [Fact]
    public void Custom_sections_keep_content_and_place()
    {
        var module = Parse("(@custom \"end\" \"x\" \"\\00y\") (type (func)) (@custom \"a\" (before func)) (@custom \"b\" (after type) \"z\") (@custom \"first\" (before first))");
        Assert.Equal(["first:0:", "b:1:z", "a:2:", "end:11:x\0y"],
            module.CustomSections.Select(section => $"{section.Name}:{section.After}:{Encoding.UTF8.GetString(section.Content.Span)}"));
        Assert.Equal(["first", "b", "a", "end"], Decoder.Decode(Encoder.Encode(module), WasmFeatures.All, WasmLimits.Default).CustomSections.Select(section => section.Name));
    }

    [Fact]
    public void Names_may_be_given_by_annotation()
    {
        var names = NameSection.Of(Parse("(module $m (@name \"a module\") (func $f (@name \"a function\") (param (@name \"a parameter\") i32) (block (@name \"\") )))"));
        Assert.Equal(("a module", "a function", "a parameter", ""), (names.ModuleName, names.Function(0), names.Local(0, 0), names.Label(0, 0)));
    }

    [Fact]
    public void Branch_hints_become_a_section_and_come_back()
    {
        const string Text = """
            (module
              (type (;0;) (func (param i32)))
              (func (;0;) (type 0) (param i32)
                local.get 0
                (@metadata.code.branch_hint "\01")
                if
                  local.get 0
                  (@metadata.code.branch_hint "\00")
                  br_if 0
                end
              )
            )

            """;
        var module = Parse(Text);
        var section = Assert.Single(module.CustomSections);
        Assert.Equal("01" + "00" + "02" + "03" + "0101" + "07" + "0100", Convert.ToHexString(section.Content.Span));
        Assert.Equal(Text, Print(module).ReplaceLineEndings("\n"));
        Assert.Equal(section.Content.ToArray(),
            Parse("(func (param i32) (@metadata.code.branch_hint \"\\01\") (if (local.get 0) (then (@metadata.code.branch_hint \"\\00\") (br_if 0 (local.get 0)))))")
                .CustomSections[0].Content.ToArray());
    }

    [Theory]
    [InlineData("(@custom)", "@custom annotation: missing section name (at 1:9)")]
    [InlineData("(@custom \"a\" x)", "@custom annotation: unexpected token (at 1:14)")]
    [InlineData("(@custom \"a\" (near type))", "@custom annotation: malformed placement (at 1:15)")]
    [InlineData("(@custom \"a\" (after nothing))", "@custom annotation: malformed section kind (at 1:21)")]
    [InlineData("(@custom \"\\ff\")", "@custom annotation: malformed UTF-8 encoding (at 1:10)")]
    [InlineData("(func (@custom \"a\"))", "misplaced @custom annotation (at 1:7)")]
    [InlineData("(func) (@name \"a\")", "misplaced @name annotation (at 1:8)")]
    [InlineData("(func nop (@name \"a\"))", "misplaced @name annotation (at 1:11)")]
    [InlineData("(@name \"a\") (@name \"b\")", "@name annotation: multiple module (at 1:13)")]
    [InlineData("(func (@name))", "@name annotation: missing name (at 1:13)")]
    [InlineData("(@metadata.code.branch_hint \"\\00\")", "@metadata.code.branch_hint annotation: not in a function (at 1:1)")]
    [InlineData("(func (@metadata.code.branch_hint \"\\00\") nop)", "@metadata.code.branch_hint annotation: invalid target (at 1:42)")]
    [InlineData("(func (@metadata.code.branch_hint \"\\00\"))", "@metadata.code.branch_hint annotation: invalid target (at 1:7)")]
    [InlineData("(func i32.const 0 (@metadata.code.branch_hint \"\\02\") br_if 0)", "@metadata.code.branch_hint annotation: invalid value (at 1:46)")]
    public void Annotations_with_a_meaning_are_checked(string text, string message) => Assert.Equal(message, Error(text));
}
