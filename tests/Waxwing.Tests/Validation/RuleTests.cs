using Waxwing.Text;
using Waxwing.Validation;

namespace Waxwing.Tests.Validation;

/// <summary>Each rule once broken and once kept, with the message that a user gets.</summary>
public sealed class RuleTests
{
    private const string Prelude = """
        (type $f (func (param i32) (result i64)))
        (type $s (struct (field i32) (field $p (mut i8)) (field (ref any))))
        (type $a (array (mut i16)))
        (type $ro (array i32))
        (type $refs (array (mut anyref)))
        (import "m" "g" (global $imported i32))
        (import "m" "mg" (global $mutable (mut i32)))
        (memory $m 1)
        (table $t 1 funcref)
        (table $any 1 anyref)
        (tag $e (param i32))
        (data $d "abc")
        (elem $el funcref)
        (elem $anys anyref)
        """;

    private static void Validate(string text, WasmFeatures features = WasmFeatures.All)
    {
        var module = Parser.Parse(text.AsMemory(), WasmFeatures.All, WasmLimits.Default);
        var context = ModuleValidator.Validate(module, features, WasmLimits.Default);
        var consumer = new NoConsumer();
        for (var function = 0; function < module.Code.Count; function++)
            FunctionValidator.Walk(context, function, ref consumer);
    }

