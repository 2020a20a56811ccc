using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Waxwing.Tests.Compiler;

/// <summary>Code that .NET compiles quickly, watches, and compiles again: <see cref="WasmModuleOptions.IsCollectible"/> off.</summary>
public sealed class KeptCodeTests
{
    private const string Name = "kept-code";

    private static readonly WasmModuleOptions Kept = new() { IsCollectible = false };

    [Fact]
    public void Kept_code_outlives_its_module()
    {
        Run();
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Contains(AppDomain.CurrentDomain.GetAssemblies(), assembly => AssemblyLoadContext.GetLoadContext(assembly)?.Name?.StartsWith(Name, StringComparison.Ordinal) == true);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Run() => Assert.Equal(7, Instantiate($"""(module ${Name} (func (export "f") (result i32) (i32.const 7)))""").Invoke("f")[0].AsInt32());
    }

    [Theory]
    [InlineData("(i32.rem_s (i32.const 1) (local.get 0))", TrapCode.IntegerDivideByZero)]
    [InlineData("(i32.rem_u (i32.const 1) (local.get 0))", TrapCode.IntegerDivideByZero)]
    [InlineData("(i32.div_s (i32.const 1) (local.get 0))", TrapCode.IntegerDivideByZero)]
    [InlineData("(i32.wrap_i64 (i64.rem_s (i64.const 1) (i64.extend_i32_s (local.get 0))))", TrapCode.IntegerDivideByZero)]
    [InlineData("(i32.div_s (i32.const 0x80000000) (i32.sub (local.get 0) (i32.const 1)))", TrapCode.IntegerOverflow)]
    [InlineData("(i32.trunc_f64_s (f64.div (f64.const 1) (f64.convert_i32_s (local.get 0))))", TrapCode.IntegerOverflow)]
    [InlineData("(i32.load (i32.sub (local.get 0) (i32.const 1)))", TrapCode.MemoryOutOfBounds)]
    [InlineData("(i32.store8 (i32.const 65536) (local.get 0)) (i32.const 0)", TrapCode.MemoryOutOfBounds)]
    [InlineData("(memory.fill (i32.const 65530) (local.get 0) (i32.const 7)) (i32.const 0)", TrapCode.MemoryOutOfBounds)]
    [InlineData("(call_indirect (type $f) (i32.const 0) (local.get 0))", TrapCode.UninitializedElement)]
    [InlineData("(ref.as_non_null (ref.null extern)) (drop) (local.get 0)", TrapCode.NullReference)]
    public void Faults_are_traps_before_and_after_optimisation(string body, TrapCode expected)
    {
        var instance = Instantiate($"""(module (type $f (func (param i32) (result i32))) (memory 1) (table 1 funcref) (func $inner (type $f) {body}) (func (export "f") (type $f) (call $inner (local.get 0))))""");
        var (general, typed) = (instance.GetFunction("f"), instance.GetFunction<Func<int, int>>("f"));
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(expected, Assert.Throws<WasmTrapException>(() => general.Invoke(0)).Code);
            Assert.Equal(expected, Assert.Throws<WasmTrapException>(() => typed(0)).Code);
        }
    }

    [Fact]
    public void Hot_loops_and_hot_calls_give_the_same_at_every_stage()
    {
        var instance = Instantiate("""
            (module (memory (export "memory") 1)
              (func $step (param i32) (result i32) (i32.rotl (i32.mul (local.get 0) (i32.const 0x9e3779b1)) (i32.const 7)))
              (func (export "mix") (param i32) (result i32) (local i32 i32)
                (loop $again
                  (local.set 1 (call $step (i32.add (local.get 1) (local.get 0))))
                  (i32.store (i32.and (local.get 1) (i32.const 0xfffc)) (local.get 1))
                  (local.set 2 (i32.xor (local.get 2) (i32.load (i32.and (local.get 0) (i32.const 0xfffc)))))
                  (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
                (i32.add (local.get 1) (local.get 2))))
            """);
        var mix = instance.GetFunction<Func<int, int>>("mix");
        // A loop that is replaced while it runs, then a function that is replaced between calls.
        for (var round = 0; round < 120; round++)
        {
            instance.GetMemory("memory").AsSpan().Clear();
            Assert.Equal(Expected(round == 0 ? 3_000_000 : 1_000 + round), mix(round == 0 ? 3_000_000 : 1_000 + round));
            if (round % 40 == 39)
                Thread.Sleep(150);
        }

        static int Expected(int count)
        {
            var memory = new int[1 << 14];
            var (mixed, seen) = (0, 0);
            for (; count != 0; count--)
            {
                mixed = (int)uint.RotateLeft((uint)(mixed + count) * 0x9e3779b1, 7);
                memory[(mixed & 0xfffc) >> 2] = mixed;
                seen ^= memory[(count & 0xfffc) >> 2];
            }
            return mixed + seen;
        }
    }

    [Fact]
    public void Recursion_ends_in_a_trap_on_a_small_stack_whose_frames_are_not_optimised()
    {
        var instance = Instantiate("""(module (func $f (export "f") (param i64 i64 i64) (result i64) (local i64 i64 i64) (i64.add (local.get 0) (call $f (local.get 1) (local.get 2) (i64.add (local.get 0) (i64.const 1))))))""");
        TrapCode? code = null;
        var thread = new Thread(() => code = Assert.Throws<WasmTrapException>(() => instance.Invoke("f", 1L, 2L, 3L)).Code, maxStackSize: 256 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(TrapCode.StackExhausted, code);
    }

    [Fact]
    public void A_loop_that_was_replaced_while_it_ran_can_still_be_cancelled()
    {
        var instance = Instantiate("""(module (func (export "f") (local i32) (loop $forever (local.set 0 (i32.add (local.get 0) (i32.const 1))) (br $forever))))""");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        Assert.ThrowsAny<OperationCanceledException>(() => instance.GetFunction("f").Invoke(stop.Token));
    }

    private static WasmInstance Instantiate(string text) => new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Compiler }).Instantiate(WasmModule.Parse(text, Kept));
}
