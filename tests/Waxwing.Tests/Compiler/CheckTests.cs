using Waxwing.Compiler;

namespace Waxwing.Tests.Compiler;

/// <summary>Explicit bounds checks: those that are left out are not missed, and those that fail say where. The interpreter, which checks each access by itself, is the measure.</summary>
public sealed class CheckTests
{
    private const int End = 65536;

    /// <summary>Functions of an address `$i` and a number `$n`, with a spare address `$j`; `A.` stands for the address type.</summary>
    private static readonly string[] Bodies =
    [
        // Several accesses of one variable, one statement or many; the offset tells which one failed.
        "(i32.add (i32.load (local.get $i)) (i32.add (i32.load offset=4 (local.get $i)) (i32.load offset=12 (local.get $i))))",
        "(i32.add (i32.load offset=12 (local.get $i)) (i32.add (i32.load offset=4 (local.get $i)) (i32.load8_u offset=15 (local.get $i))))",
        "(i32.store (local.get $i) (i32.const 1)) (i32.store offset=4 (local.get $i) (i32.const 2)) (i32.store8 offset=8 (local.get $i) (i32.const 3)) (i32.load16_u offset=8 (local.get $i))",
        "(i64.store offset=8 (local.get $i) (i64.load (local.get $i))) (i32.load offset=16 (local.get $i))",
        // The variable is set between, also while its value waits.
        "(drop (i32.load8_u (local.get $i))) (local.set $i (A.add (local.get $i) (A.const 8))) (i32.load8_u (local.get $i))",
        "(drop (i32.load8_u (local.get $i))) (i32.load8_u (local.tee $i (A.add (local.get $i) (A.const 8))))",
        "(local.get $i) (i32.load (local.get $i)) (local.set $i (A.const 16)) (i32.store) (i32.load (local.get $i))",
        "(local.get $n) (i32.load8_u (local.get $i)) (local.set $n (i32.const 77)) (i32.add) (i32.add (local.get $n))",
        "(local.get $n) (i32.add (i32.load8_u (local.get $i)) (i32.const 7)) (local.tee $n) (i32.add (i32.const 16)) (i32.sub) (i32.add (local.get $n))",
        "(local.get $i) (i32.load (local.get $i)) (drop) (local.get $i) (A.add (A.const 8)) (local.tee $i) (i32.load8_u) (i32.store8) (i32.load8_u (local.get $i))",
        "(local.get $n) (i32.load8_u (local.get $i)) (if (result i32) (local.get $n) (then (local.set $n (i32.const 5)) (i32.const 1)) (else (i32.const 2))) (i32.add) (i32.add)",
        "(local.get $n) (i32.load8_u (local.get $i)) (block (br_if 0 (local.get $n)) (local.set $n (i32.const 9))) (i32.add)",
        "(local.get $n) (i32.load8_u (local.get $i)) (loop (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if 0 (i32.gt_s (local.get $n) (i32.const 0)))) (i32.add)",
        // What is known in a block's arm is not known elsewhere.
        "(if (local.get $n) (then (i32.store offset=16 (local.get $i) (i32.const 1)))) (i32.store8 (local.get $i) (i32.const 2)) (i32.load (local.get $i))",
        "(if (local.get $n) (then (i32.store offset=16 (local.get $i) (i32.const 1))) (else (i32.store8 offset=4 (local.get $i) (i32.const 2)))) (i32.load8_u offset=8 (local.get $i))",
        "(block (br_if 0 (local.get $n)) (i32.store offset=8 (local.get $i) (i32.const 1))) (i32.load offset=8 (local.get $i))",
        "(drop (i32.load offset=8 (local.get $i))) (block (br_if 0 (local.get $n)) (local.set $i (A.add (local.get $i) (A.const 4)))) (i32.load offset=8 (local.get $i))",
        "(drop (i32.load offset=8 (local.get $i))) (block (br_if 0 (local.get $n)) (i32.store (local.get $i) (i32.const 3))) (i32.load offset=8 (local.get $i))",
        "(block $out (block $in (br_table $in $out (local.get $n))) (drop (i32.load offset=9 (local.get $i)))) (i32.load offset=9 (local.get $i))",
        // In a loop it may be set further down.
        "(drop (i32.load (local.get $i))) (loop (i32.store8 (local.get $i) (local.get $n)) (local.set $i (A.add (local.get $i) (A.const 3))) (br_if 0 (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))) (i32.const 0)",
        "(loop (drop (i32.load offset=4 (local.get $i))) (loop (drop (i32.load offset=4 (local.get $i)))) (local.set $i (A.add (local.get $i) (A.const 1))) (br_if 0 (i32.gt_s (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 0)))) (i32.load offset=4 (local.get $i))",
        // Other expressions than variables, and constants.
        "(i32.add (i32.load (A.add (local.get $i) (A.const 4))) (i32.load (A.sub (local.get $i) (A.const 4))))",
        "(i32.store (A.const 65532) (i32.load (local.get $i))) (i32.load (A.const 65532))",
        "(i32.load offset=65532 (A.const 1))",
        "(i32.add (i32.load (local.get $i)) (i32.load offset=65533 (A.const 0)))",
        "(i32.store8 offset=65535 (A.const 0) (local.get $n)) (i32.store8 offset=65535 (A.const 1) (local.get $n)) (i32.const 1)",
        // The address before the value, which traps first.
        "(i32.store (local.get $i) (i32.div_u (i32.const 1) (local.get $n))) (i32.const 0)",
        "(local.set $j (local.get $i)) (i32.store offset=4 (local.get $j) (i32.load offset=8 (local.tee $j (A.add (local.get $i) (A.const 1))))) (i32.load offset=8 (local.get $j))",
        // Growth, protected regions, vectors.
        "(drop (memory.grow (A.const 1))) (i32.store (local.get $i) (i32.const 5)) (drop (memory.grow (A.const 1))) (i32.load offset=65536 (local.get $i))",
        "(try_table (drop (i32.load offset=4 (local.get $i))) (drop (i32.load offset=8 (local.get $i))) (if (local.get $n) (then (throw $e)))) (i32.load offset=8 (local.get $i))",
        "(block $h (try_table (catch $e $h) (drop (i32.load (local.get $i))) (local.set $i (A.add (local.get $i) (A.const 4))) (if (local.get $n) (then (throw $e))) (drop (i32.load (local.get $i))))) (i32.load (local.get $i))",
        "(v128.store offset=16 (local.get $i) (v128.load (local.get $i))) (i32.load offset=28 (local.get $i))",
        "(v128.store32_lane offset=4 1 (local.get $i) (v128.load32_lane offset=8 1 (local.get $i) (v128.const i32x4 1 2 3 4))) (i32.load offset=4 (local.get $i))",
    ];

