using System.Text;
using Waxwing.Instructions;
using Waxwing.Tests.Text;

namespace Waxwing.Tests.Security;

/// <summary>Valid modules that together use every section, every type form and (almost) every instruction: the seeds of the mutations.</summary>
internal static class FeatureModules
{
    private static readonly string[] Texts =
    [
        """
        (module $gc
          (rec (type $node (sub (struct (field $next (mut (ref null $node))) (field $value (mut i32)) (field i8) (field (mut i16)))))
               (type $leaf (sub final $node (struct (field (mut (ref null $node))) (field (mut i32)) (field i8) (field (mut i16)) (field f64)))))
          (type $bytes (array (mut i8)))
          (type $vectors (array (mut v128)))
          (type $refs (array (mut (ref null any))))
          (type $f (func (param i32) (result i32)))
          (global $g (ref null $node) (struct.new_default $node))
          (global $a (ref $bytes) (array.new $bytes (i32.const 7) (i32.const 100)))
          (global $i (ref i31) (ref.i31 (i32.const 5)))
          (data $d "some bytes for an array")
          (elem $e (ref null any) (ref.i31 (i32.const 1)) (struct.new_default $leaf) (ref.null any))
          (func (export "list") (param $n i32) (result i32) (local $head (ref null $node)) (local $sum i32)
            (loop $build
              (local.set $head (struct.new $node (local.get $head) (local.get $n) (i32.const -1) (i32.const 70000)))
              (br_if $build (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (block $done
              (loop $walk
                (local.set $sum (i32.add (local.get $sum) (struct.get $node 1 (br_on_null $done (local.get $head)))))
                (local.set $sum (i32.add (local.get $sum) (struct.get_s $node 2 (local.get $head))))
                (local.set $sum (i32.xor (local.get $sum) (struct.get_u $node 3 (local.get $head))))
                (local.set $head (struct.get $node $next (local.get $head)))
                (br $walk)))
            (local.get $sum))
          (func (export "arrays") (param i32 i32) (result i32) (local $x (ref null $bytes)) (local $y (ref null $refs))
            (local.set $x (array.new_data $bytes $d (i32.const 2) (i32.const 9)))
            (local.set $y (array.new_elem $refs $e (i32.const 0) (i32.const 3)))
            (array.set $bytes (local.get $x) (i32.const 1) (local.get 1))
            (array.copy $bytes $bytes (local.get $x) (i32.const 2) (local.get $x) (i32.const 0) (i32.const 4))
            (array.fill $bytes (local.get $x) (local.get 0) (i32.const 3) (i32.const 2))
            (array.init_data $bytes $d (local.get $x) (i32.const 0) (i32.const 1) (i32.const 3))
            (array.init_elem $refs $e (local.get $y) (i32.const 0) (i32.const 1) (i32.const 2))
            (drop (array.new_fixed $vectors 2 (v128.const i64x2 1 2) (v128.const i64x2 3 4)))
            (drop (array.new_default $vectors (i32.const 3)))
            (i32.add (array.len (local.get $x)) (i32.add (array.get_s $bytes (local.get $x) (local.get 0)) (array.get_u $bytes (local.get $x) (i32.const 3)))))
          (func (export "casts") (param externref i32) (result i32) (local $any anyref)
            (local.set $any (select (result anyref) (any.convert_extern (local.get 0)) (ref.i31 (local.get 1)) (local.get 1)))
            (block $i31 (result (ref i31))
              (block $other (result anyref)
                (br_on_cast $i31 anyref (ref i31) (local.get $any))
                (br_on_cast_fail $other anyref (ref $leaf))
                (return (struct.get $leaf 1)))
              (drop) (drop (ref.test (ref null $node) (local.get $any)))
              (return (ref.eq (ref.null eq) (ref.cast eqref (local.get $any)))))
            (i31.get_s))
          (func (export "identity") (param anyref) (result externref) (extern.convert_any (local.get 0)))
          (func (export "function") (param funcref) (result i32) (ref.test (ref $f) (local.get 0)))
          (export "g" (global $g)))
        """,
        """
        (module $exceptions
          (type $t (func (param i32 i64)))
          (import "env" "tag" (tag $imported (param f64)))
          (tag $e (export "e") (param i32 i64))
          (tag $empty)
          (func $throw (param i32) (throw $e (local.get 0) (i64.const 7)))
          (func $maybe (param i32)
            (if (i32.eqz (local.get 0)) (then (throw $empty)))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (call $throw (i32.const 3))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (throw $imported (f64.const 2.5)))))
          (func (export "run") (param i32) (result i32) (local exnref)
            (block $caught (result i32 i64)
              (block $other (result exnref)
                (block $nothing
                  (try_table (catch $e $caught) (catch $empty $nothing) (catch_all_ref $other) (call $maybe (local.get 0)))
                  (return (i32.const -1)))
                (return (i32.const 0)))
              (local.set 1)
              (block $again (result f64 exnref)
                (try_table (catch_ref $imported $again) (throw_ref (local.get 1)))
                (unreachable))
              (drop) (i32.trunc_sat_f64_s) (return))
            (drop)))
        """,
        """
        (module $legacy
          (tag $e (param i32))
          (func $f (param i32) (throw $e (local.get 0)))
          (func (export "run") (param i32) (result i32)
            (try (result i32)
              (do
                (try (result i32)
                  (do (try (do (call $f (local.get 0))) (delegate 0)) (i32.const 1))
                  (catch $e (i32.eqz) (if (then (rethrow 1))) (i32.const 2))))
              (catch_all (i32.const 9)))))
        """,
        """
        (module $memories
          (import "env" "memory" (memory $i 1 4))
          (memory $m (export "memory") 2 5)
          (memory $wide i64 1 3)
          (memory $shared 1 2 shared)
          (data (i32.const 10) "active")
          (data $p "passive bytes")
          (data (memory $wide) (i64.const 100) "wide")
          (func (export "bulk") (param i32 i32 i32) (result i32)
            (memory.init $m $p (i32.const 5) (i32.const 1) (i32.const 4))
            (memory.copy $m $i (local.get 0) (local.get 1) (local.get 2))
            (memory.fill $m (local.get 0) (local.get 1) (local.get 2))
            (memory.copy (local.get 1) (local.get 0) (local.get 2))
            (data.drop $p)
            (i64.store $wide offset=8 (i64.const 16) (i64.load8_u $wide (i64.const 101)))
            (drop (memory.grow $wide (i64.const 1)))
            (memory.fill $wide (i64.extend_i32_u (local.get 0)) (local.get 1) (i64.extend_i32_u (local.get 2)))
            (i32.atomic.store $shared (i32.const 8) (local.get 0))
            (drop (i32.atomic.rmw.cmpxchg $shared (i32.const 8) (local.get 0) (local.get 1)))
            (drop (memory.atomic.notify $shared (i32.const 8) (i32.const 1)))
            (drop (memory.atomic.wait32 $shared (i32.const 8) (i32.const 123456) (i64.const 1000)))
            (atomic.fence)
            (i32.add (memory.grow $m (i32.const 1)) (memory.size $i)))
          (func (export "peek") (param i32) (result i64) (i64.load32_s $m offset=4 align=1 (local.get 0)))
          (func (export "poke") (param i32 i64) (i64.store16 $m offset=65533 (local.get 0) (local.get 1))))
        """,
        """
        (module $tables
          (type $op (func (param i32 i32) (result i32)))
          (import "env" "op" (func $imported (type $op)))
          (import "env" "table" (table $t 8 20 funcref))
          (import "env" "offset" (global $offset i32))
          (table $own (export "own") 4 40 (ref null $op))
          (table $filled 3 (ref $op) (ref.func $add))
          (table $wide i64 5 externref)
          (global $count (mut i32) (i32.const 0))
          (global i32 (i32.mul (i32.const 3) (i32.sub (global.get $offset) (i32.const 1))))
          (elem (i32.const 1) $add $sub)
          (elem (table $own) (offset (i32.const 0)) (ref null $op) (ref.func $add) (ref.null $op) (ref.func $sub))
          (elem $passive func $add $sub $fib)
          (elem declare func $fib $imported)
          (func $add (type $op) (i32.add (local.get 0) (local.get 1)))
          (func $sub (type $op) (i32.sub (local.get 0) (local.get 1)))
          (func $fib (export "fib") (param i32) (result i32)
            (if (result i32) (i32.lt_u (local.get 0) (i32.const 2)) (then (local.get 0))
              (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
          (func (export "indirect") (param i32 i32 i32) (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (call_indirect $own (type $op) (local.get 0) (local.get 1) (local.get 2)))
          (func (export "tail") (param i32 i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
            (return_call_indirect $filled (type $op) (local.get 0) (local.get 1) (i32.const 1)))
          (func $count (export "count") (param i32) (result i32)
            (if (result i32) (local.get 0) (then (return_call $count (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 42))))
          (func (export "reference") (param i32 i32) (result i32) (return_call_ref $op (local.get 0) (local.get 1) (ref.func $imported)))
          (func (export "through") (param i32) (result i32)
            (call_ref $op (local.get 0) (i32.const 2) (ref.as_non_null (table.get $own (i32.const 2)))))
          (func (export "bulk") (param i32 i32 i32) (result i32)
            (table.init $t $passive (local.get 0) (i32.const 0) (i32.const 2))
            (table.copy $t $t (local.get 1) (local.get 0) (local.get 2))
            (table.fill $own (local.get 0) (ref.null $op) (local.get 2))
            (table.set $own (i32.const 3) (ref.func $add))
            (table.set $wide (i64.const 2) (ref.null extern))
            (elem.drop $passive)
            (drop (table.grow $wide (ref.null extern) (i64.const 3)))
            (i32.add (table.grow $own (ref.func $sub) (i32.const 2)) (i32.wrap_i64 (table.size $wide))))
          (func $start (global.set $count (i32.const 1)))
          (start $start))
        """,
        """
        (module $control
          (func (export "table") (param i32) (result i32)
            (block $a (block $b (block $c (block $d
              (br_table $a $b $c $d $c (local.get 0)))
              (return (i32.const 4))) (return (i32.const 3))) (return (i32.const 2)))
            (i32.const 1))
          (func (export "values") (param i32 i64) (result i64 i32 f32)
            (block (result i64 i32 f32)
              (local.get 1) (local.get 0) (f32.const 1.5)
              (loop (param i64 i32 f32) (result i64 i32 f32)
                (br_if 1 (local.get 0))
                (if (param i64 i32 f32) (result i64 i32 f32) (i64.eqz (local.get 1)) (then) (else (drop) (f32.const nan:0x200001))))))
          (func (export "nested") (param i32) (result f64) (local $i i32) (local $sum f64)
            (loop $outer
              (block $leave
                (loop $inner
                  (local.set $sum (f64.add (local.get $sum) (f64.sqrt (f64.convert_i32_u (local.get $i)))))
                  (br_if $leave (i32.gt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 50)))
                  (br_if $inner (i32.and (local.get $i) (i32.const 3)))))
              (br_if $outer (i32.lt_u (local.get $i) (i32.and (local.get 0) (i32.const 127)))))
            (local.get $sum))
          (func (export "select") (param i32 v128 v128) (result v128) (select (local.get 1) (local.get 2) (local.get 0)))
          (func (export "nothing") (nop) (drop (i64.const 0x7FFFFFFFFFFFFFFF)))
          (func (export "trap") (unreachable))
          (@custom "note" "kept"))
        """,
    ];

