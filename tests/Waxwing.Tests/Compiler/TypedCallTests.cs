namespace Waxwing.Tests.Compiler;

/// <summary>The short way from a typed delegate to compiled code: it must know the thread it is on, whatever threads there were before.</summary>
public sealed class TypedCallTests
{
    private const int Calls = 300;

    private static readonly WasmModule Module = WasmModule.Parse("""
        (module
          (import "host" "back" (func $back (param i32) (result i32)))
          (func $deep (export "deep") (param i32) (result i32) (i32.add (i32.const 1) (call $deep (i32.add (local.get 0) (i32.const 1)))))
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "there and back") (param i32) (result i32) (i32.add (i32.const 1) (call $back (local.get 0))))
          (func (export "spin") (loop $again (br $again))))
        """);

    [Fact]
    public void Threads_that_share_a_delegate_take_turns_with_it()
    {
        using var world = new World();
        var add = world.Instance.GetFunction<Func<int, int, int>>("add");
        var deep = world.Instance.GetFunction<Func<int, int>>("deep");
        Parallel.For(0, 4, new() { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, worker =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                Assert.Equal(worker + i, add(worker, i));
                if (i == 10_000)
                    Assert.Equal(TrapCode.StackExhausted, Assert.Throws<WasmTrapException>(() => deep(0)).Code);
            }
        });
    }

    [Fact]
    public void A_call_within_a_call_leaves_the_outer_one_in_its_stay()
    {
        using var world = new World();
        var there = world.Instance.GetFunction<Func<int, int>>("there and back");
        world.Back = depth => depth == 0 ? 0 : there(depth - 1);
        for (var i = 0; i < Calls; i++)
            Assert.Equal(6, there(5));
        world.Back = depth => depth == 0 ? throw new InvalidOperationException("enough") : there(depth - 1);
        Assert.Equal("enough", Assert.Throws<InvalidOperationException>(() => there(5)).Message);
        world.Back = depth =>
        {
            Assert.Throws<WasmTrapException>(() => world.Instance.GetFunction<Func<int, int>>("deep")(0));
            Assert.True(Waxwing.Runtime.ActivationRegistry.AnyActive());
            return depth;
        };
        Assert.Equal(8, there(7));
    }

    [Fact]
    public void Who_can_be_cancelled_is_cancelled_also_through_a_delegate_of_another_instance()
    {
        using var world = new World();
        using var other = new World();
        var spin = other.Instance.GetFunction<Action>("spin");
        var add = other.Instance.GetFunction<Func<int, int, int>>("add");
        for (var i = 0; i < Calls; i++)
            add(i, i);
        using var source = new CancellationTokenSource();
        world.Back = _ =>
        {
            source.CancelAfter(20);
            spin();
            return 0;
        };
        Assert.ThrowsAny<OperationCanceledException>(() => world.Instance.GetFunction("there and back").Invoke(new WasmValue[] { 1 }, new WasmValue[1], source.Token));
        Assert.Equal(3, add(1, 2));
    }

    [Fact]
    public void A_disposed_instance_is_not_called()
    {
        var world = new World();
        var add = world.Instance.GetFunction<Func<int, int, int>>("add");
        for (var i = 0; i < Calls; i++)
            add(i, i);
        var disposer = new Thread(world.Dispose);
        disposer.Start();
        disposer.Join();
        Assert.Throws<ObjectDisposedException>(() => add(1, 2));
    }

    private sealed class World : IDisposable
    {
        private readonly WasmRuntime runtime = new(new() { Engine = WasmEngineKind.Compiler });

        public World()
        {
            runtime.Define("host", "back", (int depth) => Back(depth));
            Instance = runtime.Instantiate(Module);
        }

        public WasmInstance Instance { get; }

        public Func<int, int> Back { get; set; } = depth => depth;

        public void Dispose() => runtime.Dispose();
    }
}