    public static TheoryData<int, string, string> Cases =>
        [.. from body in Enumerable.Range(0, Bodies.Length) from address in new[] { "i32", "i64" } from form in CompiledForms.All.Keys select new TheoryDataRow<int, string, string>(body, address, form)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Checked_code_does_what_the_interpreter_does(int body, string address, string form)
    {
        var text = $$"""
            (module
              (memory (export "memory") {{address}} 1 4)
              (tag $e)
              (func (export "f") (param $i {{address}}) (param $n i32) (result i32) (local $j {{address}}) {{Bodies[body].Replace("A.", address + ".", StringComparison.Ordinal)}}))
            """;
        var (interpreted, compiled) = (WasmModule.Parse(text), WasmModule.Parse(text));
        long[] edges = address == "i32" ? [-1, -4, -9, int.MinValue] : [-1, -4, -9, long.MinValue, uint.MaxValue, 1L << 32];
        foreach (var index in (long[])[0, 8, .. edges, .. Enumerable.Range(End - 40, 44)])
        {
            foreach (var number in (int[])[0, 1, 3])
                Assert.Equal(Run(interpreted, null, index, number), Run(compiled, CompiledForms.All[form], index, number));
        }
    }

    /// <summary>The result or the trap with its place, and what is in memory afterwards.</summary>
    private static string Run(WasmModule module, GiantThresholds? form, long index, int number)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions
        {
            Engine = form is null ? WasmEngineKind.Interpreter : WasmEngineKind.Compiler,
            Features = WasmFeatures.All,
            GuardRegions = false,
        });
        if (form is not null)
            CompiledForms.Force(module, runtime, form);
        var instance = runtime.Instantiate(module);
        var memory = instance.GetMemory("memory");
        for (var i = 0; i < End; i += 64)
            memory.AsSpan(i, 1)[0] = (byte)(i >> 6);
        string outcome;
        try
        {
            var function = instance.GetFunction("f");
            outcome = function.Invoke(function.Type.Parameters[0] == ValueType.I64 ? index : (WasmValue)(int)index, number)[0].ToString();
        }
        catch (WasmException error)
        {
            // Where else a giant function trapped is not known.
            outcome = error is WasmTrapException trap ? trap.Code == TrapCode.MemoryOutOfBounds ? $"{trap.Code} at {trap.Frames[0].Offset}" : $"{trap.Code}" : error.GetType().Name;
        }
        var contents = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(memory.AsSpan()));
        GC.KeepAlive(instance);
        return $"{index} {number}: {outcome}, {contents}";
    }
}