    /// <summary>The modules in the binary format.</summary>
    public static IEnumerable<byte[]> All() => Texts.Select(TextModules.Encode).Concat(InstructionModules());

    /// <summary>A function for every instruction whose signature the table knows, sixty to a module.</summary>
    private static IEnumerable<byte[]> InstructionModules() =>
        InstructionTable.All.ToArray()
            .Where(row => row is { Operands: not null, Results: not null } && row.Operands.Concat(row.Results).All("ilfdvA".Contains) && Immediates(row) is not null && !row.Name.Contains("wait", StringComparison.Ordinal))
            .Chunk(60).Select(rows => TextModules.Encode($"(module (memory (export \"memory\") 1 2 shared) {string.Concat(rows.Select(Function))})"));

    private static string Function(InstructionInfo row)
    {
        var text = new StringBuilder($"(func (export \"{row.Opcode}\")");
        foreach (var type in row.Operands!)
            text.Append($" (param {Name(type)})");
        foreach (var type in row.Results!)
            text.Append($" (result {Name(type)})");
        for (var i = 0; i < row.Operands.Length; i++)
            text.Append($" local.get {i}");
        return text.Append($" {row.Name} {Immediates(row)})\n").ToString();
    }

    private static string? Immediates(InstructionInfo row) => row.Immediates switch
    {
        ImmediateKind.None or ImmediateKind.Fence => "",
        ImmediateKind.Memarg => "offset=3",
        ImmediateKind.MemargLane or ImmediateKind.Lane => "1",
        ImmediateKind.Lanes16 => "0 17 2 19 4 21 6 23 8 25 10 27 12 29 14 31",
        ImmediateKind.Memory or ImmediateKind.MemoryMemory => "",
        _ => null,
    };

    private static string Name(char type) => type switch { 'i' or 'A' => "i32", 'l' => "i64", 'f' => "f32", 'd' => "f64", _ => "v128" };
}
