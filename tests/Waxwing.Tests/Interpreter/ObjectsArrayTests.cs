namespace Waxwing.Tests.Interpreter;

public class ObjectsArrayTests
{
    [Fact]
    public void Every_storage_keeps_what_it_is_given()
    {
        foreach (var (storage, type, constant, value) in ObjectsRunner.Storages)
        {
            var get = storage is "i8" or "i16" ? "array.get_u" : "array.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $a (array (mut {{storage}})))
                (func (export "new") (param i32 i32) (result {{type}}) ({{get}} $a (array.new $a ({{constant}}) (local.get 0)) (local.get 1)))
                (func (export "fixed") (param i32) (result {{type}}) (local $x {{type}})
                  ({{get}} $a (array.new_fixed $a 3 (local.get $x) ({{constant}}) (local.get $x)) (i32.add (local.get 0) (i32.const 1))))
                (func (export "constant") (result {{type}}) (local $a (ref $a))
                  (local.set $a (array.new_default $a (i32.const 3)))
                  (array.set $a (local.get $a) (i32.const 1) ({{constant}}))
                  ({{get}} $a (local.get $a) (i32.const 1)))
                (func (export "slot") (param $i i32) (result {{type}}) (local $a (ref $a)) (local $x {{type}})
                  (local.set $a (array.new_default $a (i32.const 3))) (local.set $x ({{constant}}))
                  (array.set $a (local.get $a) (local.get $i) (local.get $x))
                  ({{get}} $a (local.get $a) (local.get $i)))
                (func (export "fresh") (param $i i32) (result {{type}}) (local $a (ref $a))
                  (local.set $a (array.new_default $a (i32.const 3)))
                  (array.set $a (local.get $a) (i32.sub (local.get $i) (i32.const 1)) ({{get}} $a (array.new_fixed $a 1 ({{constant}})) (i32.const 0)))
                  ({{get}} $a (local.get $a) (i32.sub (local.get $i) (i32.const 1))))
                (func (export "neighbours") (param $i i32) (result {{type}} {{type}}) (local $a (ref $a))
                  (local.set $a (array.new_default $a (i32.const 3)))
                  (array.set $a (local.get $a) (local.get $i) ({{constant}}))
                  ({{get}} $a (local.get $a) (i32.const 0)) ({{get}} $a (local.get $a) (i32.const 2)))
                (func (export "default") (result {{type}}) ({{get}} $a (array.new_default $a (i32.const 3)) (i32.const 2)))
                """);
            Assert.Equal(value, instance.Call("new", 5, 4));
            Assert.Equal(value, instance.Call("fixed", 0));
            Assert.Equal(value, instance.Call("constant"));
            Assert.Equal(value, instance.Call("slot", 2));
            Assert.Equal(value, instance.Call("fresh", 3));
            var zero = instance.Call("default");
            Assert.Equal((0UL, 0UL), (zero.Low, zero.High));
            Assert.Equal([zero, zero], instance.Invoke("neighbours", 1));
        }
    }

    [Fact]
    public void Indices_are_unsigned_and_end_at_the_length()
    {
        foreach (var (storage, _, constant, _) in ObjectsRunner.Storages)
        {
            var get = storage is "i8" or "i16" ? "array.get_s" : "array.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $a (array (mut {{storage}})))
                (func (export "get") (param $n i32) (param $i i32) (drop ({{get}} $a (array.new_default $a (local.get $n)) (local.get $i))))
                (func (export "get7") (param $n i32) (drop ({{get}} $a (array.new_default $a (local.get $n)) (i32.const 7))))
                (func (export "set") (param $n i32) (param $i i32) (array.set $a (array.new_default $a (local.get $n)) (local.get $i) ({{constant}})))
                (func (export "null get") (drop ({{get}} $a (ref.null $a) (i32.const 0))))
                (func (export "null set") (array.set $a (ref.null $a) (i32.const 0) ({{constant}})))
                """);
            instance.Invoke("get", 8, 7);
            instance.Invoke("set", 8, 7);
            instance.Invoke("get7", 8);
            foreach (var (length, index) in new[] { (8, 8), (8, -1), (0, 0), (1, int.MinValue) })
            {
                Assert.Equal($"out of bounds array access: index {(uint)index}, length {length}", instance.Traps(TrapCode.ArrayOutOfBounds, "get", length, index));
                Assert.Equal($"out of bounds array access: index {(uint)index}, length {length}", instance.Traps(TrapCode.ArrayOutOfBounds, "set", length, index));
            }
            instance.Traps(TrapCode.ArrayOutOfBounds, "get7", 7);
            instance.Traps(TrapCode.NullArrayReference, "null get");
            instance.Traps(TrapCode.NullArrayReference, "null set");
        }
    }

    [Fact]
    public void Packed_elements_are_read_with_either_extension()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $b (array i8)) (type $s (array i16))
            (func (export "f") (param i32) (result i32 i32 i32 i32)
              (array.get_s $b (array.new $b (local.get 0) (i32.const 2)) (i32.const 1)) (array.get_u $b (array.new $b (local.get 0) (i32.const 2)) (i32.const 1))
              (array.get_s $s (array.new $s (local.get 0) (i32.const 2)) (i32.const 1)) (array.get_u $s (array.new $s (local.get 0) (i32.const 2)) (i32.const 1)))
            """);
        Assert.Equal([-128, 0x80, -32640, 0x8080], instance.Invoke("f", 0x18080));
    }

    [Fact]
    public void Lengths_are_told()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $v (array v128)) (type $r (array eqref))
            (func (export "len") (param i32) (result i32 i32) (array.len (array.new_default $v (local.get 0))) (array.len (array.new $r (ref.null eq) (local.get 0))))
            (func (export "null") (drop (array.len (ref.null array))))
            (func (export "empty") (result i32) (array.len (array.new_fixed $v 0)))
            """);
        Assert.Equal([1000, 1000], instance.Invoke("len", 1000));
        Assert.Equal([0, 0], instance.Invoke("len", 0));
        Assert.Equal(0, instance.Call("empty"));
        instance.Traps(TrapCode.NullArrayReference, "null");
    }

    [Fact]
    public void Arrays_beyond_the_limit_are_refused_without_allocating()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $b (array (mut i8))) (type $v (array (mut v128))) (type $r (array (mut eqref))) (type $f (array funcref))
            (data $d "0123456789abcdef0123456789abcdef") (elem $e funcref (ref.null func) (ref.null func) (ref.null func) (ref.null func))
            (func (export "bytes") (param i32) (result i32) (array.len (array.new $b (i32.const 1) (local.get 0))))
            (func (export "vectors") (param i32) (result i32) (array.len (array.new_default $v (local.get 0))))
            (func (export "references") (param i32) (result i32) (array.len (array.new $r (ref.null eq) (local.get 0))))
            (func (export "data") (param i32) (result i32) (array.len (array.new_data $b $d (i32.const 0) (local.get 0))))
            (func (export "elem") (param i32) (result i32) (array.len (array.new_elem $f $e (i32.const 0) (local.get 0))))
            (func (export "fixed") (result i32) (array.len (array.new_fixed $v 2 (v128.const i64x2 0 0) (v128.const i64x2 0 0))))
            """, WasmLimits.Default with { ArrayBytes = 24 });
        Assert.Equal(24, instance.Call("bytes", 24));
        Assert.Equal("allocation refused: an array of 25 elements, 25 bytes (the limit is 24)", instance.Traps(TrapCode.AllocationRefused, "bytes", 25));
        instance.Traps(TrapCode.AllocationRefused, "bytes", -1);
        Assert.Equal(1, instance.Call("vectors", 1));
        instance.Traps(TrapCode.AllocationRefused, "vectors", 2);
        // 16 times 2^28 is 2^32: nothing may wrap.
        instance.Traps(TrapCode.AllocationRefused, "vectors", 1 << 28);
        Assert.Equal(3, instance.Call("references", 3));
        instance.Traps(TrapCode.AllocationRefused, "references", 4);
        instance.Traps(TrapCode.AllocationRefused, "references", 1 << 29);
        instance.Traps(TrapCode.AllocationRefused, "data", 25);
        instance.Traps(TrapCode.AllocationRefused, "elem", 4);
        instance.Traps(TrapCode.AllocationRefused, "fixed");
    }

    [Fact]
    public void Arrays_of_the_default_limit_are_refused_beyond_it()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (type $v (array (mut v128)))
            (func (export "vectors") (param i32) (drop (array.new_default $v (local.get 0))))
            """);
        instance.Traps(TrapCode.AllocationRefused, "vectors", -1);
        instance.Traps(TrapCode.AllocationRefused, "vectors", (1 << 26) + 1);
    }

    [Fact]
    public void Fixed_arrays_take_many_elements_in_order()
    {
        foreach (var (storage, type, element) in new[] { ("i8", "i32", "i32.const"), ("i16", "i32", "i32.const"), ("i32", "i32", "i32.const"), ("i64", "i64", "i64.const"), ("f32", "f32", "f32.const"), ("f64", "f64", "f64.const") })
        {
            var get = storage is "i8" or "i16" ? "array.get_u" : "array.get";
            using var instance = ObjectsRunner.Instantiate($$"""
                (type $a (array {{storage}}))
                (func (export "f") (param i32) (result {{type}})
                  ({{get}} $a (array.new_fixed $a 200 {{string.Concat(Enumerable.Range(0, 200).Select(i => $"({element} {i})"))}}) (local.get 0)))
                """);
            foreach (var index in new[] { 0, 1, 77, 199 })
            {
                var expected = type switch { "i32" => WasmValue.FromInt32(index), "i64" => WasmValue.FromInt64(index), "f32" => WasmValue.FromSingle(index), _ => WasmValue.FromDouble(index) };
                Assert.Equal(expected, instance.Call("f", index));
            }
        }
    }
}
