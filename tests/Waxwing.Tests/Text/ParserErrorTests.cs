using static Waxwing.Tests.Text.TextModules;

namespace Waxwing.Tests.Text;

public sealed class ParserErrorTests
{
    [Theory]
    [InlineData("(module", "unexpected token: the text ends too early (at 1:8)")]
    [InlineData("(module))", "unexpected token: ) (at 1:9)")]
    [InlineData("(module) (module)", "unexpected token: ( (at 1:10)")]
    [InlineData("(modul)", "unknown operator modul (at 1:2)")]
    [InlineData("(module\n  (func\n    i32.ad\n  ))", "unknown operator i32.ad (at 3:5)")]
    [InlineData("(func local.get $x)", "unknown local: $x (at 1:17)")]
    [InlineData("(func call $f)", "unknown function: $f (at 1:12)")]
    [InlineData("(func br $l)", "unknown label: $l (at 1:10)")]
    [InlineData("(func (block $l) br $l)", "unknown label: $l (at 1:21)")]
    [InlineData("(func (type $t))", "unknown type: $t (at 1:13)")]
    [InlineData("(func global.get $g)", "unknown global: $g (at 1:18)")]
    [InlineData("(func memory.size $m)", "unknown memory: $m (at 1:19)")]
    [InlineData("(func table.size $t)", "unknown table: $t (at 1:18)")]
    [InlineData("(func throw $e)", "unknown tag: $e (at 1:13)")]
    [InlineData("(func elem.drop $s)", "unknown elem segment: $s (at 1:17)")]
    [InlineData("(func data.drop $d)", "unknown data segment: $d (at 1:17)")]
    [InlineData("(type $t (struct)) (func struct.get $t $x)", "unknown field: $x (at 1:40)")]
    [InlineData("(global i32 (local.get $x)) (func (param $x i32))", "unknown local: $x (at 1:24)")]
    [InlineData("(func (param $x i32)) (global i32 (local.get $x))", "unknown local: $x (at 1:46)")]
    [InlineData("(func $f) (func $f)", "duplicate func: $f (at 1:17)")]
    [InlineData("(func $f) (import \"\" \"\" (func))", "import after function (at 1:19)")]
    [InlineData("(memory 1) (table (import \"\" \"\") 1 funcref)", "import after memory (at 1:19)")]
    [InlineData("(func (param $x i32) (local $x i32))", "duplicate local: $x (at 1:29)")]
    [InlineData("(type (struct (field $x i32) (field $x i32)))", "duplicate field: $x (at 1:37)")]
    [InlineData("(func $f) (start $f) (start $f)", "multiple start sections (at 1:23)")]
    [InlineData("(func block $a end $b)", "mismatching label: $b (at 1:20)")]
    [InlineData("(func block end $b)", "mismatching label: $b (at 1:17)")]
    [InlineData("(func i32.const 0 if $a else $b end)", "mismatching label: $b (at 1:30)")]
    [InlineData("(func block)", "unexpected token: ) (at 1:12)")]
    [InlineData("(func end)", "unexpected token: end (at 1:7)")]
    [InlineData("(func else end)", "unexpected token: else (at 1:7)")]
    [InlineData("(func block else end)", "unexpected token: else (at 1:13)")]
    [InlineData("(func (block end))", "unexpected token: end (at 1:14)")]
    [InlineData("(func (end))", "unexpected token: end (at 1:8)")]
    [InlineData("(func (i32.add nop))", "unexpected token: nop (at 1:16)")]
    [InlineData("(func (if (i32.const 0)))", "unexpected token: ) (at 1:24)")]
    [InlineData("(func (if (i32.const 0) (else)))", "unexpected token: else (at 1:26)")]
    [InlineData("(func (if (i32.const 0) (then) (then)))", "unexpected token: then (at 1:33)")]
    [InlineData("(func (then))", "unexpected token: then (at 1:8)")]
    [InlineData("(func i32.const 4294967296)", "constant out of range: 4294967296 as i32 (at 1:17)")]
    [InlineData("(func i32.const 1.5)", "unexpected token: 1.5 (at 1:17)")]
    [InlineData("(func i32.const 0x)", "unknown operator 0x (at 1:17)")]
    [InlineData("(func f32.const 1e39)", "constant out of range: 1e39 as f32 (at 1:17)")]
    [InlineData("(memory 1) (func i32.load align=3)", "alignment must be a power of two: align=3 (at 1:27)")]
    [InlineData("(memory 1) (func i32.load align=0)", "alignment must be a power of two: align=0 (at 1:27)")]
    [InlineData("(memory 1) (func i32.load offset=-1)", "unknown operator offset=-1 (at 1:27)")]
    [InlineData("(memory 0 (pagesize 3))", "invalid custom page size: 3 is not a power of two (at 1:21)")]
    [InlineData("(type (func (param i32))) (func (type 0) (param i64))", "inline function type: the signature is not that of type 0 (at 1:33)")]
    [InlineData("(func v128.const i32x4 1 2 3)", "wrong number of lane literals: 3 of 4 (at 1:18)")]
    [InlineData("(func i8x16.shuffle 1 2 3)", "invalid lane length: 3 of 16 lanes (at 1:21)")]
    [InlineData("(func i8x16.extract_lane_s 256)", "i8 constant out of range: 256 (at 1:28)")]
    [InlineData("(export \"\\ff\" (func 0))", "malformed UTF-8 encoding (at 1:9)")]
    [InlineData("(elem func) (func) (table 1 funcref) (global anyfunc)", "unknown operator anyfunc (at 1:46)")]
    [InlineData("(global i8 (i32.const 0))", "unexpected token: i8 (at 1:9)")]
    [InlineData("(table 1 i32)", "unexpected token: i32 (at 1:10)")]
    public void Errors_name_phrase_and_place(string text, string message) => Assert.Equal(message, Error(text));

