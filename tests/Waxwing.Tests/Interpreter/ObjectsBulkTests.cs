namespace Waxwing.Tests.Interpreter;

public class ObjectsBulkTests
{
    private const long Page = 65536;

    private static WasmInstance Make(bool is64)
    {
        var (m, x) = is64 ? ("i64", "i64") : ("", "i32");
        return ObjectsRunner.Instantiate($$"""
            (memory $m (export "m") {{m}} 1) (memory $n (export "n") {{m}} 1)
            (memory $small (export "small") 1) (memory $large (export "large") i64 1)
            (data $d "abcdefgh")
            (func (export "fill") (param {{x}} i32 {{x}}) (memory.fill $m (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy") (param {{x}} {{x}} {{x}}) (memory.copy $m $m (local.get 0) (local.get 1) (local.get 2)))
            (func (export "copy to n") (param {{x}} {{x}} {{x}}) (memory.copy $n $m (local.get 0) (local.get 1) (local.get 2)))
            (func (export "init") (param {{x}} i32 i32) (memory.init $m $d (local.get 0) (local.get 1) (local.get 2)))
            (func (export "init n") (param {{x}} i32 i32) (memory.init $n $d (local.get 0) (local.get 1) (local.get 2)))
            (func (export "drop") (data.drop $d))
            (func (export "grow") (param {{x}}) (result {{x}}) (memory.grow $m (local.get 0)))
            (func (export "to large") (param i64 i32 i32) (memory.copy $large $small (local.get 0) (local.get 1) (local.get 2)))
            (func (export "to small") (param i32 i64 i32) (memory.copy $small $large (local.get 0) (local.get 1) (local.get 2)))
            """);
    }

    private static WasmValue Address(bool is64, long value) => is64 ? WasmValue.FromInt64(value) : WasmValue.FromInt32((int)value);

