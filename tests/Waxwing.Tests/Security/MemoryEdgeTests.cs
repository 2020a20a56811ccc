using Waxwing.Instructions;
using Waxwing.Tests.Runtime;
using Waxwing.Tests.Text;

namespace Waxwing.Tests.Security;

/// <summary>Accesses at, over and far over the end of a memory, by every instruction that accesses one and every way to make an address.</summary>
public sealed class MemoryEdgeTests
{
    private const long Size = 65_536;

    private static readonly InstructionInfo[] Accesses =
        [.. InstructionTable.All.ToArray().Where(row => row.Immediates is ImmediateKind.Memarg or ImmediateKind.MemargLane && !row.Name.Contains("wait", StringComparison.Ordinal))];

    public static TheoryData<bool, WasmMemoryPolicy> Memories => new()
    {
        { false, WasmMemoryPolicy.Portable }, { true, WasmMemoryPolicy.Portable }, { false, WasmMemoryPolicy.Automatic }, { true, WasmMemoryPolicy.Automatic },
    };

    [Theory]
    [MemberData(nameof(Memories))]
    public void Every_access_of_every_width_ends_at_the_end(bool is64, WasmMemoryPolicy policy)
    {
        Assert.True(Accesses.Length > 100);
        var (address, type) = is64 ? ("i64", "i64 ") : ("i32", "");
        var functions = string.Concat(Accesses.Select(row =>
        {
            var lane = row.Immediates == ImmediateKind.MemargLane ? " 0" : "";
            var operands = string.Concat(row.Operands![1..].Select((operand, i) => $" local.get {i + 1}"));
            var parameters = string.Concat(row.Operands[1..].Select(operand => $" (param {Name(operand)})"));
            var drop = row.Results!.Length > 0 ? " drop" : "";
            string Body(string place, int offset) => $"{place}{operands} {row.Name} offset={offset}{lane}{drop}";
            string Function(string form, string body) => $"(func (export \"{row.Opcode} {form}\") (param {address}){parameters} {body})\n";
            return Function("plain", Body("local.get 0", 0)) + Function("offset", Body("local.get 0", 16)) + Function("sum", Body($"local.get 0 local.get 0 {address}.const 0 {address}.mul {address}.add", 0))
                + Function("displaced", Body($"local.get 0 {address}.const 16 {address}.add", 0)) + Function("huge", Body("local.get 0", int.MaxValue));
        }));
        using var runtime = Modules.NewRuntime(policy: policy);
        var instance = runtime.Instantiate(WasmModule.Load(TextModules.Encode($"(module (memory {type}1 1 shared) {functions})")));
        foreach (var row in Accesses)
        {
            WasmValue[] arguments = [default, .. row.Operands![1..].Select(operand => new WasmValue(Kind(operand), 0, 0, null))];
            void Check(string form, long at, bool fits)
            {
                arguments[0] = is64 ? WasmValue.FromInt64(at) : WasmValue.FromInt32((int)at);
                var error = Record.Exception(() => instance.Invoke($"{row.Opcode} {form}", arguments));
                // What is not aligned may trap for that reason, at a place that is within.
                if (fits ? error is not (null or WasmTrapException { Code: TrapCode.UnalignedAtomic }) : error is not WasmTrapException { Code: TrapCode.MemoryOutOfBounds or TrapCode.UnalignedAtomic })
                    Assert.Fail($"{row.Name} {form} at {at}: {error?.ToString() ?? "nothing"}");
                if (!fits && row.Prefix != 0xFE)
                    Assert.Equal(TrapCode.MemoryOutOfBounds, ((WasmTrapException)error!).Code);
            }
            Check("plain", 0, true);
            Check("plain", Size - row.Width, true);
            Check("sum", Size - row.Width, true);
            Check("offset", Size - row.Width - 16, true);
            Check("displaced", Size - row.Width - 16, true);
            foreach (var beyond in (long[])[Size - row.Width + 1, Size - 1 + (row.Width == 1 ? 1 : 0), Size, Size + 1, int.MaxValue, -1, -row.Width, -16, -17, int.MinValue])
            {
                Check("plain", beyond, false);
                Check("sum", beyond, false);
                Check("huge", beyond, false);
                if (is64 || (uint)beyond < Size)
                    Check("offset", is64 ? beyond : beyond - 16, false);
            }
            // An offset is added without wrapping, an addition in the program with.
            Check("offset", -16, false);
            Check("offset", -1, false);
            Check("displaced", -16, true);
            Check("displaced", Size - 16, false);
            if (!is64)
                continue;
            foreach (var beyond in (long[])[1L << 32, (1L << 32) - 1, long.MaxValue, long.MinValue, 1L << 63, uint.MaxValue + Size])
                Check("plain", beyond, false);
        }
    }

