using Waxwing.Compiler;

namespace Waxwing.Faults;

/// <summary>Threads that end, and others that get their stacks.</summary>
internal static unsafe class Stacks
{
    private const int Rounds = 4, Large = 480 << 20, Small = 110 << 20, Variables = 200;

    /// <summary>A delegate that knew the thread of a large stack is called on a smaller one at the same place: were it taken for that thread's, recursion would end the process.</summary>
    public static int Run()
    {
        using var runtime = new WasmRuntime(new() { Engine = WasmEngineKind.Compiler });
        // Its frames are large, so that even a large stack has room for few.
        var deep = runtime.Instantiate(WasmModule.Parse($"""
            (module (func $deep (export "deep") (param i32) (result i32)
              (local {Repeat(_ => "i64 ")})
              (if (i32.eq (local.get 0) (i32.const 1000)) (then (return (i32.const 0))))
              {Repeat(i => $"(local.set {i + 1} (i64.mul (i64.extend_i32_u (local.get 0)) (i64.const {i + 2})))")}
              (local.set 0 (call $deep (i32.add (local.get 0) (i32.const 1))))
              {Repeat(i => $"(local.set 1 (i64.rotl (local.get 1) (local.get {i + 1})))")}
              (i32.add (i32.wrap_i64 (local.get 1)) (local.get 0))))
            """)).GetFunction<Func<int, int>>("deep");
        var (traps, again) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            nuint top = 0;
            OnThread(Large, () =>
            {
                top = StackBounds.Find().Top;
                // Often enough for the delegate to know the thread.
                for (var i = 0; i < 200; i++)
                    deep(990);
            });
            // The C library keeps a stack that large until another thread ends.
            OnThread(256 << 10, () => { });
            OnThread(Small, () =>
            {
                if (StackBounds.Find().Top == top)
                    again++;
                try
                {
                    deep(1001);
                }
                catch (WasmTrapException trap) when (trap.Code == TrapCode.StackExhausted)
                {
                    traps++;
                }
            });
        }
        Console.WriteLine($"{traps} traps, {again} where larger stacks had been");
        return 0;
    }

    private static string Repeat(Func<int, string> text) => string.Concat(Enumerable.Range(0, Variables).Select(text));

    private static void OnThread(int bytes, Action action)
    {
        var thread = new Thread(() => action(), bytes);
        thread.Start();
        thread.Join();
    }
}
