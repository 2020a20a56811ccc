using System.Text;

namespace Waxwing.Differential.Tests.Constructs;

/// <summary>The modules of <see cref="ConstructTests"/>, each with the integers that its functions are called with.</summary>
internal static partial class ConstructModules
{
    private static readonly int[] Numbers = [0, 1, -1, 2, 3, 7, int.MaxValue, int.MinValue];
    private static readonly int[] Small = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1];

    public static Dictionary<string, (string Text, int[] Values)> All { get; } = new()
    {
        ["bulk memory"] = (BulkMemory, [0, 1, 8, 100, 65528, 65535, 65536, -1, int.MinValue]),
        ["tables"] = (Tables, [0, 1, 2, 3, 7, 10, 11, -1]),
        ["control"] = (Control, Numbers),
        ["branch tables"] = (BranchTables(), [.. Small, 100, 200, 255, 256, int.MinValue]),
        ["calls"] = (Calls, Numbers),
        ["many values"] = (ManyValues(), Numbers),
        ["tail calls"] = (TailCalls, [0, 1, 2, 3, 1_000, 20_000]),
        ["exceptions"] = (Exceptions, [0, 1, 2, 3, 4, 5, -1]),
        ["legacy exceptions"] = (LegacyExceptions, [0, 1, 2, 3, 4, 5, -1]),
        ["structs and arrays"] = (Objects, [0, 1, 2, 3, 8, 127, 128, 255, 32768, -1, int.MinValue]),
        ["casts"] = (Casts(), Small),
        ["variables"] = (Variables, Numbers),
        ["shared memory"] = (SharedMemory, [0, 1, 2, 4, 8, 3]),
    };

    private const string BulkMemory = """
        (module
          (memory $m (export "m") 1 3) (memory $n (export "n") 1 2) (memory $w (export "w") i64 1 2)
          (data (memory $m) (i32.const 0) "0123456789abcdefghijklmnopqrstuvwxyz")
          (data (memory $w) (i64.const 100) "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
          (data $p "passive segment of some length, to be dropped")
          (func (export "fill") (param i32 i32 i32) (memory.fill $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill nothing") (param i32) (memory.fill $m (local.get 0) (i32.const 5) (i32.const 0)))
          (func (export "fill 1") (param i32 i32) (memory.fill $m (local.get 0) (local.get 1) (i32.const 1)))
          (func (export "fill 7") (param i32 i32) (memory.fill $n (local.get 0) (local.get 1) (i32.const 7)))
          (func (export "fill 16") (param i32) (memory.fill $m (local.get 0) (i32.const 0x1FF) (i32.const 16)))
          (func (export "fill 300") (param i32 i32) (memory.fill $m (local.get 0) (local.get 1) (i32.const 300)))
          (func (export "fill wide") (param i64 i32 i64) (memory.fill $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill wide 8") (param i64 i32) (memory.fill $w (local.get 0) (local.get 1) (i64.const 8)))
          (func (export "copy") (param i32 i32 i32) (memory.copy $m $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy 8") (param i32 i32) (memory.copy $m $m (local.get 0) (local.get 1) (i32.const 8)))
          (func (export "copy 4") (param i32 i32) (memory.copy $m $m (local.get 0) (local.get 1) (i32.const 4)))
          (func (export "copy 33") (param i32 i32) (memory.copy $m $m (local.get 0) (local.get 1) (i32.const 33)))
          (func (export "copy near") (param i32) (memory.copy $m $m (i32.add (local.get 0) (i32.const 3)) (local.get 0) (i32.const 50)))
          (func (export "copy back") (param i32) (memory.copy $m $m (local.get 0) (i32.add (local.get 0) (i32.const 3)) (i32.const 50)))
          (func (export "copy across") (param i32 i32 i32) (memory.copy $n $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy to wide") (param i64 i32 i32) (memory.copy $w $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy from wide") (param i32 i64 i32) (memory.copy $m $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy wide") (param i64 i64 i64) (memory.copy $w $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init") (param i32 i32 i32) (memory.init $m $p (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init 5") (param i32 i32) (memory.init $n $p (local.get 0) (local.get 1) (i32.const 5)))
          (func (export "init wide") (param i64 i32 i32) (memory.init $w $p (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param i32) (result i32) (memory.grow $n (local.get 0)))
          (func (export "grow wide") (param i64) (result i64) (memory.grow $w (local.get 0)))
          (func (export "grow and store") (param i32) (result i32)
            (i32.store $m (i32.const 0) (i32.const 99))
            (drop (memory.grow $m (i32.const 1)))
            (i32.store $m offset=65536 (i32.const 8) (local.get 0))
            (i32.add (i32.load $m (i32.const 0)) (i32.load $m (i32.const 65544))))
          (func (export "show sizes") (result i32 i32 i64) (memory.size $m) (memory.size $n) (memory.size $w))
          (func (export "z drop") (data.drop $p) (data.drop $p))
          (func (export "z init dropped") (param i32 i32 i32) (memory.init $m $p (local.get 0) (local.get 1) (local.get 2))))
        """;

    private const string Tables = """
        (module
          (type $f (func (result i32)))
          (table $t 10 14 funcref) (table $u i64 8 12 funcref) (table $x 4 9 externref) (table $r 3 6 (ref null $f))
          (elem (table $t) (i32.const 2) func $a $b $c $other)
          (elem (table $u) (i64.const 1) func $c $b)
          (elem (table $r) (i32.const 1) (ref null $f) (ref.func $b))
          (elem $p func $a $b $c $a $b)
          (func $a (result i32) (i32.const 11)) (func $b (result i32) (i32.const 22)) (func $c (result i32) (i32.const 33)) (func $other (param i32) (result i32) (local.get 0))
          (func $at (param i32) (result i32)
            (if (i32.ge_u (local.get 0) (table.size $t)) (then (return (i32.const -2))))
            (if (ref.is_null (table.get $t (local.get 0))) (then (return (i32.const -1))))
            (if (ref.test (ref $f) (table.get $t (local.get 0))) (then (return (call_indirect $t (type $f) (local.get 0)))))
            (i32.const -3))
          (func (export "show") (result i32) (local i32 i32)
            (loop
              (local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31)) (call $at (local.get 1))))
              (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (i32.const 15))))
            (local.get 0))
          (func (export "show sizes") (result i32 i64 i32 i32) (table.size $t) (table.size $u) (table.size $x) (table.size $r))
          (func (export "call") (param i32) (result i32) (call_indirect $t (type $f) (local.get 0)))
          (func (export "call wide") (param i64) (result i32) (call_indirect $u (type $f) (local.get 0)))
          (func (export "call typed") (param i32) (result i32) (call_indirect $r (type $f) (local.get 0)))
          (func (export "call 3") (result i32) (call_indirect $t (type $f) (i32.const 3)))
          (func (export "call null") (result i32) (call_indirect $t (type $f) (i32.const 0)))
          (func (export "call other") (result i32) (call_indirect $t (type $f) (i32.const 5)))
          (func (export "call beyond") (result i32) (call_indirect $t (type $f) (i32.const 99)))
          (func (export "reference") (param i32) (result i32) (call_ref $f (table.get $r (local.get 0))))
          (func (export "null") (param i32) (result i32) (ref.is_null (table.get $x (local.get 0))))
          (func (export "set") (param i32 i32) (table.set $t (local.get 0) (select (result funcref) (ref.func $b) (ref.null func) (local.get 1))))
          (func (export "set wide") (param i64) (table.set $u (local.get 0) (ref.func $a)))
          (func (export "fill") (param i32 i32) (table.fill $t (local.get 0) (ref.func $c) (local.get 1)))
          (func (export "fill wide") (param i64 i64) (table.fill $u (local.get 0) (ref.null func) (local.get 1)))
          (func (export "copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy 2") (param i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (i32.const 2)))
          (func (export "copy to wide") (param i64 i32 i32) (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy from wide") (param i32 i64 i32) (table.copy $t $u (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init") (param i32 i32 i32) (table.init $t $p (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init wide") (param i64 i32 i32) (table.init $u $p (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param i32) (result i32) (table.grow $t (ref.func $a) (local.get 0)))
          (func (export "grow wide") (param i64) (result i64) (table.grow $u (ref.null func) (local.get 0)))
          (func (export "grow typed") (param i32) (result i32) (table.grow $r (ref.func $a) (local.get 0)))
          (func (export "z drop") (elem.drop $p))
          (func (export "z init dropped") (param i32 i32 i32) (table.init $t $p (local.get 0) (local.get 1) (local.get 2))))
        """;

    private const string Control = """
        (module
          (memory 1)
          (func (export "nop") (param i32) (result i32) (nop) (local.get 0) (nop))
          (func (export "unreachable") (param i32) (result i32) (if (local.get 0) (then (unreachable))) (i32.const 1))
          (func (export "sum") (param i32) (result i64) (local $n i32) (local $sum i64)
            (local.set $n (i32.and (local.get 0) (i32.const 63)))
            (block $done (loop $next
              (br_if $done (i32.eqz (local.get $n)))
              (local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 3)) (i64.extend_i32_s (local.get $n))))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br $next)))
            (local.get $sum))
          (func (export "carried") (param i32 i64) (result i64 i32) (local i32)
            (local.get 1) (local.get 0)
            (loop (param i64 i32) (result i64 i32)
              (i32.const 1) (i32.add) (local.set 0) (i64.extend_i32_s (local.get 0)) (i64.add) (local.get 0)
              (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 5)))))
          (func (export "swapped in a loop") (param i32 i32) (result i32 i32) (local i32)
            (local.get 0) (local.get 1)
            (loop (param i32 i32) (result i32 i32)
              (local.set 0) (local.set 1) (local.get 0) (local.get 1)
              (br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 3)))))
          (func (export "beneath") (param i32 f64) (result f64 i32 i32)
            (local.get 1) (i32.const 5) (local.get 0)
            (block (param i32) (result i32)
              (local.set 0) (local.get 0) (i32.const 17) (i32.add)
              (br_if 0 (i32.and (local.get 0) (i32.const 1)))
              (drop) (i32.const -1)))
          (func (export "early") (param i32 i32) (result i32 i64)
            (i32.const 100)
            (block (result i32 i64)
              (local.get 0) (i64.const 3)
              (br_if 0 (local.get 1))
              (br_if 1 (i32.eqz (local.get 0)))
              (drop) (drop) (i32.const 7) (i64.const 8))
            (drop) (i32.add) (i64.const 9))
          (func (export "if with values") (param i32 i64) (result i64 i32)
            (local.get 1)
            (if (param i64) (result i64 i32) (local.get 0)
              (then (i64.const 1) (i64.add) (i32.const 2))
              (else (drop) (i64.const 77) (br 0 (i64.const 5) (i32.const 6)))))
          (func (export "dead") (param i32) (result i32)
            (block (result i32)
              (br 0 (local.get 0)) (i32.add) (select) (drop) (drop)
              (loop (result i32) (unreachable) (i64.add) (i32.wrap_i64)) (drop) (block (br 0)) (i32.const 3)))
          (func (export "nested returns") (param i32) (result i32)
            (block (block (block (block
              (br_table 0 1 2 3 (local.get 0))) (return (i32.const 10))) (return (i32.const 20))) (return (i32.const 30)))
            (i32.const 40))
          (func (export "select") (param i32 f32 f32) (result f32) (select (local.get 1) (local.get 2) (local.get 0)))
          (func (export "select vectors") (param i32 v128 v128) (result v128) (select (local.get 1) (local.get 2) (local.get 0)))
          (func (export "select references") (param i32) (result i32)
            (ref.is_null (select (result externref) (ref.null extern) (ref.null extern) (local.get 0)))
            (ref.is_null (select (result funcref) (ref.null func) (ref.func $self) (local.get 0))) (i32.add))
          (func $self (export "order") (param i32 i32) (result i32)
            (i32.store (i32.const 0) (i32.const 1))
            (i32.store (i32.const 0) (i32.div_s (local.get 0) (local.get 1)))
            (i32.load (i32.const 0)))
          (func (export "order of traps") (param i32 i32) (result i32)
            (i32.add (i32.load (local.get 0)) (i32.div_u (i32.const 5) (local.get 1))))
          (func (export "order of traps 2") (param i32 i32)
            (i32.store (local.get 0) (i32.rem_s (i32.const 5) (local.get 1))))
          (func (export "order of traps 3") (param i32 f32) (result i32)
            (drop (i32.trunc_f32_s (local.get 1))) (i32.load offset=0x80000000 (local.get 0)))
          (func (export "dead division") (param i32 i32) (drop (i32.div_s (local.get 0) (local.get 1))))
          (func (export "dead remainder") (param i64 i64) (drop (i64.rem_u (local.get 0) (local.get 1))))
          (func (export "dead conversion") (param f64) (drop (i64.trunc_f64_u (local.get 0))))
          (func (export "overwritten division") (param i32 i32) (result i32) (local i32)
            (local.set 2 (i32.div_s (local.get 0) (local.get 1))) (local.set 2 (i32.const 1)) (local.get 2))
          (func (export "untaken division") (param i32 i32) (result i32) (local i32)
            (loop (if (local.get 0) (then (local.set 2 (i32.div_u (local.get 0) (local.get 1))))))
            (local.get 2)))
        """;

    private static string BranchTables()
    {
        const int Targets = 200;
        var text = new StringBuilder("(module");
        foreach (var targets in (string[])["0", "0 1", "1 0 1", "0 0 0 1 1 1 0"])
            text.Append($"(func (export \"{targets}\") (param i32) (result i32) (block (block (br_table {targets} (local.get 0))) (return (i32.const 1))) (i32.const 2))");
        text.Append("(func (export \"with values\") (param i32) (result i32) (block (result i32) (i32.add (i32.const 10) (block (result i32) (i32.const 5) (local.get 0) (br_table 0 1 0 1)))))");
        text.Append("(func (export \"to the function\") (param i32) (result i32) (block (result i32) (i32.const 5) (local.get 0) (br_table 0 1 1)) (drop) (i32.const 6))");
        text.Append("(func (export \"many\") (param i32) (result i32)");
        for (var i = 0; i < Targets; i++)
            text.Append("(block ");
        text.Append($"(br_table {string.Join(' ', Enumerable.Range(0, Targets))} (local.get 0))");
        for (var i = 0; i < Targets; i++)
            text.Append($") (return (i32.const {i}))");
        text.Append(") (func (export \"in a loop\") (param i32) (result i32) (local i32 i32) (loop (block (block (block (br_table 0 1 2 0 (i32.and (local.get 0) (i32.const 3))) (unreachable)) ")
            .Append("(local.set 1 (i32.add (local.get 1) (i32.const 1)))) (local.set 1 (i32.mul (local.get 1) (i32.const 3)))) (local.set 0 (i32.shr_u (local.get 0) (i32.const 1))) ")
            .Append("(br_if 0 (i32.lt_u (local.tee 2 (i32.add (local.get 2) (i32.const 1))) (i32.const 20)))) (local.get 1))");
        return text.Append(')').ToString();
    }

    private const string Variables = """
        (module
          (memory 1)
          (global $i (export "i") (mut i32) (i32.const 5)) (global $l (export "l") (mut i64) (i64.const 6)) (global $f (mut f32) (f32.const nan:0x200001)) (global $v (mut v128) (v128.const i64x2 1 2))
          (global $c i32 (i32.const 42)) (global $r (mut funcref) (ref.func $inc))
          (func $inc (result i32) (global.set $i (i32.add (global.get $i) (i32.const 1))) (global.get $i))
          (func (export "globals") (param i32 i64) (result i32 i64 f32 v128 i32)
            (global.set $i (local.get 0)) (global.set $l (local.get 1)) (global.get $i) (global.get $l) (global.get $f) (global.get $v) (global.get $c))
          (func (export "before and after a call") (param i32) (result i32 i32 i32)
            (global.get $i) (call $inc) (global.get $i))
          (func (export "set while waiting") (param i32) (result i32 i32)
            (local.get 0) (local.set 0 (i32.const 9)) (local.get 0))
          (func (export "tee while waiting") (param i32 i32) (result i32)
            (i32.sub (local.get 0) (i32.sub (local.tee 0 (local.get 1)) (local.get 0))))
          (func (export "rotate") (param i32 i64 f32 f64) (result f64 f32 i64 i32) (local i32 i64 f32 f64)
            (local.set 4 (local.get 0)) (local.set 5 (local.get 1)) (local.set 6 (local.get 2)) (local.set 7 (local.get 3))
            (local.get 7) (local.get 6) (local.get 5) (local.get 4))
          (func (export "swap") (param i32 i32) (result i32 i32)
            (local.get 0) (local.get 1) (local.set 0) (local.set 1) (local.get 0) (local.get 1))
          (func (export "zeroes") (result i32 i64 f32 f64 v128 i32) (local i32 i64 f32 f64 v128 externref)
            (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (ref.is_null (local.get 5)))
          (func (export "reference") (param i32) (result i32)
            (if (local.get 0) (then (global.set $r (ref.null func))) (else (global.set $r (ref.func $inc))))
            (ref.is_null (global.get $r)))
          (func (export "non-null local") (param i32) (result i32) (local (ref func))
            (local.set 1 (ref.func $inc)) (ref.is_null (local.get 1)))
          (func (export "load before store") (param i32) (result i32)
            (i32.load (i32.const 8)) (i32.store (i32.const 8) (local.get 0)) (i32.load (i32.const 8)) (i32.sub))
          (func (export "bytes of a word") (param i32) (result i32)
            (i32.store (i32.const 16) (local.get 0)) (i32.store8 (i32.const 17) (i32.const 0)) (i32.load (i32.const 16)) (i32.load16_s (i32.const 17)) (i32.add)))
        """;

    private const string SharedMemory = """
        (module
          (memory (export "m") 1 2 shared)
          (func (export "wait") (param i32) (result i32) (memory.atomic.wait32 (i32.mul (local.get 0) (i32.const 4)) (i32.const 0) (i64.const 1)))
          (func (export "wait for another") (param i32) (result i32) (memory.atomic.wait64 (i32.mul (local.get 0) (i32.const 8)) (i64.const 1) (i64.const 1000000)))
          (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
          (func (export "add") (param i32 i64) (result i64) (atomic.fence) (i64.atomic.rmw.add offset=8 (i32.const 16) (local.get 1)))
          (func (export "exchange") (param i32 i32) (result i32) (i32.atomic.rmw.cmpxchg (i32.and (local.get 0) (i32.const 0xFC)) (i32.const 0) (local.get 1)))
          (func (export "grow") (result i32) (memory.grow (i32.const 1)) (i32.store (i32.const 65536) (i32.const 1)))
          (func (export "plain") (param i32) (result i32) (i32.store8 (local.get 0) (i32.const 255)) (i32.load (local.get 0))))
        """;
}
