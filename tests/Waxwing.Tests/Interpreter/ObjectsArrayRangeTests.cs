using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Interpreter;

public class ObjectsArrayRangeTests
{
    /// <summary>An array of ten bytes 0 to 9, one of references to i31 of 0 to 9, and what instructions do to them.</summary>
    private static WasmInstance Make() => ObjectsRunner.Instantiate("""
        (type $b (array (mut i8))) (type $r (array (mut i31ref))) (type $e (array (mut eqref))) (type $l (array (mut i64))) (type $v (array (mut v128)))
        (data $d "\10\11\12\13\14\15\16\17\18\19\1a\1b\1c\1d\1e\1f")
        (elem $s i31ref (ref.i31 (i32.const 50)) (ref.i31 (i32.const 51)) (ref.i31 (i32.const 52)))
        (global $b (mut (ref null $b)) (ref.null $b)) (global $r (mut (ref null $r)) (ref.null $r))
        (func (export "reset")
          (global.set $b (array.new_fixed $b 10 (i32.const 0) (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9)))
          (global.set $r (array.new_fixed $r 10 (ref.i31 (i32.const 0)) (ref.i31 (i32.const 1)) (ref.i31 (i32.const 2)) (ref.i31 (i32.const 3)) (ref.i31 (i32.const 4))
            (ref.i31 (i32.const 5)) (ref.i31 (i32.const 6)) (ref.i31 (i32.const 7)) (ref.i31 (i32.const 8)) (ref.i31 (i32.const 9)))))
        (func (export "byte") (param i32) (result i32) (array.get_u $b (global.get $b) (local.get 0)))
        (func (export "reference") (param i32) (result i32) (i31.get_s (array.get $r (global.get $r) (local.get 0))))
        (func (export "fill bytes") (param i32 i32) (array.fill $b (global.get $b) (local.get 0) (i32.const 0x142) (local.get 1)))
        (func (export "fill references") (param i32 i32) (array.fill $r (global.get $r) (local.get 0) (ref.i31 (i32.const 0x42)) (local.get 1)))
        (func (export "copy bytes") (param i32 i32 i32) (array.copy $b $b (global.get $b) (local.get 0) (global.get $b) (local.get 1) (local.get 2)))
        (func (export "copy references") (param i32 i32 i32) (array.copy $r $r (global.get $r) (local.get 0) (global.get $r) (local.get 1) (local.get 2)))
        (func (export "init bytes") (param i32 i32 i32) (array.init_data $b $d (global.get $b) (local.get 0) (local.get 1) (local.get 2)))
        (func (export "init references") (param i32 i32 i32) (array.init_elem $r $s (global.get $r) (local.get 0) (local.get 1) (local.get 2)))
        (func (export "new long") (param i32 i32) (result i64) (array.get $l (array.new_data $l $d (local.get 0) (local.get 1)) (i32.const 0)))
        (func (export "new longs") (param i32 i32) (result i32) (array.len (array.new_data $l $d (local.get 0) (local.get 1))))
        (func (export "init vector") (param i32 i32 i32) (result v128) (local $v (ref $v))
          (local.set $v (array.new_default $v (i32.const 2))) (array.init_data $v $d (local.get $v) (local.get 0) (local.get 1) (local.get 2))
          (array.get $v (local.get $v) (i32.const 1)))
        (func (export "new references") (param i32 i32) (result i32) (array.len (array.new_elem $e $s (local.get 0) (local.get 1))))
        (func (export "new reference") (param i32 i32) (result eqref) (array.get $e (array.new_elem $e $s (local.get 0) (local.get 1)) (i32.const 0)))
        (func (export "widen") (param i32 i32 i32) (result eqref) (local $e (ref $e))
          (local.set $e (array.new_default $e (i32.const 4)))
          (array.copy $e $r (local.get $e) (local.get 0) (global.get $r) (local.get 1) (local.get 2))
          (array.get $e (local.get $e) (i32.const 1)))
        (func (export "fill vector") (param v128 i32) (result v128 v128) (local $v (ref $v))
          (local.set $v (array.new_default $v (i32.const 3))) (array.fill $v (local.get $v) (i32.const 1) (local.get 0) (local.get 1))
          (array.get $v (local.get $v) (i32.const 0)) (array.get $v (local.get $v) (i32.const 2)))
        (func (export "drop") (data.drop $d) (elem.drop $s))
        (func (export "null fill") (array.fill $b (ref.null $b) (i32.const 0) (i32.const 0) (i32.const 0)))
        (func (export "null copy to") (array.copy $b $b (ref.null $b) (i32.const 0) (global.get $b) (i32.const 0) (i32.const 0)))
        (func (export "null copy from") (array.copy $b $b (global.get $b) (i32.const 0) (ref.null $b) (i32.const 0) (i32.const 0)))
        (func (export "null init data") (array.init_data $b $d (ref.null $b) (i32.const 0) (i32.const 0) (i32.const 0)))
        (func (export "null init elem") (array.init_elem $r $s (ref.null $r) (i32.const 0) (i32.const 0) (i32.const 0)))
        """);

