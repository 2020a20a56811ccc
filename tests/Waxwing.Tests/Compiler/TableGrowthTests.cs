namespace Waxwing.Tests.Compiler;

/// <summary>A table that another thread grows while compiled code works with it.</summary>
public sealed class TableGrowthTests
{
    [Theory]
    [InlineData("")]
    [InlineData("i64")]
    public async Task Calls_go_on_while_the_table_grows(string address)
    {
        const int Growths = 2000;
        var index = address.Length == 0 ? "i32" : "i64";
        using var runtime = new WasmRuntime(new() { Engine = WasmEngineKind.Compiler, Features = WasmFeatures.All });
        var instance = runtime.Instantiate(WasmModule.Parse($$"""
            (type $f (func (param i32) (result i32)))
            (table $t (export "t") {{address}} 4 funcref)
            (elem (table $t) ({{index}}.const 0) func $one $two $one $two)
            (func $one (type $f) (i32.add (local.get 0) (i32.const 1)))
            (func $two (type $f) (i32.add (local.get 0) (i32.const 2)))
            ;; Calls the first four and the newest entry, until the table has so many.
            (func (export "run") (param $until {{index}}) (result i32) (local $sum i32) (local $size {{index}})
              (loop $again
                (local.set $sum (call_indirect $t (type $f) (i32.const 0) ({{index}}.const 0)))
                (local.set $sum (call_indirect $t (type $f) (local.get $sum) ({{index}}.const 1)))
                (local.set $sum (call_indirect $t (type $f) (local.get $sum) ({{index}}.const 2)))
                (local.set $sum (call_indirect $t (type $f) (local.get $sum) ({{index}}.const 3)))
                (if (i32.ne (local.get $sum) (i32.const 6)) (then (return (local.get $sum))))
                (local.set $size (table.size $t))
                (if (ref.is_null (table.get $t ({{index}}.sub (local.get $size) ({{index}}.const 1)))) (then (return (i32.const -1))))
                (local.set $sum (call_indirect $t (type $f) (local.get $sum) ({{index}}.sub (local.get $size) ({{index}}.const 1))))
                (br_if $again ({{index}}.lt_u (local.get $size) (local.get $until))))
              (i32.const 100))
            (func (export "call") (param {{index}}) (result i32) (call_indirect $t (type $f) (i32.const 0) (local.get 0)))
            (func (export "second") (result funcref) (table.get $t ({{index}}.const 1)))
            """));
        var table = instance.GetTable("t");
        var function = instance.Invoke("second")[0].AsReference();
        var until = address.Length == 0 ? WasmValue.FromInt32(4 + Growths) : WasmValue.FromInt64(4 + Growths);
        var cancellation = TestContext.Current.CancellationToken;
        var running = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => instance.Invoke("run", until)[0].AsInt32(), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        for (var i = 0; i < Growths; i++)
            Assert.Equal(4 + i, table.Grow(1, function));
        var ends = await Task.WhenAll(running);
        Assert.All(ends, end => Assert.Equal(100, end));
        // What is beyond the end stays beyond it, although the entries were made for more.
        Assert.Equal(TrapCode.UndefinedElement, Assert.Throws<WasmTrapException>(() => instance.Invoke("call", until)).Code);
    }
}
