using Waxwing.Binary;
using Waxwing.Syntax;
using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class ParserTests
{
    /// <summary>Each abbreviation of the text format encodes to the same bytes as what it stands for.</summary>
    [Theory]
    [InlineData("(func)", "(module (type (func)) (func (type 0)))")]
    [InlineData("(func (export \"a\") (export \"b\"))", "(func) (export \"a\" (func 0)) (export \"b\" (func 0))")]
    [InlineData("(func (import \"a\" \"b\") (param i32))", "(import \"a\" \"b\" (func (param i32)))")]
    [InlineData("(table (export \"t\") (import \"a\" \"b\") 1 funcref)", "(import \"a\" \"b\" (table 1 funcref)) (export \"t\" (table 0))")]
    [InlineData("(memory (import \"a\" \"b\") 1 2 shared)", "(import \"a\" \"b\" (memory 1 2 shared))")]
    [InlineData("(global (import \"a\" \"b\") (mut i32))", "(import \"a\" \"b\" (global (mut i32)))")]
    [InlineData("(tag (import \"a\" \"b\") (param i32))", "(import \"a\" \"b\" (tag (type 0))) (type (func (param i32)))")]
    [InlineData("(func (param i32 i64) (param f32) (result i32) (result i64) unreachable)", "(func (param i32) (param i64) (param f32) (result i32 i64) unreachable)")]
    [InlineData("(func (local i32 i32) (local i64))", "(func (local i32) (local i32) (local i64))")]
    [InlineData("(table funcref (elem 0 0)) (func)", "(table 2 2 funcref) (elem (i32.const 0) func 0 0) (func)")]
    [InlineData("(table i64 funcref (elem (ref.null func)))", "(table i64 1 1 funcref) (elem (offset (i64.const 0)) funcref (item ref.null func))")]
    [InlineData("(type (func)) (table (ref null 0) (elem 0)) (func)", "(type (func)) (table 1 1 (ref null 0)) (elem (i32.const 0) (ref null 0) (ref.func 0)) (func)")]
    [InlineData("(memory (data \"a\" \"b\"))", "(memory 1 1) (data (i32.const 0) \"ab\")")]
    [InlineData("(memory (data))", "(memory 0 0) (data (i32.const 0))")]
    [InlineData("(memory i64 (pagesize 1) (data \"abc\"))", "(memory i64 3 3 (pagesize 1)) (data (i64.const 0) \"abc\")")]
    [InlineData("(table 1 funcref) (elem (i32.const 0) 0) (func)", "(table 1 funcref) (elem (table 0) (offset i32.const 0) func 0) (func)")]
    [InlineData("(table 1 funcref) (elem 0 (i32.const 0) 0) (func)", "(table 1 funcref) (elem (i32.const 0) 0) (func)")]
    [InlineData("(memory 1) (data 0 (i32.const 0) \"x\")", "(memory 1) (data (memory 0) (offset i32.const 0) \"x\")")]
    [InlineData("(func (table.get (i32.const 0)) drop (table.size) drop) (table 0 funcref)", "(func (table.get 0 (i32.const 0)) drop (table.size 0) drop) (table 0 funcref)")]
    [InlineData("(func i32.const 0 i32.const 0 i32.const 0 table.init 1) (table 0 funcref) (elem func) (elem func)",
        "(func i32.const 0 i32.const 0 i32.const 0 table.init 0 1) (table 0 funcref) (elem func) (elem func)")]
    [InlineData("(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0))) (memory 0)", "(func i32.const 0 i32.const 0 i32.const 0 memory.copy 0 0) (memory 0)")]
    [InlineData("(func (drop (i32.load (i32.const 0)))) (memory 0)", "(func (drop (i32.load 0 offset=0 align=4 (i32.const 0)))) (memory 0)")]
    [InlineData("(func (block (result i32) (i32.const 1)) drop)", "(func block (result i32) i32.const 1 end drop)")]
    [InlineData("(func (if (i32.const 1) (then nop) (else)))", "(func i32.const 1 if nop else end)")]
    [InlineData("(func (block (param) (result)))", "(func block end)")]
    [InlineData("(module definition (func))", "(module (func))")]
    [InlineData("(module quote \"(func\" \")\")", "(module (func))")]
    [InlineData("(module (rec) (rec (type (func))))", "(module (type (func)))")]
    [InlineData("(type (sub final (func)))", "(type (func))")]
    [InlineData("(type (struct (field i32 i64) (field)))", "(type (struct (field i32) (field i64)))")]
    [InlineData("(type $t (struct (field $a i32) (field $b (mut i64)))) (func (param (ref $t)) (drop (struct.get $t $b (local.get 0))))",
        "(type $t (struct (field $a i32) (field $b (mut i64)))) (func (param (ref 0)) local.get 0 struct.get 0 1 drop)")]
    public void Abbreviations_encode_like_their_long_form(string shorter, string longer) =>
        Assert.Equal(Convert.ToHexString(WithoutNames(shorter)), Convert.ToHexString(WithoutNames(longer)));

    private static byte[] WithoutNames(string text)
    {
        var module = Parse(text);
        module.CustomSections.Clear();
        return Encoder.Encode(module);
    }

    /// <summary>Code, byte for byte, where the order of the text differs from that of the binary format.</summary>
    [Theory]
    [InlineData("(i32.add (i32.const 1) (i32.const 2)) drop", "41014102" + "6A1A")]
    [InlineData("(drop (i32.sub (i32.add (i32.const 1) (i32.const 2)) (i32.const 3)))", "410141026A41036B1A")]
    [InlineData("(if $l (i32.eqz (i32.const 1)) (then (br $l)))", "410145" + "0440" + "0C00" + "0B")]
    [InlineData("(if (i32.const 1) (i32.const 2) (then) (else))", "41014102" + "0440050B")]
    [InlineData("(block $a (block $b (br_table $a $b 1 0 (i32.const 9))))", "024002404109" + "0E0301000100" + "0B0B")]
    [InlineData("(block $a (block $a (br $a)) (br $a))", "02400240" + "0C000B" + "0C000B")]
    [InlineData("(block $a (try_table (catch_all $a)))", "0240" + "1F400102000B" + "0B")]
    [InlineData("(try_table (catch 0 0) (catch_ref $e 0) (catch_all 0) (catch_all_ref 0))", "1F4004" + "000000" + "010000" + "0200" + "0300" + "0B")]
    [InlineData("(try (do nop) (catch $e (drop)) (catch_all))", "0640" + "01" + "07001A" + "19" + "0B")]
    [InlineData("(block $a (try (do) (delegate $a)))", "0240" + "0640" + "1800" + "0B")]
    [InlineData("(try $a (do) (delegate 1))", "0640" + "1801")]
    [InlineData("try $l nop catch $l $e drop catch_all $l end $l", "0640" + "01" + "07001A" + "19" + "0B")]
    [InlineData("(call_indirect $t (type $v) (i32.const 0))", "4100" + "110000")]
    [InlineData("(memory.init $m $d (i32.const 0) (i32.const 1) (i32.const 2))", "410041014102" + "FC080001")]
    [InlineData("(table.init $t $s (i32.const 0) (i32.const 1) (i32.const 2))", "410041014102" + "FC0C0000")]
    [InlineData("(i32.store $m offset=0x10 align=1 (i32.const 0) (i32.const 1))", "41004101" + "36400110")]
    [InlineData("(drop (v128.load8_lane $m offset=1 align=1 15 (i32.const 0) (local.get 0)))", "41002000" + "FD544001010F" + "1A")]
    [InlineData("(drop (v128.load8_lane 1 2 (i32.const 0) (local.get 0)))", "41002000" + "FD5440010002" + "1A")]
    [InlineData("(drop (v128.load8_lane 2 (i32.const 0) (local.get 0)))", "41002000" + "FD54000002" + "1A")]
    [InlineData("(select (result i32) (i32.const 0) (i32.const 1) (i32.const 2)) drop", "410041014102" + "1C017F" + "1A")]
    [InlineData("(ref.test anyref (ref.null any)) drop (ref.test (ref any) (ref.null any)) drop", "D06E" + "FB156E" + "1A" + "D06E" + "FB146E" + "1A")]
    [InlineData("(block $l (result anyref) (br_on_cast $l anyref (ref i31) (ref.null any)))", "026E" + "D06E" + "FB1801006E6C" + "0B")]
    [InlineData("(f32.const nan:0x12) drop (f64.const -0) drop", "431200807F" + "1A" + "440000000000000080" + "1A")]
    [InlineData("(v128.const i16x8 1 -1 0xffff 0 0 0 0 0x8000) drop", "FD0C" + "0100FFFFFFFF0000000000000000" + "0080" + "1A")]
    [InlineData("atomic.fence", "FE0300")]
    [InlineData("(drop (i64.extend_i32_u (i32.const -1)))", "417F" + "AD" + "1A")]
    public void Code_is_encoded(string instructions, string hex)
    {
        var text = $"(type $v (func)) (memory $zero 1) (memory $m 1) (table $t 1 funcref) (tag $e) (data $d \"\") (elem $s func) (func (param v128) {instructions})";
        Assert.Equal($"00{hex}0B", Body(text.Replace("memory.init $m $d", "memory.init 1 0", StringComparison.Ordinal)));
    }

    [Fact]
    public void Locals_of_equal_type_are_joined() =>
        Assert.Equal("03" + "027F" + "017E" + "017F" + "0B", Body("(func (local i32) (local $x i32) (local i64 i32))"));

    [Fact]
    public void Implicit_types_follow_the_explicit_ones_and_are_reused()
    {
        var module = Parse("(func (result f64) f64.const 0) (func (param i32)) (func (result f64) (block (param i64) unreachable) unreachable) (type (func (param i32)))");
        Assert.Equal([1, 0, 1], module.Functions);
        Assert.Equal([ValType.F64], module.Types[1].Results);
        Assert.Equal([ValType.I64], module.Types[2].Parameters);
        Assert.Equal(3, module.Types.Count);
    }

    [Fact]
    public void A_type_in_a_larger_group_or_open_to_subtypes_is_not_what_a_signature_stands_for()
    {
        var module = Parse("(rec (type (func)) (type (func))) (type (sub (func))) (func)");
        Assert.Equal(3, module.Functions[0]);
        Assert.Equal([new(0, 2), new(2, 1), new(3, 1)], module.RecursionGroups);
    }

    [Fact]
    public void Identifiers_may_come_before_their_definition()
    {
        var module = Parse("(export \"f\" (func $f)) (start $g) (elem $s (table $t) (offset (global.get $x)) func $g $f) (func $g (call $f)) (func $f) (table $t 2 funcref) (global $x i32 (i32.const 0))");
        Assert.Equal(1, module.Exports[0].Index);
        Assert.Equal(0, module.Start);
        Assert.Equal([0, 1], module.Elements[0].FunctionIndices!);
    }

    [Fact]
    public void Quoted_and_plain_identifiers_are_the_same() =>
        Assert.Equal("001000" + "1000" + "0B", Body("(func $\"a\\62\" (call $ab) (call $\"\\u{61}b\"))"));

    [Fact]
    public void Inline_segments_take_their_place_in_the_index_space()
    {
        var module = Parse("(elem $a func) (table $t funcref (elem $f)) (elem $b declare func $f) (func $f (elem.drop $b)) (memory $m (data \"x\")) (data $d \"y\") (func (data.drop $d))");
        Assert.Equal([SegmentMode.Passive, SegmentMode.Active, SegmentMode.Declarative], module.Elements.Select(segment => segment.Mode));
        Assert.Equal("00FC0D020B", Convert.ToHexString(module.Slice(module.Code[0].Range)));
        Assert.Equal("00FC09010B", Convert.ToHexString(module.Slice(module.Code[1].Range)));
        Assert.Equal(2, module.DataCount);
    }

    [Fact]
    public void A_data_count_is_there_only_if_code_needs_it() => Assert.Equal(-1, Parse("(memory 1) (data (i32.const 0) \"x\") (data \"y\")").DataCount);

    [Fact]
    public void Names_go_to_the_name_section()
    {
        var names = NameSection.Of(Parse("""
            (module $m
              (type $t (struct (field $x i32) (field i32) (field $z i32)))
              (import "a" "b" (func $imported (param $p i32)))
              (import "a" "c" (memory $mem 1))
              (func $f (param $a i32) (param i64) (local $b f32)
                (block $outer (if $inner (i32.const 0) (then))))
              (table $tab 1 funcref) (global $g i32 (i32.const 0)) (tag $e) (elem $s func) (data $d "x"))
            """));
        Assert.Equal("m", names.ModuleName);
        Assert.Equal(("t", "x", null, "z"), (names.Type(0), names.Field(0, 0), names.Field(0, 1), names.Field(0, 2)));
        Assert.Equal(("imported", "p", "f"), (names.Function(0), names.Local(0, 0), names.Function(1)));
        Assert.Equal(("a", null, "b"), (names.Local(1, 0), names.Local(1, 1), names.Local(1, 2)));
        Assert.Equal(("outer", "inner"), (names.Label(1, 0), names.Label(1, 1)));
        Assert.Equal(("mem", "tab", "g", "e", "s", "d"), (names.Memory(0), names.Table(0), names.Global(0), names.Tag(0), names.Element(0), names.Data(0)));
    }

    [Fact]
    public void Embedded_binaries_are_decoded() =>
        Assert.Single(Parse("(module $x binary \"\\00asm\" \"\\01\\00\\00\\00\" \"\\01\\04\\01\\60\\00\\00\" \"\\03\\02\\01\\00\" \"\\0a\\04\\01\\02\\00\\0b\")").Functions);

    [Theory]
    [InlineData("(func (drop (i32.atomic.load (i32.const 0))))", WasmFeatures.Threads, "unknown operator i32.atomic.load")]
    [InlineData("(memory 1 1 shared)", WasmFeatures.Threads, "unknown operator shared")]
    [InlineData("(memory i64 1)", WasmFeatures.Memory64, "unknown operator i64")]
    [InlineData("(memory 1 (pagesize 1))", WasmFeatures.CustomPageSizes, "unknown operator pagesize")]
    [InlineData("(func try end)", WasmFeatures.LegacyExceptions, "unknown operator try")]
    [InlineData("(type (struct))", WasmFeatures.GC, "unknown operator struct")]
    [InlineData("(func (param externref))", WasmFeatures.ReferenceTypes, "unknown operator externref")]
    [InlineData("(func (param v128))", WasmFeatures.Simd, "unknown operator v128")]
    [InlineData("(func (block (param i32) drop))", WasmFeatures.MultiValue, "unknown operator (")]
    public void A_proposal_that_is_off_is_named(string text, WasmFeatures feature, string phrase)
    {
        Parse(text);
        var message = Error(text, WasmFeatures.All & ~feature);
        Assert.StartsWith(phrase, message, StringComparison.Ordinal);
        Assert.Contains($"{feature}", message, StringComparison.Ordinal);
    }
}