    private static int[] Contents(WasmInstance instance, string get) => [.. Enumerable.Range(0, 10).Select(i => instance.Call(get, i).AsInt32())];

    private static readonly int[] Untouched = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Theory]
    [InlineData("bytes", "byte")]
    [InlineData("references", "reference")]
    public void Fill_and_copy_change_just_their_range(string what, string get)
    {
        using var instance = Make();
        instance.Invoke("reset");
        instance.Invoke($"fill {what}", 2, 3);
        Assert.Equal([0, 1, 0x42, 0x42, 0x42, 5, 6, 7, 8, 9], Contents(instance, get));
        // Overlapping either way, and onto itself.
        instance.Invoke("reset");
        instance.Invoke($"copy {what}", 1, 0, 8);
        Assert.Equal([0, 0, 1, 2, 3, 4, 5, 6, 7, 9], Contents(instance, get));
        instance.Invoke("reset");
        instance.Invoke($"copy {what}", 0, 3, 7);
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 7, 8, 9], Contents(instance, get));
        instance.Invoke("reset");
        instance.Invoke($"copy {what}", 0, 0, 10);
        Assert.Equal(Untouched, Contents(instance, get));
    }

    [Theory]
    [InlineData("fill bytes", TrapCode.ArrayOutOfBounds, 10, 16)]
    [InlineData("fill references", TrapCode.ArrayOutOfBounds, 10, 16)]
    public void Fill_checks_its_range_first(string name, TrapCode code, int length, int beyond)
    {
        using var instance = Make();
        instance.Invoke("reset");
        instance.Invoke(name, length, 0);
        foreach (var (from, count) in new[] { (length + 1, 0), (length, 1), (0, length + 1), (1, -1), (-1, 1), (-1, 0), (beyond, 0), (int.MaxValue, int.MaxValue) })
            instance.Traps(code, name, from, count);
        Assert.Equal(Untouched, Contents(instance, "byte"));
        Assert.Equal(Untouched, Contents(instance, "reference"));
    }

    [Theory]
    [InlineData("copy bytes", 10, TrapCode.ArrayOutOfBounds)]
    [InlineData("copy references", 10, TrapCode.ArrayOutOfBounds)]
    [InlineData("init bytes", 16, TrapCode.MemoryOutOfBounds)]
    [InlineData("init references", 3, TrapCode.TableOutOfBounds)]
    public void Copies_check_both_ranges_first(string name, int source, TrapCode outside)
    {
        using var instance = Make();
        instance.Invoke("reset");
        instance.Invoke(name, 10, 0, 0);
        instance.Invoke(name, 0, source, 0);
        foreach (var (to, from, count) in new[] { (11, 0, 0), (10, 0, 1), (0, 0, 11), (-1, 0, 1), (1, 0, -1), (-1, 0, 0) })
            instance.Traps(TrapCode.ArrayOutOfBounds, name, to, from, count);
        foreach (var (to, from, count) in new[] { (0, source + 1, 0), (0, source, 1), (0, 1, Math.Min(source, 10)), (0, -1, 1), (0, -1, 0) })
        {
            if (from + (long)count > source || from < 0)
                instance.Traps(outside, name, to, from, count);
        }
        Assert.Equal(Untouched, Contents(instance, "byte"));
        Assert.Equal(Untouched, Contents(instance, "reference"));
    }

    [Fact]
    public void Segments_initialise_arrays()
    {
        using var instance = Make();
        instance.Invoke("reset");
        instance.Invoke("init bytes", 3, 1, 4);
        instance.Invoke("init references", 7, 0, 3);
        Assert.Equal([0, 1, 2, 0x11, 0x12, 0x13, 0x14, 7, 8, 9], Contents(instance, "byte"));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 50, 51, 52], Contents(instance, "reference"));
        Assert.Equal(0x1817161514131211, instance.Call("new long", 1, 1));
        Assert.Equal(2, instance.Call("new longs", 0, 2));
        Assert.Equal(WasmValue.FromReference(I31.Of(51)), instance.Call("new reference", 1, 2));
        Assert.Equal(Vector128.Create(0x1716151413121110, 0x1F1E1D1C1B1A1918).AsByte(), instance.Call("init vector", 1, 0, 1).AsVector128());
    }

    [Fact]
    public void Segment_ranges_are_counted_in_bytes_without_wrapping()
    {
        using var instance = Make();
        instance.Traps(TrapCode.MemoryOutOfBounds, "new longs", 0, 3);
        instance.Traps(TrapCode.MemoryOutOfBounds, "new longs", 1, 2);
        Assert.Equal(0, instance.Call("new longs", 16, 0));
        instance.Traps(TrapCode.MemoryOutOfBounds, "new longs", 17, 0);
        // 8 times 2^29 is 2^32, and 16 times 2^28 too.
        instance.Traps(TrapCode.MemoryOutOfBounds, "new longs", 0, 1 << 29);
        instance.Traps(TrapCode.ArrayOutOfBounds, "init vector", 0, 0, 1 << 28);
        instance.Traps(TrapCode.MemoryOutOfBounds, "init vector", 1, 1, 1);
        Assert.Equal(3, instance.Call("new references", 0, 3));
        instance.Traps(TrapCode.TableOutOfBounds, "new references", 0, 4);
        instance.Traps(TrapCode.TableOutOfBounds, "new references", 1, -1);
        instance.Traps(TrapCode.TableOutOfBounds, "new references", -1, 1);
    }

    [Fact]
    public void Dropped_segments_are_empty()
    {
        using var instance = Make();
        instance.Invoke("reset");
        instance.Invoke("drop");
        instance.Invoke("drop");
        instance.Invoke("init bytes", 10, 0, 0);
        instance.Invoke("init references", 0, 0, 0);
        Assert.Equal(0, instance.Call("new longs", 0, 0));
        Assert.Equal(0, instance.Call("new references", 0, 0));
        Assert.Equal("out of bounds memory access: 1 from 0, length of the data segment 0", instance.Traps(TrapCode.MemoryOutOfBounds, "init bytes", 0, 0, 1));
        Assert.Equal("out of bounds table access: 0 from 1, length of the element segment 0", instance.Traps(TrapCode.TableOutOfBounds, "init references", 0, 1, 0));
        instance.Traps(TrapCode.MemoryOutOfBounds, "new longs", 0, 1);
        instance.Traps(TrapCode.TableOutOfBounds, "new references", 0, 1);
    }

    [Fact]
    public void References_are_copied_to_arrays_of_a_supertype()
    {
        using var instance = Make();
        instance.Invoke("reset");
        Assert.Equal(WasmValue.FromReference(I31.Of(6)), instance.Call("widen", 0, 5, 4));
        Assert.Equal(WasmValue.Null, instance.Call("widen", 2, 5, 2));
    }

    [Fact]
    public void Vectors_are_filled_behind_their_two_slots()
    {
        using var instance = Make();
        var vector = Vector128.Create((byte)0xC3);
        Assert.Equal([Vector128<byte>.Zero, vector], instance.Invoke("fill vector", vector, 2));
        instance.Traps(TrapCode.ArrayOutOfBounds, "fill vector", vector, 3);
    }

    [Fact]
    public void Null_arrays_trap()
    {
        using var instance = Make();
        instance.Invoke("reset");
        foreach (var name in new[] { "null fill", "null copy to", "null copy from", "null init data", "null init elem" })
            instance.Traps(TrapCode.NullArrayReference, name);
    }
}