    [Theory]
    [MemberData(nameof(Memories))]
    public void An_empty_memory_has_no_byte(bool is64, WasmMemoryPolicy policy)
    {
        using var runtime = Modules.NewRuntime(policy: policy);
        var address = is64 ? "i64" : "i32";
        var instance = runtime.Instantiate($"""
            (module (memory {(is64 ? "i64 " : "")}0)
              (func (export "load") (param {address}) (result i32) (i32.load8_u (local.get 0)))
              (func (export "vector") (param {address}) (result v128) (v128.load (local.get 0)))
              (func (export "fill") (param {address} {address}) (memory.fill (local.get 0) (i32.const 1) (local.get 1))))
            """);
        WasmValue Of(long value) => is64 ? WasmValue.FromInt64(value) : WasmValue.FromInt32((int)value);
        foreach (var at in (long[])[0, 1, -1, int.MaxValue])
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("load", Of(at))).Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("vector", Of(at))).Code);
        }
        instance.Invoke("fill", Of(0), Of(0));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("fill", Of(0), Of(1)));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("fill", Of(1), Of(0)));
    }

    [Fact]
    public void Bulk_operations_check_the_whole_range_first()
    {
        using var runtime = Modules.NewRuntime();
        var instance = runtime.Instantiate("""
            (module
              (memory (export "memory") 1 1) (memory $wide (export "wide") i64 1 1)
              (data $d "0123456789") (table $t (export "table") 10 20 externref) (table $u i64 10 externref) (table $f 10 funcref) (elem $e func $nop $nop) (func $nop)
              (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
              (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
              (func (export "init") (param i32 i32 i32) (memory.init $d (local.get 0) (local.get 1) (local.get 2)))
              (func (export "drop") (data.drop $d) (elem.drop $e))
              (func (export "fill64") (param i64 i64) (memory.fill $wide (local.get 0) (i32.const 9) (local.get 1)))
              (func (export "across") (param i64 i32 i32) (memory.copy $wide 0 (local.get 0) (local.get 1) (local.get 2)))
              (func (export "table.fill") (param i32 i32 i32) (table.fill $t (local.get 0) (ref.null extern) (local.get 2)))
              (func (export "table.copy") (param i32 i32 i32) (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
              (func (export "table.init") (param i32 i32 i32) (table.init $f $e (local.get 0) (local.get 1) (local.get 2)))
              (func (export "table.grow") (param i32) (result i32) (table.grow $t (ref.null extern) (local.get 0)))
              (func (export "table.grow64") (param i64) (result i64) (table.grow $u (ref.null extern) (local.get 0)))
              (func (export "table.get64") (param i64) (result externref) (table.get $u (local.get 0)))
              (func (export "memory.grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "memory.grow64") (param i64) (result i64) (memory.grow $wide (local.get 0))))
            """);
        var memory = instance.GetMemory();
        for (var i = 0; i < Size; i++)
            memory.Write(i, (byte)(i * 7));
        var before = memory.AsSpan(0).ToArray();
        // -1 is 2^32-1: destination, source and length in turn, alone and with sums that wrap around.
        (int To, int From, int Count)[] wrong = [(-1, 0, 1), (0, -1, 1), (0, 0, -1), (1, 1, -1), (-1, -1, 2), (65_536, 0, 1), (65_530, 0, 7), (0, 65_530, 7), (int.MinValue, 0, int.MinValue), (-1, 0, -1)];
        foreach (var (to, from, count) in wrong)
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("copy", to, from, count)).Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("init", to, from, count)).Code);
            Assert.Equal(TrapCode.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("table.copy", to, from, count)).Code);
            Assert.Equal(TrapCode.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("table.init", to, from, count)).Code);
            if (from == 0)
            {
                Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("fill", to, 1, count)).Code);
                Assert.Equal(TrapCode.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("table.fill", to, 0, count)).Code);
            }
        }
        foreach (var (to, count) in ((long, long)[])[(1L << 32, 1), (0, 1L << 32), (-1, 1), (1, -1), (long.MinValue, long.MinValue), (65_535, 2)])
            Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("fill64", to, count)).Code);
        Assert.Throws<WasmTrapException>(() => instance.Invoke("across", 1L << 32, 0, 1));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("across", -1L, 0, 1));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("across", 0L, 65_535, 2));
        Assert.True(memory.AsSpan(0).SequenceEqual(before), "a range that trapped was written in part");

        // Overlapping, both ways: as if through a buffer.
        instance.Invoke("copy", 100, 90, 1000);
        before.AsSpan(90, 1000).ToArray().CopyTo(before, 100);
        Assert.True(memory.AsSpan(0).SequenceEqual(before));
        instance.Invoke("copy", 90, 100, 1000);
        before.AsSpan(100, 1000).ToArray().CopyTo(before, 90);
        Assert.True(memory.AsSpan(0).SequenceEqual(before));
        instance.Invoke("copy", 65_536, 65_536, 0);

        // Dropped segments have length 0.
        instance.Invoke("init", 0, 10, 0);
        instance.Invoke("drop");
        instance.Invoke("init", 0, 0, 0);
        Assert.Throws<WasmTrapException>(() => instance.Invoke("init", 0, 0, 1));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("init", 0, 1, 0));
        Assert.Throws<WasmTrapException>(() => instance.Invoke("table.init", 0, 0, 1));

        // Growth without room, by every size.
        foreach (var count in (int[])[11, -1, int.MinValue, int.MaxValue])
        {
            Assert.Equal(-1, instance.Invoke("table.grow", count)[0].AsInt32());
            Assert.Equal(-1, instance.Invoke("memory.grow", count)[0].AsInt32());
        }
        foreach (var count in (long[])[-1, long.MinValue, long.MaxValue, 1L << 32, 1L << 48])
        {
            Assert.Equal(-1, instance.Invoke("table.grow64", count)[0].AsInt64());
            Assert.Equal(-1, instance.Invoke("memory.grow64", count)[0].AsInt64());
            Assert.Equal(TrapCode.TableOutOfBounds, Assert.Throws<WasmTrapException>(() => instance.Invoke("table.get64", count)).Code);
        }
        Assert.Equal(10, instance.Invoke("table.grow", 10)[0].AsInt32());
    }

    [Theory]
    [InlineData(WasmMemoryPolicy.Portable)]
    [InlineData(WasmMemoryPolicy.Reserved)]
    public void Growth_inside_a_host_call_is_seen_at_once(WasmMemoryPolicy policy)
    {
        using var runtime = Modules.NewRuntime(policy: policy);
        runtime.Define("env", "grow", (WasmCaller caller) =>
        {
            var memory = caller.Memory;
            var early = memory.AsSpan(0, 4);
            Assert.Equal(1, memory.Grow(3));
            memory.Write(196_608, 77);
            // The span taken before may show the old place, but is memory of this program still.
            early[0]++;
        });
        var instance = runtime.Instantiate("""
            (module (import "env" "grow" (func $grow)) (memory (export "memory") 1 10)
              (func $indirectly (call $grow))
              (func (export "run") (result i32) (local i32)
                (i32.store (i32.const 8) (i32.const 5))
                (local.set 0 (i32.load (i32.const 8)))
                (call $indirectly)
                (i32.store (i32.const 262140) (i32.load (i32.const 8)))
                (i32.add (i32.add (local.get 0) (i32.load (i32.const 262140))) (i32.load (i32.const 196608)))))
            """);
        Assert.Equal(87, instance.Invoke("run")[0].AsInt32());
    }

    private static ValueKind Kind(char type) => type switch { 'i' => ValueKind.I32, 'l' => ValueKind.I64, 'f' => ValueKind.F32, 'd' => ValueKind.F64, _ => ValueKind.V128 };

    private static string Name(char type) => type switch { 'i' => "i32", 'l' => "i64", 'f' => "f32", 'd' => "f64", _ => "v128" };
}
