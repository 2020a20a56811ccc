using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Interpreter;

public class ObjectsStructTests
{
    [Fact]
    public void Every_storage_keeps_what_it_is_given()
    {
        // Each field with neighbours on both sides, which must stay as they are; set from a constant, a slot and a fresh result.
        foreach (var (storage, type, constant, value) in ObjectsRunner.Storages)
        {
            var get = storage is "i8" or "i16" ? "struct.get_u" : "struct.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $s (struct (field $a (mut i8)) (field $x (mut {{storage}})) (field $b (mut i8))))
                (func $new (result (ref $s)) (struct.new $s (i32.const 0x11) ({{constant}}) (i32.const 0x22)))
                (func $result (param $s (ref $s)) (result {{type}} i32 i32)
                  ({{get}} $s $x (local.get $s)) (struct.get_u $s $a (local.get $s)) (struct.get_u $s $b (local.get $s)))
                (func (export "new") (result {{type}} i32 i32) (call $result (call $new)))
                (func (export "constant") (result {{type}} i32 i32) (local $s (ref $s))
                  (local.set $s (struct.new_default $s))
                  (struct.set $s $a (local.get $s) (i32.const 0x11)) (struct.set $s $b (local.get $s) (i32.const 0x22))
                  (struct.set $s $x (local.get $s) ({{constant}}))
                  (call $result (local.get $s)))
                (func (export "slot") (result {{type}} i32 i32) (local $s (ref $s)) (local $x {{type}})
                  (local.set $s (call $new)) (local.set $x ({{constant}}))
                  (struct.set $s $x (local.get $s) (local.get $x))
                  (call $result (local.get $s)))
                (func (export "fresh") (result {{type}} i32 i32) (local $s (ref $s))
                  (local.set $s (call $new))
                  (struct.set $s $x (local.get $s) ({{get}} $s $x (call $new)))
                  (call $result (local.get $s)))
                """);
            foreach (var name in new[] { "new", "constant", "slot", "fresh" })
                Assert.Equal([value, 0x11, 0x22], instance.Invoke(name));
        }
    }

    [Fact]
    public void Packed_fields_are_read_with_either_extension()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $s (struct (field i8) (field i16)))
            (func (export "get") (param i32) (result i32 i32 i32 i32) (local $s (ref $s))
              (local.set $s (struct.new $s (local.get 0) (local.get 0)))
              (struct.get_s $s 0 (local.get $s)) (struct.get_u $s 0 (local.get $s)) (struct.get_s $s 1 (local.get $s)) (struct.get_u $s 1 (local.get $s)))
            """);
        Assert.Equal([-1, 0xFF, -1, 0xFFFF], instance.Invoke("get", -1));
        Assert.Equal([0x7F, 0x7F, 0x7F7F, 0x7F7F], instance.Invoke("get", 0x7F7F7F7F));
        Assert.Equal([-128, 0x80, -32640, 0x8080], instance.Invoke("get", 0x8080));
    }

    [Fact]
    public void Fields_of_a_supertype_are_found_in_objects_of_subtypes()
    {
        // Subtypes add numbers and references in turn, so that their storage is of other classes.
        using var instance = ObjectsRunner.Instantiate("""
            (type $a (sub (struct (field $n (mut i32)) (field $r (mut eqref)))))
            (type $b (sub $a (struct (field $n (mut i32)) (field $r (mut eqref)) (field v128) (field f32))))
            (type $c (sub $b (struct (field $n (mut i32)) (field $r (mut eqref)) (field v128) (field f32) (field eqref) (field eqref) (field i8))))
            (func $swap (param $a (ref $a)) (param $r eqref) (result i32) (local $old i32)
              (local.set $old (struct.get $a $n (local.get $a)))
              (struct.set $a $n (local.get $a) (i32.add (local.get $old) (i32.const 1)))
              (struct.set $a $r (local.get $a) (local.get $r))
              (i32.add (struct.get $a $n (local.get $a)) (ref.eq (struct.get $a $r (local.get $a)) (local.get $r))))
            (func (export "a") (result i32) (call $swap (struct.new_default $a) (ref.i31 (i32.const 100000))))
            (func (export "b") (result i32) (call $swap (struct.new $b (i32.const 10) (ref.null eq) (v128.const i64x2 -1 -1) (f32.const 1)) (ref.i31 (i32.const 7))))
            (func (export "c") (result i32 i32 f32 i32) (local $c (ref $c))
              (local.set $c (struct.new $c (i32.const 20) (ref.null eq) (v128.const i64x2 -1 5) (f32.const 1.5) (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)) (i32.const 99)))
              (call $swap (local.get $c) (local.get $c))
              (i31.get_s (ref.cast (ref i31) (struct.get $c 5 (local.get $c))))
              (struct.get $c 3 (local.get $c))
              (struct.get_s $c 6 (local.get $c)))
            """);
        Assert.Equal(2, instance.Call("a"));
        Assert.Equal(12, instance.Call("b"));
        Assert.Equal([22, 2, 1.5f, 99], instance.Invoke("c"));
    }

