using System.Runtime.Intrinsics;

namespace Waxwing.Tests.Runtime;

public sealed class TableAndGlobalTests
{
    [Fact]
    public void A_table_is_read_written_and_grown()
    {
        var table = new WasmTable(new TableType(ValueType.ExternRef, 2, 5), "x");
        Assert.Equal(["x", "x"], [table[0], table[1]]);
        table[1] = 7;
        Assert.Equal(2, table.Grow(2, "y"));
        Assert.Equal(["x", 7, "y", "y"], Enumerable.Range(0, 4).Select(i => table[i]));
        Assert.Equal(-1, table.Grow(2));
        Assert.Equal(4, table.Grow(1));
        Assert.Null(table[4]);
        Assert.Equal(new TableType(ValueType.ExternRef, 5, 5), table.Type);
        Assert.Equal(-1, table.Grow(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => table[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[-1] = null);
        Assert.Throws<InvalidOperationException>(() => table.GetFunction(0));
    }

    [Fact]
    public void A_table_takes_only_its_element_type()
    {
        var function = WasmFunction.FromDelegate(() => 1);
        var table = new WasmTable(new TableType(ValueType.FuncRef, 1));
        table[0] = function;
        Assert.Same(function, table.GetFunction(0));
        Assert.Equal("The entry must be funcref, not a host object (String). (Parameter 'value')", Assert.Throws<ArgumentException>(() => table[0] = "no").Message);
        Assert.Throws<ArgumentException>(() => table.Grow(1, "no"));
        var typed = new WasmTable(new TableType(ValueType.Ref(HeapType.Of(function.Type), nullable: false), 1), function);
        Assert.Throws<ArgumentException>(() => typed[0] = null);
        Assert.Throws<ArgumentException>(() => typed[0] = WasmFunction.FromDelegate(() => 1L));
        Assert.Throws<ArgumentException>(() => new WasmTable(new TableType(ValueType.I32, 1)));
        Assert.Throws<ArgumentException>(() => new WasmTable(new TableType(ValueType.FuncRef, 2, 1)));
    }

    [Fact]
    public void Table_limits_are_kept()
    {
        var limits = WasmLimits.Default with { TableEntries = 100 };
        Assert.StartsWith("table too large", Assert.Throws<WasmLinkException>(() => new WasmTable(new TableType(ValueType.FuncRef, 101), limits: limits)).Message);
        using var runtime = Modules.NewRuntime(limits);
        Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (table 101 funcref))"));
        var app = runtime.Instantiate("(module (table 90 funcref) (func (export \"grow\") (param i32) (result i32) (table.grow (ref.null func) (local.get 0))))");
        Assert.Equal(-1, app.Invoke("grow", 11)[0]);
        Assert.Equal(-1, app.Invoke("grow", -1)[0]);
        Assert.Equal(90, app.Invoke("grow", 10)[0]);
    }

    [Fact]
    public void All_tables_of_a_runtime_share_a_limit()
    {
        using var runtime = Modules.NewRuntime(WasmLimits.Default with { TotalTableEntries = 10_000 });
        var app = runtime.Instantiate("(module (table (export \"t\") 6000 funcref))");
        Assert.StartsWith("table too large: 5000.. funcref has 5000 entries, and 6000 of the 10000 allowed",
            Assert.Throws<WasmLinkException>(() => runtime.Instantiate("(module (table 5000 funcref))")).Message);
        runtime.Instantiate("(module (table 500 funcref) (table 1023 funcref))");
        Assert.Equal(-1, app.GetTable("t").Grow(5000));
        Assert.Equal(6000, app.GetTable("t").Grow(4000));
        Assert.Equal(10_000, runtime.TableBudget.Used);
    }

    [Fact]
    public void Tables_grow_on_several_threads()
    {
        var table = new WasmTable(new TableType(ValueType.ExternRef, 0));
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 500; i++)
            {
                var old = (int)table.Grow(1, i);
                Assert.Equal(i, table[old]);
            }
        });
        Assert.Equal(4000, table.Length);
        Assert.Equal(8 * (499 * 500 / 2), Enumerable.Range(0, 4000).Sum(i => (int)table[i]!));
    }

    [Fact]
    public void Globals_hold_every_type()
    {
        Check(ValueType.I32, -1, 7);
        Check(ValueType.I64, long.MinValue, 7L);
        Check(ValueType.F32, float.NaN, -0.0f);
        Check(ValueType.F64, double.Epsilon, -0.0);
        Check(ValueType.V128, Vector128.Create((byte)1), Vector128<byte>.Zero);
        Check(ValueType.ExternRef, WasmValue.FromReference("a"), WasmValue.Null);

        static void Check(ValueType type, WasmValue first, WasmValue second)
        {
            var global = new WasmGlobal(new GlobalType(type, true), first);
            Assert.Equal(first, global.Value);
            global.Value = second;
            Assert.Equal(second, global.Value);
            Assert.Throws<ArgumentException>(() => global.Value = type == ValueType.I64 ? WasmValue.FromInt32(1) : WasmValue.FromInt64(1));
            Assert.Throws<InvalidOperationException>(() => new WasmGlobal(new GlobalType(type, false), first).Value = second);
        }
    }

    [Fact]
    public void A_global_is_shared_by_host_and_guests()
    {
        using var runtime = Modules.NewRuntime();
        var global = new WasmGlobal(new GlobalType(ValueType.I64, true), 10L);
        runtime.Define("env", "g", global);
        const string Text = "(module (import \"env\" \"g\" (global $g (mut i64))) (func (export \"add\") (param i64) (global.set $g (i64.add (global.get $g) (local.get 0)))))";
        runtime.Instantiate(Text).Invoke("add", 5L);
        runtime.Instantiate(Text).Invoke("add", 7L);
        Assert.Equal(22L, global.Value);
    }

    [Fact]
    public void New_globals_are_zero_whatever_was_before()
    {
        for (var round = 0; round < 1000; round++)
        {
            var global = new WasmGlobal(new GlobalType(ValueType.V128, true));
            Assert.Equal(Vector128<byte>.Zero, global.Value.AsVector128());
            global.Value = Vector128<byte>.AllBitsSet;
        }
    }
}
