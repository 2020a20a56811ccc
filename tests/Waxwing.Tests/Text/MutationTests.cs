using System.Text;
using Waxwing.Syntax;
using Waxwing.Text;
using static Waxwing.Tests.Text.TextModules;
using Decoder = Waxwing.Binary.Decoder;
using Encoder = Waxwing.Binary.Encoder;

namespace Waxwing.Tests.Text;

/// <summary>Broken input ends in a <see cref="WasmException"/> or is read, nothing else; what is read is printed and read again.</summary>
public sealed class MutationTests
{
    private static readonly string[] Pieces =
    [
        "(", ")", "\"", ";", "(;", ";)", ";;", "$", "$x", "@", "(@", "(@name \"a\")", "(@custom \"a\" (after code) \"b\")", "(@metadata.code.branch_hint \"\\01\")", "0", "-1",
        "0x", "1e9", "nan:0x1", "18446744073709551616", "\\", "\u00e9", "\0", "\n", "func", "type", "param", "result", "local", "block", "loop", "if", "then", "else", "end", "try",
        "do", "catch", "catch_all", "delegate", "try_table", "i32.const", "v128.const i32x4", "i8x16.shuffle", "br_table", "call_indirect", "select", "ref.null", "struct.get",
        "br_on_cast", "memory.init", "offset=1", "align=2", "elem", "data", "table", "memory", "global", "export", "import", "start", "rec", "sub", "struct", "array", "field",
        "mut", "(ref null", "funcref", "i64", "shared", "(pagesize 1)", "item", "declare", "quote", "binary", "module",
    ];

    private const string Seed = """
        (module $m
          (type $s (sub (struct (field $a (mut i32)) (field (ref null $s))))) (rec (type (func (param i32) (result i32))) (type (array i8)))
          (import "a" "b" (func $i (param $p i32))) (import "a" "c" (memory 1 2 shared))
          (func $f (export "f") (param $x i32) (result i32) (local $y i64)
            (block $l (result i32) (if (result i32) (local.get $x) (then (br $l (i32.const 1))) (else (call $f (i32.const -2)))))
            loop $k br $k end try (drop) delegate 0 try catch $e end (try (do) (catch_all)) (i32.load offset=4 align=2 (local.get 0)) drop
            (call_indirect $t (param i32) (i32.const 0)) (v128.const f32x4 1 nan 0x1p3 inf) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 0) (local.get 0))
            (br_table 0 0 (i32.const 0)) (struct.get $s $a (ref.null $s)) (select (result i32)) (memory.init $d) (try_table (catch $e 0) (catch_all_ref 0)))
          (table $t 1 funcref (ref.null func)) (table funcref (elem $f)) (memory (data "x\00\u{41}")) (global $g (mut f64) (f64.const -0x1.8p-3)) (tag $e (param i32))
          (elem $es (i32.const 0) func $f) (elem declare funcref (item ref.func $f)) (data $d (offset (i32.const 0)) "abc") (start $f) (@custom "z" (before first) "q"))
        """;

    [Fact]
    public void Mutated_text_is_refused_or_read()
    {
        var random = new Random(20_260);
        int read = 0, refused = 0;
        for (var round = 0; round < 30_000; round++)
        {
            var text = new StringBuilder(Seed);
            for (var edits = random.Next(1, 3); edits > 0; edits--)
                Edit(text, random);
            Module module;
            try
            {
                module = Parse(text.ToString());
            }
            catch (WasmException)
            {
                refused++;
                continue;
            }
            read++;
            var printed = Print(module);
            Assert.Equal(printed, Print(Parse(printed)));
            Assert.Equal(Encoder.Encode(module), Encoder.Encode(Parse(printed)));
        }
        Assert.True(read > 300 && refused > 500, $"{read} read, {refused} refused: the mutations are too wild or too tame");
    }

    private static void Edit(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length);
        switch (random.Next(4))
        {
            case 0:
                text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                break;
            case 1:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 2:
                text.Insert(at, $" {Pieces[random.Next(Pieces.Length)]} ");
                break;
            default:
                text.Insert(at, text.ToString(random.Next(text.Length / 2), random.Next(text.Length / 2)));
                break;
        }
    }

    [Fact]
    public void Mutated_scripts_are_refused_or_read()
    {
        var random = new Random(7);
        var seed = $"{Seed}\n(assert_return (invoke $m \"f\" (i32.const 1) (ref.null any)) (either (f32.const nan:canonical) (ref.func)))(module binary \"\\00asm\")(register \"a\" $m)" +
            "(assert_malformed (module quote \"(func\" \")\") \"x\")(thread $t (shared (module $m)) (assert_trap (get \"g\") \"y\"))(wait $t)(module instance $i $m)";
        for (var round = 0; round < 10_000; round++)
        {
            var text = new StringBuilder(seed);
            Edit(text, random);
            try
            {
                Assert.NotEmpty(ScriptParser.Parse(Utf8(text.ToString()), WasmLimits.Default).Commands.Append(new WaitCommand(0, null)));
            }
            catch (WasmFormatException)
            {
            }
        }
    }

    [Fact]
    public void Mutated_binaries_are_printed_or_refused()
    {
        var random = new Random(99);
        var seed = Encoder.Encode(Parse(Seed));
        var printed = 0;
        for (var round = 0; round < 30_000; round++)
        {
            var bytes = (byte[])seed.Clone();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
                bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            string text;
            try
            {
                text = Print(Decoder.Decode(bytes, WasmFeatures.All, WasmLimits.Default));
            }
            catch (WasmException)
            {
                continue;
            }
            printed++;
            Assert.Equal(text, Print(Parse(text)));
        }
        Assert.True(printed > 1_000, $"only {printed} mutants decoded");
    }
}
