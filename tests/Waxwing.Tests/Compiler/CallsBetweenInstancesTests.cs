namespace Waxwing.Tests.Compiler;

/// <summary>Compiled functions of one instance call those of another directly: each still works on its own instance.</summary>
public sealed class CallsBetweenInstancesTests
{
    private const string Provider = """
        (module
          (memory 1)
          (global $count (mut i32) (i32.const 0))
          (data (i32.const 0) "\2a")
          (func $load (export "load") (param i32) (result i32)
            (global.set $count (i32.add (global.get $count) (i32.const 1)))
            (i32.load8_u (local.get 0)))
          (func (export "count") (result i32) (global.get $count)))
        """;

    private const string Consumer = """
        (module
          (import "provider" "load" (func $load (param i32) (result i32)))
          (import "host" "between" (func $between))
          (type $binary (func (param i32) (result i32)))
          (memory (export "memory") 1)
          (table (export "table") 2 funcref)
          (elem (i32.const 0) func $load)
          (data (i32.const 0) "\07")
          (func (export "direct") (param i32) (result i32) (i32.add (call $load (local.get 0)) (i32.load8_u (i32.const 0))))
          (func (export "through the table") (param i32) (result i32) (i32.add (call_indirect (type $binary) (local.get 0) (i32.const 0)) (i32.load8_u (i32.const 0))))
          (func (export "last") (param i32) (result i32) (return_call $load (local.get 0)))
          (func (export "twice") (param i32) (result i32) (drop (call $load (local.get 0))) (call $between) (call $load (local.get 0)))
          (func (export "twice through the table") (param i32) (result i32)
            (drop (call_indirect (type $binary) (local.get 0) (i32.const 0))) (call $between) (call_indirect (type $binary) (local.get 0) (i32.const 0))))
        """;

    private static readonly WasmModule ProviderModule = WasmModule.Parse(Provider), ConsumerModule = WasmModule.Parse(Consumer);

    [Theory]
    [InlineData("direct", 49)]
    [InlineData("through the table", 49)]
    [InlineData("last", 42)]
    public void Each_uses_its_own_memory_and_globals(string export, int expected)
    {
        using var world = new World();
        var function = world.Consumer.GetFunction<Func<int, int>>(export);
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected, function(0));
        Assert.Equal(3, world.Provider.Invoke("count")[0].AsInt32());
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("through the table")]
    public void A_trap_on_the_other_side_shows_both_frames(string export)
    {
        using var world = new World();
        var trap = Assert.Throws<WasmTrapException>(() => world.Consumer.Invoke(export, 65536));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal(["load", export], trap.Frames.Select(frame => frame.FunctionName!.TrimStart('$')));
        Assert.Equal(49, world.Consumer.Invoke(export, 0)[0].AsInt32());
    }

    [Fact]
    public void Other_instances_that_come_and_go_do_not_matter()
    {
        using var world = new World();
        var direct = world.Consumer.GetFunction<Func<int, int>>("direct");
        for (var i = 0; i < 100; i++)
        {
            world.Runtime.Instantiate(ProviderModule).Dispose();
            Assert.Equal(49, direct(0));
        }
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("through the table")]
    public void A_provider_disposed_between_two_calls_is_found_empty(string export)
    {
        using var world = new World();
        Assert.Equal(49, world.Consumer.Invoke(export, 0)[0].AsInt32());
        world.Provider.Dispose();
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => world.Consumer.Invoke(export, 0)).Code);
    }

    [Fact]
    public void A_table_may_lead_to_more_instances_than_are_remembered()
    {
        using var world = new World();
        var call = world.Consumer.GetFunction<Func<int, int>>("through the table");
        var table = world.Consumer.GetTable("table");
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                var other = world.Runtime.Instantiate(ProviderModule);
                table[0] = other.GetFunction("load");
                Assert.Equal(49, call(0));
                if (i % 2 == 0)
                    other.Dispose();
                if (i % 10 == 0)
                    Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<WasmTrapException>(() => call(0)).Code);
            }
        }
    }

    [Theory]
    [InlineData("twice", "direct")]
    [InlineData("twice through the table", "through the table")]
    public void A_provider_disposed_while_the_consumer_runs_keeps_its_memory_until_that_has_left(string twice, string once)
    {
        using var world = new World();
        world.Between = world.Provider.Dispose;
        // The stay that began before may go on with the memory, or find it empty: nothing else.
        try
        {
            Assert.Equal(42, world.Consumer.Invoke(twice, 0)[0].AsInt32());
        }
        catch (WasmTrapException trap)
        {
            Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        }
        Assert.Throws<WasmTrapException>(() => world.Consumer.Invoke(once, 0));
    }

    [Theory]
    [InlineData("direct")]
    [InlineData("through the table")]
    public void Many_threads_call_across_while_providers_are_disposed(string export)
    {
        Parallel.For(0, 8, worker =>
        {
            for (var i = 0; i < 40; i++)
            {
                using var world = new World();
                using var gone = new ManualResetEventSlim();
                var disposer = Task.Run(() =>
                {
                    world.Provider.Dispose();
                    gone.Set();
                });
                while (!gone.IsSet)
                {
                    try
                    {
                        Assert.Equal(49, world.Consumer.Invoke(export, 0)[0].AsInt32());
                    }
                    catch (WasmTrapException trap)
                    {
                        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
                    }
                }
                disposer.Wait();
            }
        });
    }

    private sealed class World : IDisposable
    {
        public World()
        {
            Runtime.Define("host", "between", () => Between());
            Provider = Runtime.Instantiate(ProviderModule, "provider");
            Consumer = Runtime.Instantiate(ConsumerModule);
        }

        public WasmRuntime Runtime { get; } = new(new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler });

        public WasmInstance Provider { get; }

        public WasmInstance Consumer { get; }

        public Action Between { get; set; } = () => { };

        public void Dispose() => Runtime.Dispose();
    }
}
