namespace Waxwing.Tests.Interpreter;

public class ObjectsTableTests
{
    /// <summary>Two tables of one index type, the first with i31 of 0 to 9.</summary>
    private static WasmInstance Make(bool is64, WasmLimits? limits = null)
    {
        var (t, x) = is64 ? ("i64", "i64") : ("", "i32");
        return ObjectsRunner.Instantiate($$"""
            (table $t {{t}} 10 20 i31ref) (table $u {{t}} 5 anyref) (table $small 3 i31ref) (table $large i64 3 i31ref)
            (elem $e i31ref (ref.i31 (i32.const 50)) (ref.i31 (i32.const 51)) (ref.i31 (i32.const 52)))
            (elem (table $t) ({{x}}.const 0) i31ref {{string.Concat(Enumerable.Range(0, 10).Select(i => $"(ref.i31 (i32.const {i}))"))}})
            (func (export "get") (param {{x}}) (result i32) (local $r i31ref)
              (local.set $r (table.get $t (local.get 0))) (if (result i32) (ref.is_null (local.get $r)) (then (i32.const -1)) (else (i31.get_s (local.get $r)))))
            (func (export "get u") (param {{x}}) (result anyref) (table.get $u (local.get 0)))
            (func (export "set") (param {{x}} i32) (table.set $t (local.get 0) (ref.i31 (local.get 1))))
            (func (export "size") (result {{x}}) (table.size $t))
            (func (export "grow") (param {{x}}) (result {{x}}) (table.grow $t (ref.i31 (i32.const 99)) (local.get 0)))
            (func (export "grow u") (param {{x}}) (result {{x}}) (table.grow $u (ref.null any) (local.get 0)))
            (func (export "fill") (param {{x}} {{x}}) (table.fill $t (local.get 0) (ref.i31 (i32.const 42)) (local.get 1)))
            (func (export "copy") (param {{x}} {{x}} {{x}}) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy to u") (param {{x}} {{x}} {{x}}) (table.copy $u $t (local.get 0) (local.get 1) (local.get 2)))
            (func (export "init") (param {{x}} i32 i32) (table.init $t $e (local.get 0) (local.get 1) (local.get 2)))
            (func (export "drop") (elem.drop $e))
            (func (export "to large") (param i64 i32 i32) (table.copy $large $small (local.get 0) (local.get 1) (local.get 2)))
            (func (export "to small") (param i32 i64 i32) (table.copy $small $large (local.get 0) (local.get 1) (local.get 2)))
            """, limits);
    }

    private static WasmValue Index(bool is64, long value) => is64 ? WasmValue.FromInt64(value) : WasmValue.FromInt32((int)value);

    private static WasmValue[] Indices(bool is64, params long[] values) => [.. values.Select(value => Index(is64, value))];

    private static int[] Contents(WasmInstance instance, bool is64, int count = 10) => [.. Enumerable.Range(0, count).Select(i => instance.Call("get", Index(is64, i)).AsInt32())];