    [Theory]
    [InlineData("(func (i32.add (i32.const 1)) drop)", "type mismatch: instruction requires [i32] but stack has [] at i32.add (function 0, at offset ")]
    [InlineData("(func (drop (i32.add (i64.const 1) (i32.const 1))))", "type mismatch: instruction requires [i32] but stack has [i64] at i32.add")]
    [InlineData("(func (result i32))", "type mismatch: instruction requires [i32] but stack has [] at end")]
    [InlineData("(func i32.const 1)", "type mismatch: block requires [] but stack has [i32] at end")]
    [InlineData("(func (drop))", "type mismatch: drop requires any value but stack has []")]
    [InlineData("(func (block (br 2)))", "unknown label: 2, but only 2 blocks are open")]
    [InlineData("(func (result i32) (if (result i32) (i32.const 1) (then (i32.const 2))))", "type mismatch: an if without else must end with its parameters [], not [i32]")]
    [InlineData("(func (local.get 3) drop)", "unknown local 3: there is no local")]
    [InlineData("(func (local i32 i64) (local.set 2 (i32.const 0)))", "unknown local 2: 2 exist")]
    [InlineData("(func (local (ref $s)) (drop (local.get 0)))", "uninitialized local: local 0 of type (ref 1) is read before it is set")]
    [InlineData("(func (param (ref $s)) (local (ref $s)) (block (local.set 1 (local.get 0))) (drop (local.get 1)))", "uninitialized local")]
    [InlineData("(func (param (ref $s)) (local (ref $s)) (if (i32.const 0) (then (local.set 1 (local.get 0))) (else (drop (local.get 1)))))", "uninitialized local")]
    [InlineData("(func (global.set $imported (i32.const 1)))", "immutable global: global 0 cannot be set")]
    [InlineData("(func (drop (global.get 7)))", "unknown global 7: 2 exist")]
    [InlineData("(func (call 9))", "unknown function 9: 1 exist")]
    [InlineData("(func (drop (select (ref.null any) (ref.null any) (i32.const 1))))", "type mismatch: select without a type requires numbers or vectors but stack has [anyref anyref]")]
    [InlineData("(func (drop (select (i32.const 1) (i64.const 1) (i32.const 1))))", "type mismatch: select requires operands of one type but stack has [i32 i64]")]
    [InlineData("(func (drop (select (result i32 i32) (i32.const 1) (i32.const 1) (i32.const 1))))", "invalid result arity: select has 2 types instead of one")]
    [InlineData("(func (drop (i32.load align=8 (i32.const 0))))", "alignment must not be larger than natural: 2^3 bytes for i32.load, whose natural alignment is 4")]
    [InlineData("(func (drop (i32.atomic.load align=2 (i32.const 0))))", "atomic alignment must be natural: 2^1 bytes for i32.atomic.load, whose natural alignment is 4")]
    [InlineData("(func (drop (i32.load offset=0x100000000 (i32.const 0))))", "offset out of range: 0x100000000 in a memory with 32-bit addresses")]
    [InlineData("(func (drop (i32.load 3 (i32.const 0))))", "unknown memory 3: 1 exist")]
    [InlineData("(func (drop (i8x16.extract_lane_s 16 (v128.const i64x2 0 0))))", "invalid lane index: 16 of 16")]
    [InlineData("(func (drop (v128.load64_lane 2 (i32.const 0) (v128.const i64x2 0 0))))", "invalid lane index: 2 of 2")]
    [InlineData("(func (drop (i8x16.shuffle 32 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 (v128.const i64x2 0 0) (v128.const i64x2 0 0))))", "invalid lane index")]
    [InlineData("(func (memory.init 5 (i32.const 0) (i32.const 0) (i32.const 0)))", "unknown data segment 5: 1 exist")]
    [InlineData("(func (elem.drop 5))", "unknown elem segment 5: 2 exist")]
    [InlineData("(func (table.copy $t $any (i32.const 0) (i32.const 0) (i32.const 0)))", "type mismatch: table 1 holds anyref, table 0 funcref")]
    [InlineData("(func (table.init $t $anys (i32.const 0) (i32.const 0) (i32.const 0)))", "type mismatch: segment 1 holds anyref, table 0 funcref")]
    [InlineData("(func (table.set 8 (i32.const 0) (ref.null func)))", "unknown table 8")]
    [InlineData("(func (drop (call_indirect $any (type $f) (i32.const 0) (i32.const 0))))", "type mismatch: call_indirect requires a table of functions but table 1 holds anyref")]
    [InlineData("(func (call_ref $s (ref.null $s)))", "type mismatch: call_ref requires a function type but type 1 is another")]
    [InlineData("(func (result i32) (return_call $x (i32.const 1))) (func $x (type $f) unreachable)", "type mismatch: return_call returns [i64] from a function that returns [i32]")]
    [InlineData("(func $x (drop (ref.func $x)))", "undeclared function reference: function 0 occurs in no export")]
    [InlineData("(func (throw 4))", "unknown tag 4: 1 exist")]
    [InlineData("(func (throw $e))", "type mismatch: instruction requires [i32] but stack has [] at throw")]
    [InlineData("(func (try_table (catch $e 0)))", "type mismatch: a Catch clause gives [i32] but label 0 takes []")]
    [InlineData("(func (result i32) (try_table (result i32) (catch_ref $e 0) (i32.const 1)))", "type mismatch: a CatchRef clause gives [i32 (ref exn)] but label 0 takes [i32]")]
    [InlineData("(func (try (do) (delegate 1)))", "unknown label")]
    [InlineData("(func (try (do (rethrow 0)) (catch_all)))", "invalid rethrow label: label 0 is not a catch")]
    [InlineData("(func (struct.set $s 0 (unreachable) (i32.const 1)))", "immutable field: field 0 of type 1 cannot be set")]
    [InlineData("(func (struct.set $s 9 (unreachable) (i32.const 1)))", "unknown field 9: 3 exist")]
    [InlineData("(func (drop (struct.get $s $p (unreachable))))", "type mismatch: struct.get does not read a field of type i8")]
    [InlineData("(func (drop (struct.get_s $s 0 (unreachable))))", "type mismatch: struct.get_s does not read a field of type i32")]
    [InlineData("(func (drop (struct.new_default $s)))", "type mismatch: struct.new_default requires default values but (ref any) has none")]
    [InlineData("(func (array.set $ro (unreachable) (i32.const 0) (i32.const 0)))", "immutable array: the elements of type 3 cannot be set")]
    [InlineData("(func (array.copy $a $ro (unreachable)))", "array types do not match: i32 does not fit i16")]
    [InlineData("(func (drop (array.new_data $refs $d (i32.const 0) (i32.const 0))))", "array type is not numeric or vector: its elements are anyref")]
    [InlineData("(func (drop (array.new_elem $refs $el (i32.const 0) (i32.const 0))))", "type mismatch: segment 0 holds funcref, the array anyref")]
    [InlineData("(func (param funcref) (drop (ref.test (ref any) (local.get 0))))", "type mismatch: instruction requires [anyref] but stack has [funcref] at ref.test")]
    [InlineData("(func (param anyref) (drop (block (result funcref) (br_on_cast 0 anyref funcref (local.get 0)))))", "type mismatch: br_on_cast casts anyref to funcref, which is no subtype")]
    [InlineData("(func unreachable ref.as_non_null i32.eqz drop)", "type mismatch: instruction requires [i32] but stack has [(ref bot)] at i32.eqz")]
    [InlineData("(func (block br_on_non_null 0))", "type mismatch: br_on_non_null requires a label that ends in a reference but label 0 takes []")]
    [InlineData("(func (block (result i32) (br_table 0 1 (i32.const 0) (i32.const 0))) drop)", "type mismatch: label 0 of br_table takes 1 operands, the default takes 0")]
    [InlineData("(global i32 (i32.ctz (i32.const 0)))", "constant expression required: i32.ctz is not constant")]
    [InlineData("(global i32 (global.get $mutable))", "constant expression required: global 1 is mutable")]
    [InlineData("(global i32 (global.get 2))", "unknown global 2")]
    [InlineData("(global i32 (i64.const 0))", "type mismatch: instruction requires [i32] but stack has [i64] at end (at offset")]
    [InlineData("(global i32 (i32.const 0) (i32.const 0))", "type mismatch: block requires [i32] but stack has [i32 i32]")]
    [InlineData("(table 1 (ref func))", "type mismatch: a table of (ref func) needs an initialiser")]
    [InlineData("(table 2 1 funcref)", "size minimum must not be greater than maximum: 2..1")]
    [InlineData("(table 0x1_0000_0000 funcref)", "table size must be at most 2^32-1")]
    [InlineData("(memory 65537)", "memory size must be at most 65536 pages (4GiB): 65537..")]
    [InlineData("(memory i64 0x1_0000_0000_0001)", "memory size must be at most 281474976710656 pages")]
    [InlineData("(memory 1 (pagesize 2))", "invalid custom page size: 2^1 bytes; it may be 1 or 65536")]
    [InlineData("(memory 1 shared)", "shared memory must have maximum")]
    [InlineData("(func) (export \"x\" (func 0)) (export \"x\" (memory 0))", "duplicate export name: \"x\"")]
    [InlineData("(export \"x\" (table 5))", "unknown table 5: exported as \"x\"; 2 exist")]
    [InlineData("(func $s (param i32)) (start $s)", "start function: function 0 has parameters or results")]
    [InlineData("(start 5)", "unknown function 5")]
    [InlineData("(elem (table 7) (i32.const 0) func)", "unknown table 7")]
    [InlineData("(elem (table $any) (i32.const 0) funcref)", "type mismatch: the segment holds funcref, table 1 anyref")]
    [InlineData("(elem func 77)", "unknown function 77")]
    [InlineData("(data (memory 3) (i32.const 0))", "unknown memory 3")]
    [InlineData("(data (i64.const 0))", "type mismatch")]
    [InlineData("(tag (type $f))", "non-empty tag result type")]
    [InlineData("(import \"a\" \"b\" (func (type 99)))", "unknown type 99: the type of import \"a\" \"b\"")]
    [InlineData("(type (func (param (ref 99))))", "unknown type 99")]
    [InlineData("(type (sub $s (struct)))", "sub type 5 does not match super type 1: the super type is final")]
    [InlineData("(type $o (sub (struct (field i32)))) (type (sub $o (struct (field i64))))", "sub type 6 does not match super type 5: its parameters, results or fields do not match")]
    [InlineData("(type $o (sub (struct (field i32)))) (type (sub $o (array i32)))", "sub type 6 does not match super type 5: one is not of the other's kind")]
    [InlineData("(rec (type (sub 6 (func))) (type (sub (func))))", "forward use of type 6 in sub type definition")]
    public void A_broken_rule_is_named(string text, string message)
    {
        var error = Assert.Throws<WasmValidationException>(() => Validate($"(module {Order(text)})"));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    // Imports come before definitions.
    private static string Order(string text) => text.StartsWith("(import", StringComparison.Ordinal) ? text + Prelude : Prelude + text;

    [Theory]
    [InlineData("(func (param (ref $s)) (local (ref $s)) (local.set 1 (local.get 0)) (block (drop (local.get 1))) (drop (local.tee 1 (local.get 1))))")]
    [InlineData("(func unreachable i32.add drop)")]
    [InlineData("(func (result i32) (block (result i32) unreachable))")]
    [InlineData("(func unreachable select drop)")]
    [InlineData("(func unreachable ref.as_non_null drop)")]
    [InlineData("(func unreachable ref.is_null drop)")]
    [InlineData("(func (block (result i32) (br 0 (i32.const 1) ) ) drop)")]
    [InlineData("(func (loop (param i64) (result i32) drop (i32.const 1)) drop)", "i64.const 0")]
    [InlineData("(func (block (br_table 0 1 (i32.const 0))))")]
    [InlineData("(func (result (ref null any)) (block (result (ref any)) (br_on_non_null 0 (ref.null any)) unreachable))")]
    [InlineData("(func (param anyref) (drop (block (result anyref) (drop (br_on_cast 0 anyref (ref i31) (local.get 0))) (ref.null none))))")]
    [InlineData("(func $x (drop (ref.func $x))) (export \"x\" (func $x))")]
    [InlineData("(func $x (drop (ref.func $x))) (elem declare func $x)")]
    [InlineData("(func $x (drop (ref.func $x))) (global funcref (ref.func $x))")]
    [InlineData("(global i32 (i32.add (global.get $imported) (i32.mul (i32.const 2) (i32.const 3))))")]
    [InlineData("(global i32 (i32.const 1)) (global i32 (global.get 2))")]
    [InlineData("(global (ref $a) (array.new_fixed $a 2 (i32.const 1) (i32.const 2))) (global (ref i31) (ref.i31 (i32.const 0)))")]
    [InlineData("(memory $big i64 1) (func (memory.copy $m $big (i32.const 0) (i64.const 0) (i32.const 0)) (memory.copy $big $big (i64.const 0) (i64.const 0) (i64.const 0)))")]
    [InlineData("(memory $big i64 1) (func (drop (i32.load $big offset=0x1_0000_0000 (i64.const 0))))")]
    [InlineData("(table $big i64 1 funcref) (func (table.set $big (i64.const 0) (ref.null func)) (drop (table.grow $big (ref.null func) (i64.const 0))))")]
    [InlineData("(func (try (do (throw $e (i32.const 1))) (catch $e drop) (catch_all (rethrow 0))))")]
    [InlineData("(func (try (do (try (do) (delegate 0))) (catch_all)))")]
    [InlineData("(func (result i32) (block $b (result i32 exnref) (try_table (result i32) (catch_ref $e $b) (catch $e 1) (i32.const 1)) (return)) drop)")]
    [InlineData("(type $o (sub (struct (field (ref any))))) (type (sub $o (struct (field (ref i31)) (field i32))))")]
    [InlineData("(type $o (sub (func (param (ref i31)) (result anyref)))) (type (sub $o (func (param (ref any)) (result (ref none)))))")]
    [InlineData("(memory 0xFFFF_FFFF (pagesize 1))")]
    [InlineData("(func (result i64 i64) (i64.add128 (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4)))")]
    [InlineData("(func (result i64) (return_call $x (i32.const 1))) (func $x (type $f) (return_call_indirect $t (type $f) (i32.const 1) (i32.const 0)))")]
    public void A_kept_rule_passes(string text, string push = "") => Validate($"(module {Prelude} {text.Replace("(func (loop", $"(func {push} (loop", StringComparison.Ordinal)})");

    [Theory]
    [InlineData("(func (drop (i32.extend8_s (i32.const 0))))", WasmFeatures.SignExtension, "i32.extend8_s needs WasmFeatures.SignExtension, which is off")]
    [InlineData("(func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))) (memory 1)", WasmFeatures.BulkMemory, "memory.fill needs WasmFeatures.BulkMemory, which is off")]
    [InlineData("(func (return_call 0))", WasmFeatures.TailCalls, "return_call needs WasmFeatures.TailCalls, which is off")]
    [InlineData("(func (atomic.fence))", WasmFeatures.Threads, "atomic.fence needs WasmFeatures.Threads, which is off")]
    [InlineData("(func (drop (i8x16.splat (i32.const 0))))", WasmFeatures.Simd, "i8x16.splat needs WasmFeatures.Simd, which is off")]
    [InlineData("(func (i64.mul_wide_s (i64.const 0) (i64.const 0)) drop drop)", WasmFeatures.WideArithmetic, "i64.mul_wide_s needs WasmFeatures.WideArithmetic, which is off")]
    [InlineData("(func (try (do)))", WasmFeatures.LegacyExceptions, "try needs WasmFeatures.LegacyExceptions, which is off")]
    [InlineData("(func (try_table))", WasmFeatures.Exceptions, "try_table needs WasmFeatures.Exceptions, which is off")]
    [InlineData("(tag) (func (throw 0))", WasmFeatures.Exceptions | WasmFeatures.LegacyExceptions, "a tag needs WasmFeatures.Exceptions, which is off")]
    [InlineData("(memory 1) (memory 1)", WasmFeatures.MultiMemory, "multiple memories")]
    [InlineData("(table 1 funcref) (table 1 funcref)", WasmFeatures.ReferenceTypes, "multiple tables")]
    [InlineData("(memory 1 1 shared)", WasmFeatures.Threads, "a shared memory needs WasmFeatures.Threads, which is off")]
    [InlineData("(memory i64 1)", WasmFeatures.Memory64, "a memory with 64-bit addresses needs WasmFeatures.Memory64, which is off")]
    [InlineData("(memory 1 (pagesize 1))", WasmFeatures.CustomPageSizes, "a custom page size needs WasmFeatures.CustomPageSizes, which is off")]
    [InlineData("(type (struct))", WasmFeatures.GC, "a struct type, array type or declared subtyping needs WasmFeatures.GC, which is off")]
    [InlineData("(func (result i32 i32) unreachable)", WasmFeatures.MultiValue, "a function type with several results needs WasmFeatures.MultiValue, which is off")]
    [InlineData("(func (param v128))", WasmFeatures.Simd, "v128 needs WasmFeatures.Simd, which is off")]
    [InlineData("(global externref (ref.null extern))", WasmFeatures.ReferenceTypes, "externref needs WasmFeatures.ReferenceTypes, which is off")]
    [InlineData("(global i32 (i32.add (i32.const 1) (i32.const 2)))", WasmFeatures.ExtendedConst, "constant expression required")]
    public void A_proposal_that_is_off_is_named(string text, WasmFeatures off, string message)
    {
        Validate($"(module {text})");
        var error = Assert.ThrowsAny<WasmException>(() => Validate($"(module {text})", WasmFeatures.All & ~off));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Throw_and_tags_need_either_kind_of_exceptions()
    {
        const string Text = "(module (tag) (func (throw 0)))";
        Validate(Text, WasmFeatures.All & ~WasmFeatures.Exceptions);
        Validate(Text, WasmFeatures.All & ~WasmFeatures.LegacyExceptions);
    }
}