    [Fact]
    public void Operands_of_struct_new_go_to_their_fields_across_vectors()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $s (struct (field i32) (field v128) (field eqref) (field i8) (field v128) (field i64) (field f32)))
            (func (export "f") (param v128) (result i32 v128 i32 i32 v128 i64 f32) (local $s (ref $s))
              (local.set $s (struct.new $s (i32.const 1) (local.get 0) (ref.i31 (i32.const 3)) (i32.const 4) (v128.not (local.get 0)) (i64.const -6) (f32.const 7)))
              (struct.get $s 0 (local.get $s)) (struct.get $s 1 (local.get $s)) (i31.get_u (ref.cast i31ref (struct.get $s 2 (local.get $s))))
              (struct.get_s $s 3 (local.get $s)) (struct.get $s 4 (local.get $s)) (struct.get $s 5 (local.get $s)) (struct.get $s 6 (local.get $s)))
            """);
        var vector = Vector128.Create((byte)0x5A);
        Assert.Equal([1, vector, 3, 4, ~vector, -6L, 7f], instance.Invoke("f", vector));
    }

    [Fact]
    public void Defaults_are_zero_and_null()
    {
        foreach (var (storage, type, _, _) in ObjectsRunner.Storages)
        {
            var get = storage is "i8" or "i16" ? "struct.get_s" : "struct.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $s (struct (field {{storage}}) (field {{storage}})))
                (func (export "f") (result {{type}}) ({{get}} $s 1 (struct.new_default $s)))
                """);
            var value = instance.Call("f");
            Assert.Equal((0UL, 0UL), (value.Low, value.High));
            if (value.Kind == ValueKind.Reference)
                Assert.Null(value.AsReference());
        }
    }

    [Fact]
    public void Wide_structs_keep_every_field()
    {
        const int Count = 300;
        var fields = string.Concat(Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? "(field eqref)" : i % 3 == 1 ? "(field i16)" : "(field i64)"));
        var values = string.Concat(Enumerable.Range(0, Count).Select(i => i % 3 == 0 ? $"(ref.i31 (i32.const {i}))" : i % 3 == 1 ? $"(i32.const {i})" : $"(i64.const {i})"));
        var gets = string.Concat(Enumerable.Range(0, Count).Select(i => $"(i32.add {(i % 3 == 0 ? $"(i31.get_s (ref.cast i31ref (struct.get $s {i} (local.get $s))))"
            : i % 3 == 1 ? $"(struct.get_u $s {i} (local.get $s))" : $"(i32.wrap_i64 (struct.get $s {i} (local.get $s)))")} (i32.mul (i32.const 31)"));
        using var instance = ObjectsRunner.Instantiate(
            $"(type $s (struct {fields})) (func (export \"f\") (result i32) (local $s (ref $s)) (local.set $s (struct.new $s {values})) {gets} (i32.const 1) {new string(')', 2 * Count)})");
        var expected = 1;
        for (var i = Count - 1; i >= 0; i--)
            expected = unchecked(i + 31 * expected);
        Assert.Equal(expected, instance.Call("f"));
    }

    [Fact]
    public void Null_structures_trap()
    {
        foreach (var (storage, _, constant, _) in ObjectsRunner.Storages)
        {
            var get = storage is "i8" or "i16" ? "struct.get_s" : "struct.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $s (struct (field (mut {{storage}}))))
                (func (export "get") (drop ({{get}} $s 0 (ref.null $s))))
                (func (export "set") (struct.set $s 0 (ref.null $s) ({{constant}})))
                """);
            instance.Traps(TrapCode.NullStructReference, "get");
            instance.Traps(TrapCode.NullStructReference, "set");
        }
    }

    [Fact]
    public void Structs_are_kept_while_only_the_guest_refers_to_them()
    {
        // A list of many cells, while garbage is made and collected.
        using var instance = ObjectsRunner.Instantiate("""
            (type $cell (struct (field i32) (field (ref null $cell))))
            (func (export "sum") (param $n i32) (result i64) (local $list (ref null $cell)) (local $i i32) (local $sum i64)
              (loop $make
                (drop (struct.new $cell (i32.const -1) (local.get $list)))
                (local.set $list (struct.new $cell (local.get $i) (local.get $list)))
                (br_if $make (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
              (loop $walk
                (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_u (struct.get $cell 0 (local.get $list)))))
                (br_if $walk (i32.eqz (ref.is_null (local.tee $list (struct.get $cell 1 (local.get $list)))))))
              (local.get $sum))
            """);
        Assert.Equal(199_999L * 200_000 / 2, instance.Call("sum", 200_000));
    }

    [Fact]
    public void Long_loops_of_object_instructions_run_in_constant_host_stack()
    {
        // Were one of these handlers not to leave by a tail call, a million rounds would end the process.
        using var instance = ObjectsRunner.Instantiate("""
            (type $s (sub (struct (field $b (mut i8)) (field $i (mut i32)) (field $d (mut f64)) (field $v (mut v128)) (field $r (mut (ref null $s))))))
            (type $t (sub $s (struct (field (mut i8)) (field (mut i32)) (field (mut f64)) (field (mut v128)) (field (mut (ref null $s))) (field i32))))
            (type $a (array (mut i32))) (type $ra (array (mut eqref)))
            (table $tab 4 eqref)
            (memory 1)
            (global $g (mut eqref) (ref.null eq))
            (data $data "abcd") (elem $elem eqref (ref.null eq))
            (func (export "f") (param $n i32) (result i32) (local $s (ref null $s)) (local $a (ref null $a)) (local $ra (ref null $ra)) (local $e eqref) (local $sum i32)
              (local.set $s (struct.new_default $t))
              (local.set $a (array.new_default $a (i32.const 4)))
              (local.set $ra (array.new_default $ra (i32.const 4)))
              (loop $l
                (struct.set $s $b (local.get $s) (local.get $n))
                (struct.set $s $i (local.get $s) (i32.const 1))
                (struct.set $s $i (local.get $s) (i32.add (struct.get $s $i (local.get $s)) (i32.const 0)))
                (struct.set $s $d (local.get $s) (struct.get $s $d (local.get $s)))
                (struct.set $s $v (local.get $s) (struct.get $s $v (local.get $s)))
                (struct.set $s $r (local.get $s) (local.get $s))
                (local.set $s (struct.get $s $r (local.get $s)))
                (array.set $a (local.get $a) (i32.and (local.get $n) (i32.const 3)) (local.get $n))
                (drop (array.get $a (local.get $a) (i32.const 3)))
                (array.set $ra (local.get $ra) (i32.const 1) (local.get $s))
                (local.set $e (array.get $ra (local.get $ra) (i32.and (local.get $n) (i32.const 1))))
                (global.set $g (local.get $e)) (local.set $e (global.get $g))
                (table.set $tab (i32.const 2) (local.get $e))
                (local.set $e (table.get $tab (i32.const 2)))
                (local.set $s (ref.cast (ref null $s) (local.get $s)))
                (drop (ref.cast (ref null $s) (local.get $e)))
                (drop (ref.test (ref $t) (local.get $s)))
                (drop (ref.as_non_null (local.get $s)))
                (block (drop (br_on_null 0 (local.get $e))))
                (drop (block (result eqref) (br_on_cast 0 eqref (ref $s) (local.get $e))))
                (drop (i31.get_s (ref.i31 (local.get $n))))
                (drop (array.len (local.get $a)))
                (drop (struct.new_default $s))
                (drop (table.size $tab))
                (memory.copy (i32.const 0) (i32.const 8) (i32.const 4))
                (memory.fill (i32.const 0) (i32.const 8) (i32.const 4))
                (memory.init $data (i32.const 0) (i32.const 0) (i32.const 2))
                (table.copy $tab $tab (i32.const 0) (i32.const 1) (i32.const 2))
                (table.fill $tab (i32.const 0) (ref.null eq) (i32.const 2))
                (table.init $tab $elem (i32.const 0) (i32.const 0) (i32.const 1))
                (local.set $sum (i32.add (local.get $sum) (i32.add (ref.is_null (local.get $s)) (ref.eq (local.get $s) (local.get $s)))))
                (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              (local.get $sum))
            """);
        Assert.Equal(300_000, instance.Call("f", 300_000));
    }
}