    private static readonly int[] Untouched = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entries_are_read_and_written_up_to_the_length(bool is64)
    {
        using var instance = Make(is64);
        instance.Invoke("set", Index(is64, 9), 77);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 77], Contents(instance, is64));
        foreach (var index in is64 ? new long[] { 10, -1, 1L << 32, (1L << 32) + 1, long.MinValue } : [10, -1, int.MinValue])
        {
            var shown = is64 ? (ulong)index : (uint)index;
            Assert.Equal($"out of bounds table access: index {shown}, length 10", instance.Traps(TrapCode.TableOutOfBounds, "get", Index(is64, index)));
            Assert.Equal($"out of bounds table access: index {shown}, length 10", instance.Traps(TrapCode.TableOutOfBounds, "set", Index(is64, index), 1));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tables_grow_to_their_maximum(bool is64)
    {
        using var instance = Make(is64);
        Assert.Equal(Index(is64, 10), instance.Call("grow", Index(is64, 0)));
        Assert.Equal(Index(is64, 10), instance.Call("grow", Index(is64, 3)));
        Assert.Equal(Index(is64, 13), instance.Call("size"));
        Assert.Equal([.. Untouched, 99, 99, 99], Contents(instance, is64, 13));
        instance.Traps(TrapCode.TableOutOfBounds, "get", Index(is64, 13));
        foreach (var count in is64 ? new long[] { 8, -1, 1L << 32, long.MaxValue } : [8, -1])
            Assert.Equal(Index(is64, -1), instance.Call("grow", Index(is64, count)));
        Assert.Equal(Index(is64, 13), instance.Call("grow", Index(is64, 7)));
        Assert.Equal(Index(is64, 20), instance.Call("size"));
        Assert.Equal(Index(is64, -1), instance.Call("grow", Index(is64, 1)));
        Assert.Equal(Index(is64, 20), instance.Call("grow", Index(is64, 0)));
    }

    [Fact]
    public void Growth_beyond_the_limit_is_refused()
    {
        using var instance = Make(is64: false, WasmLimits.Default with { TableEntries = 12 });
        Assert.Equal(-1, instance.Call("grow u", 8));
        Assert.Equal(-1, instance.Call("grow u", int.MaxValue));
        Assert.Equal(5, instance.Call("grow u", 7));
        Assert.Equal(-1, instance.Call("grow u", 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fill_copy_and_init_change_just_their_range(bool is64)
    {
        using var instance = Make(is64);
        instance.Invoke("fill", Indices(is64, 2, 3));
        Assert.Equal([0, 1, 42, 42, 42, 5, 6, 7, 8, 9], Contents(instance, is64));
        instance.Invoke("copy", Indices(is64, 1, 0, 8));
        Assert.Equal([0, 0, 1, 42, 42, 42, 5, 6, 7, 9], Contents(instance, is64));
        instance.Invoke("copy", Indices(is64, 0, 3, 7));
        Assert.Equal([42, 42, 42, 5, 6, 7, 9, 6, 7, 9], Contents(instance, is64));
        instance.Invoke("init", Index(is64, 4), 1, 2);
        Assert.Equal([42, 42, 42, 5, 51, 52, 9, 6, 7, 9], Contents(instance, is64));
        instance.Invoke("copy to u", Indices(is64, 2, 4, 3));
        Assert.Equal(WasmValue.FromReference(I31.Of(51)), instance.Call("get u", Index(is64, 2)));
        Assert.Equal(WasmValue.Null, instance.Call("get u", Index(is64, 1)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_ranges_are_checked_before_anything_is_written(bool is64)
    {
        using var instance = Make(is64);
        instance.Invoke("fill", Indices(is64, 10, 0));
        instance.Invoke("copy", Indices(is64, 10, 10, 0));
        instance.Invoke("init", Index(is64, 10), 3, 0);
        foreach (var (from, count) in new long[][] { [11, 0], [10, 1], [0, 11], [5, -1], [-1, 1], [-1, 2], [-1, 0], [long.MinValue >> 31, 1L << 31] }.Select(pair => (pair[0], pair[1])))
        {
            instance.Traps(TrapCode.TableOutOfBounds, "fill", Indices(is64, from, count));
            instance.Traps(TrapCode.TableOutOfBounds, "copy", Indices(is64, from, 0, count));
            instance.Traps(TrapCode.TableOutOfBounds, "copy", Indices(is64, 0, from, count));
        }
        foreach (var (to, from, count) in new[] { (11, 0, 0), (10, 0, 1), (8, 0, 3), (0, 4, 0), (0, 3, 1), (0, 0, 4), (0, 1, -1), (0, -1, 1), (-1, 0, 1) })
            instance.Traps(TrapCode.TableOutOfBounds, "init", Index(is64, to), from, count);
        Assert.Equal(Untouched, Contents(instance, is64));
    }

    [Fact]
    public void Tables_of_different_index_types_are_copied()
    {
        using var instance = Make(is64: false);
        instance.Invoke("to large", 0L, 0, 3);
        instance.Invoke("to small", 1, 0L, 2);
        instance.Traps(TrapCode.TableOutOfBounds, "to large", 1L << 32, 0, 1);
        instance.Traps(TrapCode.TableOutOfBounds, "to large", 1L, 0, 3);
        instance.Traps(TrapCode.TableOutOfBounds, "to small", 0, 1L << 32, 1);
        instance.Traps(TrapCode.TableOutOfBounds, "to small", 0, 0L, 4);
        instance.Traps(TrapCode.TableOutOfBounds, "to small", 0, -1L, 1);
    }

    [Fact]
    public void Dropped_segments_are_empty()
    {
        using var instance = Make(is64: false);
        instance.Invoke("drop");
        instance.Invoke("drop");
        instance.Invoke("init", 10, 0, 0);
        Assert.Equal("out of bounds table access: 1 from 0, length of the element segment 0", instance.Traps(TrapCode.TableOutOfBounds, "init", 0, 0, 1));
        instance.Traps(TrapCode.TableOutOfBounds, "init", 0, 1, 0);
        Assert.Equal(Untouched, Contents(instance, is64: false));
    }

    [Fact]
    public void Active_and_declarative_segments_are_dropped_from_the_start()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (table $t 4 funcref)
            (elem $active (table $t) (i32.const 0) func $f) (elem $declared declare func $f)
            (func $f)
            (func (export "active") (param i32) (table.init $t $active (i32.const 0) (i32.const 0) (local.get 0)))
            (func (export "declared") (param i32) (table.init $t $declared (i32.const 0) (i32.const 0) (local.get 0)))
            """);
        foreach (var name in new[] { "active", "declared" })
        {
            instance.Invoke(name, 0);
            instance.Traps(TrapCode.TableOutOfBounds, name, 1);
        }
    }
}
