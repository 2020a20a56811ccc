using Waxwing.Binary;
using Waxwing.Syntax;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class PrinterTests
{
    /// <summary>Text as the printer writes it: parsing and printing changes nothing.</summary>
    [Fact]
    public void Printed_text_is_a_fixed_point()
    {
        const string Text = """
            (module $example
              (type $pair (sub (struct (field $left (mut i32)) (field (ref null $pair)))))
              (rec
                (type (;1;) (func (param i32 i64) (result f32)))
                (type $bytes (array (mut i8)))
              )
              (type $plain (func))
              (type $unary (func (param i32) (result i32)))
              (import "env" "log \u{202e}" (func $log (type $unary) (param $value i32) (result i32)))
              (import "env" "memory" (memory $shared 1 65536 shared))
              (func $f (type $unary) (param $x i32) (result i32)
                (local i64 i64)
                (local $y f32)
                block $out (result i32)
                  loop $again (type $unary) (param i32) (result i32)
                    local.get $x
                    br_if $again
                    br $out
                  end
                  i32.const -1
                  i32.load $"other memory" offset=8 align=1
                end
                if
                  f32.const nan:0x1
                  local.set $y
                else
                  f64.const 1e+300
                  drop
                end
                try_table (catch $e 0) (catch_all_ref 0)
                  local.get $x
                  call_indirect (type $unary) (param i32) (result i32)
                  v128.const i32x4 0x00000001 0x00000000 0xffffffff 0x7fc00000
                  i8x16.extract_lane_s 15
                  select (result i32)
                end
                ref.null $pair
                struct.get $pair $left
              )
              (table $t 1 2 funcref (ref.func $f))
              (table (;1;) i64 1 (ref null func) ref.null func)
              (memory $"other memory" i64 0)
              (tag $e (type $plain))
              (global $g (mut i32) i32.const 1 i32.const 2 i32.add)
              (export "f" (func $f))
              (start $f)
              (elem $s (offset i32.const 0 i32.const 1 i32.mul) func $f 17)
              (elem (;1;) declare funcref (ref.func $f) (item ref.null func ref.as_non_null))
              (data $d (memory $"other memory") (i64.const 0) "a\00\ff\22\5c\u{e4}")
              (@custom "tool" (after type) "x\01")
            )

            """;
        var module = Parse(Text);
        var expected = Text.Replace("(table (;1;) i64 1 (ref null func) ref.null func)", "(table (;1;) i64 1 funcref (ref.null func))", StringComparison.Ordinal)
            .Replace("\\u{e4}", "\\c3\\a4", StringComparison.Ordinal);
        Assert.Equal(expected, Print(module).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Names_that_cannot_be_identifiers_are_kept()
    {
        var names = new NameSectionContent { Module = Utf8("") };
        names.Functions.AddRange([new(0, Utf8("same")), new(1, Utf8("same")), new(2, Utf8("")), new(3, Utf8("a b\u202E"))]);
        names.Functions.Add(new(99, Utf8("nowhere")));
        var module = Parse("(func (call 0) (call 1)) (func) (func) (func (call 3))");
        module.CustomSections.Add(new(NameSection.SectionName, NameSectionWriter.Write(names), 11));
        var text = Print(module);
        Assert.Contains("(func $same (type 0)", text, StringComparison.Ordinal);
        Assert.Contains("(func (@name \"same\") (type 0)", text, StringComparison.Ordinal);
        Assert.Contains("(func $\"a b\\u{202e}\" (type 0)", text, StringComparison.Ordinal);
        var again = Parse(text);
        Assert.Equal(("", "same", "same", "", "a b\u202E", null), (NameSection.Of(again).ModuleName, NameSection.Of(again).Function(0), NameSection.Of(again).Function(1),
            NameSection.Of(again).Function(2), NameSection.Of(again).Function(3), NameSection.Of(again).Function(99)));
        Assert.Equal(text, Print(again));
    }

    [Fact]
    public void A_broken_name_section_does_not_hinder_printing()
    {
        var module = Parse("(func)");
        module.CustomSections.Add(new(NameSection.SectionName, new byte[] { 1, 0xFF, 0xFF }, 11));
        Assert.Contains("(func (;0;) (type 0)", Print(module), StringComparison.Ordinal);
    }

    [Fact]
    public void Shadowed_labels_are_written_by_depth() =>
        Assert.Contains("br 1\n", Print(Parse("(func block $l block $l br 1 br $l end end)")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("0B00", "unexpected content")] // goes on behind its end
    [InlineData("0500", "END opcode expected")] // an else outside of if
    [InlineData("18000B", "END opcode expected")] // delegate for the function itself
    [InlineData("41", "unexpected end")]
    public void Code_that_does_not_decode_is_refused(string code, string phrase)
    {
        var module = new Module { Bytes = Convert.FromHexString("00" + code) };
        module.Types.Add(new() { Kind = CompositeKind.Func });
        module.RecursionGroups.Add(new(0, 1));
        module.Functions.Add(0);
        module.Code.Add(new(new(0, module.Bytes.Length)));
        Assert.StartsWith(phrase, Assert.Throws<WasmFormatException>(() => Print(module)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_count_of_locals_that_lies_is_refused()
    {
        var module = new Module { Bytes = Convert.FromHexString("01FFFFFFFF0F7F0B") };
        module.Functions.Add(0);
        module.Code.Add(new(new(0, module.Bytes.Length)));
        Assert.StartsWith("too many locals", Assert.Throws<WasmFormatException>(() => Print(module)).Message, StringComparison.Ordinal);
    }
}
