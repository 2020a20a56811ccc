using Waxwing.Binary;

namespace Waxwing.Bench.Programs;

/// <summary>Small costs that are paid often: calls in all directions, growth, traps, instances. Compiled against Waxwing and against Wasmtime, as <see cref="Programs"/> is.</summary>
internal static class Calls
{
    private const string Source =
        """
        (module
          (import "host" "add" (func $host (param i32 i32) (result i32)))
          (import "other" "add" (func $other (param i32 i32) (result i32)))
          (import "other" "xor" (func $other2 (param i32 i32) (result i32)))
          (memory (export "memory") 1 1025)
          (type $binary (func (param i32 i32) (result i32)))
          (table 4 4 funcref)
          (elem (i32.const 0) $own $own2 $other $other2)
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          ;; Large enough not to disappear into its callers.
          (func $own (param i32 i32) (result i32)
            (if (i32.eq (local.get 0) (i32.const 0x7fffffff)) (then unreachable))
            (i32.add (local.get 0) (local.get 1)))
          (func $own2 (param i32 i32) (result i32) (i32.xor (local.get 0) (local.get 1)))
          (func (export "call host") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call $host (local.get 1) (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "call other") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call $other (local.get 1) (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "call own") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call $own (local.get 1) (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "call indirect") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call_indirect (type $binary) (local.get 1) (local.get 0) (i32.and (local.get 0) (i32.const 1))))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "call other indirect") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call_indirect (type $binary) (local.get 1) (local.get 0) (i32.or (i32.const 2) (i32.and (local.get 0) (i32.const 1)))))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "grow") (param i32) (result i32)
            (loop $again
              (drop (memory.grow (i32.const 1)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (memory.size))
          (func (export "out of bounds") (param i32) (result i32) (i32.load (i32.const -1)))
          (func (export "divide by zero") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const 0)))
          (func (export "unreachable") (param i32) (result i32) unreachable))
        """;

    private const string OtherSource = """(module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))) (func (export "xor") (param i32 i32) (result i32) (i32.xor (local.get 0) (local.get 1))))""";

    private const string SmallSource = """(module (memory (export "memory") 1) (func (export "answer") (result i32) (i32.const 42)))""";

    /// <summary>Measures one thing after the other.</summary>
    /// <param name="newRuntime">Makes a runtime of the engine.</param>
    /// <returns>What, and how many nanoseconds.</returns>
    public static IEnumerable<(string What, double Nanoseconds)> Measure(Func<WasmRuntime> newRuntime)
    {
        const int Many = 1000, Pages = 1024;
        var (module, otherModule, small) = (Load(Source), Load(OtherSource), Load(SmallSource));
        using var runtime = newRuntime();
        var instance = Instantiate(runtime);

        var add = instance.GetFunction<Func<int, int, int>>("add");
        yield return ("host to guest, Func<int, int, int>", Time(Many, () =>
        {
            for (var i = 0; i < Many; i++)
                add(i, i);
        }));
        foreach (var (what, export) in new[]
        {
            ("guest to host, Func<int, int, int>", "call host"), ("guest to a guest of another instance", "call other"), ("the same, call_indirect", "call other indirect"), ("guest to itself, direct", "call own"), ("guest to itself, call_indirect", "call indirect"),
        })
        {
            var function = instance.GetFunction<Func<int, int>>(export);
            yield return (what, Time(Many, () => function(Many)));
        }
        yield return ("memory.grow by a page (of 1024), with the instance", Time(Pages, () =>
        {
            using var fresh = newRuntime();
            Instantiate(fresh).GetFunction<Func<int, int>>("grow")(Pages);
        }));
        foreach (var trap in (string[])["out of bounds", "divide by zero", "unreachable"])
        {
            var function = instance.GetFunction<Func<int, int>>(trap);
            yield return ($"trap to catch, {trap}", Time(1, () =>
            {
                try
                {
                    function(1);
                }
                catch (Exception)
                {
                    // Each engine has its own.
                }
            }));
        }
        yield return ("runtime + instance of a memory of a page, and away again", Time(1, () =>
        {
            using var fresh = newRuntime();
            fresh.Instantiate(small);
        }));

        WasmInstance Instantiate(WasmRuntime where)
        {
            where.Define("host", "add", (int left, int right) => left + right);
            where.Instantiate(otherModule, "other");
            return where.Instantiate(module);
        }
    }

    private static double Time(int calls, Action action) => Statistics.SecondsOf(action) * 1e9 / calls;

    private static WasmModule Load(string text) => WasmModule.Load(Encoder.Encode(WasmModule.Parse(text).Context.Module));
}