    private static string Read(WasmInstance instance, string memory, long address, int count) => instance.GetMemory(memory).ReadUtf8(address, count);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fill_copy_and_init_change_just_their_range(bool is64)
    {
        using var instance = Make(is64);
        WasmValue A(long value) => Address(is64, value);
        instance.Invoke("fill", A(0), (int)'.', A(Page));
        instance.Invoke("init", A(10), 2, 4);
        Assert.Equal("..cdef..", Read(instance, "m", 8, 8));
        instance.Invoke("copy", A(11), A(10), A(4));
        Assert.Equal("..ccdef.", Read(instance, "m", 8, 8));
        instance.Invoke("copy", A(9), A(11), A(4));
        Assert.Equal(".cdefef.", Read(instance, "m", 8, 8));
        // Only the value's low byte counts.
        instance.Invoke("fill", A(Page - 3), 0x7FFFFF00 + 'z', A(3));
        Assert.Equal(".zzz", Read(instance, "m", Page - 4, 4));
        instance.Invoke("copy to n", A(1), A(9), A(3));
        instance.Invoke("init n", A(4), 7, 1);
        Assert.Equal("\0cdeh\0", Read(instance, "n", 0, 6));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_ranges_are_checked_before_anything_is_written(bool is64)
    {
        using var instance = Make(is64);
        WasmValue A(long value) => Address(is64, value);
        instance.Invoke("fill", A(0), (int)'.', A(Page));
        instance.Invoke("fill", A(Page), 0, A(0));
        instance.Invoke("copy", A(Page), A(Page), A(0));
        instance.Invoke("init", A(Page), 8, 0);
        foreach (var (from, count) in new[] { (Page + 1, 0L), (Page, 1L), (Page - 1, 2L), (0L, Page + 1), (1L, -1L), (-1L, 1L), (-1L, 2L), (-1L, 0L), (-4L, 8L) })
        {
            instance.Traps(TrapCode.MemoryOutOfBounds, "fill", A(from), 0, A(count));
            instance.Traps(TrapCode.MemoryOutOfBounds, "copy", A(from), A(0), A(count));
            instance.Traps(TrapCode.MemoryOutOfBounds, "copy", A(0), A(from), A(count));
            instance.Traps(TrapCode.MemoryOutOfBounds, "copy to n", A(from), A(0), A(count));
            instance.Traps(TrapCode.MemoryOutOfBounds, "copy to n", A(0), A(from), A(count));
        }
        foreach (var (to, from, count) in new[] { (Page + 1, 0, 0), (Page, 0, 1), (Page - 7, 0, 8), (0, 9, 0), (0, 8, 1), (0, 0, 9), (0, 1, -1), (0, -1, 1), (-1, 0, 1), (-1, 0, 2) })
            instance.Traps(TrapCode.MemoryOutOfBounds, "init", A(to), from, count);
        Assert.Equal(-1, instance.GetMemory("m").AsSpan().IndexOfAnyExcept((byte)'.'));
        Assert.Equal(-1, instance.GetMemory("n").AsSpan().IndexOfAnyExcept((byte)0));
        Assert.Equal("out of bounds memory access: 2 from 65535, length of the memory 65536", instance.Traps(TrapCode.MemoryOutOfBounds, "fill", A(Page - 1), 0, A(2)));
    }

    [Fact]
    public void Addresses_of_64_bits_are_not_cut()
    {
        using var instance = Make(is64: true);
        instance.Traps(TrapCode.MemoryOutOfBounds, "fill", 1L << 32, 0, 1L);
        instance.Traps(TrapCode.MemoryOutOfBounds, "fill", 0L, 0, 1L << 32);
        instance.Traps(TrapCode.MemoryOutOfBounds, "copy", 1L << 32, 0L, 1L);
        instance.Traps(TrapCode.MemoryOutOfBounds, "copy", 0L, 1L << 32, 1L);
        instance.Traps(TrapCode.MemoryOutOfBounds, "copy", 0L, 0L, 1L << 32);
        instance.Traps(TrapCode.MemoryOutOfBounds, "init", 1L << 32, 0, 1);
    }

    [Fact]
    public void Memories_of_different_address_types_are_copied()
    {
        using var instance = Make(is64: false);
        instance.GetMemory("small").WriteUtf8(0, "0123456789");
        instance.Invoke("to large", 2L, 1, 4);
        Assert.Equal("\0\0" + "1234\0", Read(instance, "large", 0, 7));
        instance.Invoke("to small", 5, 3L, 3);
        Assert.Equal("0123423489", Read(instance, "small", 0, 10));
        instance.Traps(TrapCode.MemoryOutOfBounds, "to large", 1L << 32, 0, 1);
        instance.Traps(TrapCode.MemoryOutOfBounds, "to large", 0L, 65535, 2);
        instance.Traps(TrapCode.MemoryOutOfBounds, "to small", 0, 1L << 32, 1);
        instance.Traps(TrapCode.MemoryOutOfBounds, "to small", -1, 0L, 1);
    }

    [Fact]
    public void Grown_memory_is_within_bounds()
    {
        using var instance = Make(is64: false);
        instance.Traps(TrapCode.MemoryOutOfBounds, "fill", (int)Page, 1, 1);
        Assert.Equal(1, instance.Call("grow", 2));
        instance.Invoke("fill", (int)Page, (int)'x', (int)(2 * Page));
        instance.Invoke("copy", 0, (int)(3 * Page - 2), 2);
        Assert.Equal("xx\0", Read(instance, "m", 0, 3));
        instance.Traps(TrapCode.MemoryOutOfBounds, "copy", 0, (int)(3 * Page - 2), 3);
    }

    [Fact]
    public void Dropped_and_active_segments_are_empty()
    {
        using var instance = Make(is64: false);
        instance.Invoke("drop");
        instance.Invoke("drop");
        instance.Invoke("init", (int)Page, 0, 0);
        Assert.Equal("out of bounds memory access: 1 from 0, length of the data segment 0", instance.Traps(TrapCode.MemoryOutOfBounds, "init", 0, 0, 1));
        instance.Traps(TrapCode.MemoryOutOfBounds, "init", 0, 1, 0);
        using var active = ObjectsRunner.Instantiate("""
            (memory 1) (data $d (i32.const 0) "abc")
            (func (export "init") (param i32) (memory.init $d (i32.const 0) (i32.const 0) (local.get 0)))
            """);
        active.Invoke("init", 0);
        active.Traps(TrapCode.MemoryOutOfBounds, "init", 1);
    }

    [Fact]
    public void Segments_belong_to_their_instance()
    {
        var module = WasmModule.Parse("""
            (memory (export "m") 1) (data $d "ab")
            (func (export "init") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 2)))
            (func (export "drop") (data.drop $d))
            """);
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter });
        using var first = runtime.Instantiate(module);
        using var second = runtime.Instantiate(module);
        first.Invoke("drop");
        first.Traps(TrapCode.MemoryOutOfBounds, "init");
        second.Invoke("init");
        Assert.Equal("ab", Read(second, "m", 0, 2));
    }

    [Fact]
    public async Task Shared_memory_may_grow_while_it_is_copied()
    {
        using var instance = ObjectsRunner.Instantiate("""
            (memory $m (export "m") 1 2000 shared)
            (func (export "grow") (param i32) (loop $l (drop (memory.grow (i32.const 1))) (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
            (func (export "work") (param i32)
              (loop $l
                (memory.fill (i32.const 0) (local.get 0) (i32.const 32768))
                (memory.copy (i32.const 32768) (i32.const 0) (i32.const 32768))
                (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
            """);
        var growing = Task.Run(() => instance.Invoke("grow", 1500), TestContext.Current.CancellationToken);
        instance.Invoke("work", 500);
        await growing;
        Assert.Equal(1501, instance.GetMemory("m").Pages);
        Assert.Equal(-1, instance.GetMemory("m").AsSpan(0, 65536).IndexOfAnyExcept((byte)1));
        Assert.Equal(-1, instance.GetMemory("m").AsSpan(65536).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Bulk_instructions_cost_fuel_by_their_size()
    {
        const string Text = """
            (type $a (array (mut i64)))
            (memory 16) (table 100000 funcref)
            (func (export "memory.fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 640000)) (block (loop)))
            (func (export "memory.copy") (memory.copy (i32.const 0) (i32.const 1) (i32.const 640000)) (block (loop)))
            (func (export "table.fill") (table.fill (i32.const 0) (ref.null func) (i32.const 80000)) (block (loop)))
            (func (export "table.copy") (table.copy (i32.const 0) (i32.const 1) (i32.const 80000)) (block (loop)))
            (func (export "array.new") (drop (array.new $a (i64.const 0) (i32.const 80000))) (block (loop)))
            (func (export "nothing") (memory.fill (i32.const 0) (i32.const 1) (i32.const 0)) (block (loop)))
            """;
        var module = WasmModule.Parse(Text);
        using var runtime = new WasmRuntime(WasmRuntimeOptions.Default with { Engine = ObjectsRunner.Engine, Fuel = 5000 });
        foreach (var export in module.Exports)
        {
            using var instance = runtime.Instantiate(module);
            if (export.Name == "nothing")
            {
                instance.Invoke(export.Name);
                continue;
            }
            instance.Traps(TrapCode.OutOfFuel, export.Name);
            Assert.Equal(0, instance.Fuel);
            instance.Fuel = 20_000;
            instance.Invoke(export.Name);
            Assert.InRange(instance.Fuel, 9_000, 10_000);
        }
    }
}