    [Theory]
    [InlineData("(func) (func)", "too many functions")]
    [InlineData("(type (func)) (type (func (param i32)))", "too many types")]
    [InlineData("(func (param i32)) (func (param i64))", "too many")]
    [InlineData("(global i32 (i32.const 0)) (global i32 (i32.const 0))", "too many globals")]
    [InlineData("(memory 1) (memory 1)", "too many memories")]
    [InlineData("(table 1 funcref) (table 1 funcref)", "too many tables")]
    [InlineData("(tag) (tag)", "too many tags")]
    [InlineData("(data \"\") (data \"\")", "too many data segments")]
    [InlineData("(elem func) (elem func)", "too many elem segments")]
    [InlineData("(import \"\" \"\" (func)) (import \"\" \"\" (memory 1))", "too many imports")]
    [InlineData("(func (export \"a\") (export \"b\"))", "too many exports")]
    [InlineData("(func (param i32 i32))", "too many parameters")]
    [InlineData("(func (result i32 i32))", "too many results")]
    [InlineData("(func (local i32 i32))", "too many locals")]
    [InlineData("(type (struct (field i32 i32)))", "too many fields")]
    [InlineData("(func (try_table (catch_all 0) (catch_all 0)))", "too many catch clauses")]
    [InlineData("(func $abcdefghijk)", "length out of bounds")]
    [InlineData("(func (export \"abcdefghijk\"))", "length out of bounds")]
    [InlineData("(@custom \"abcdefghijk\")", "@custom annotation: a name of 11 bytes")]
    [InlineData("(func i64.const -1 drop i64.const -1 drop i64.const -1 drop i64.const 1234567890 drop)", "function body too large")]
    public void Limits_are_kept(string text, string phrase)
    {
        var one = WasmLimits.Default with
        {
            Types = 1, Functions = 1, Imports = 1, Exports = 1, Globals = 1, Tags = 1, Segments = 1, NameLength = 10, FunctionBodySize = 16, Locals = 1, Parameters = 1,
            MemoriesAndTables = 1, StructFields = 1, CatchClauses = 1,
        };
        Parse(text);
        Assert.StartsWith(phrase, Error(text, limits: one), StringComparison.Ordinal);
    }
}
