using System.Globalization;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Bench.Load;

/// <summary>Small costs that are paid often: instances, calls in both directions, growth, traps.</summary>
internal sealed class Boundary(WasmRuntimeOptions options)
{
    private const string Source =
        """
        (module
          (import "host" "add" (func $host (param i32 i32) (result i32)))
          (memory (export "memory") 1 1025)
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func $own (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "call host") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call $host (local.get 1) (local.get 0)))
              (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 1))
          (func (export "call own") (param i32) (result i32) (local i32)
            (loop $again
              (local.set 1 (call $own (local.get 1) (local.get 0)))
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

    public void Report(TextWriter output)
    {
        using var runtime = new WasmRuntime(options);
        runtime.Define("host", "add", (int left, int right) => left + right);
        var module = WasmModule.Parse(Source);
        var instance = runtime.Instantiate(module);
        output.WriteLine("boundary");

        Line("instantiate + dispose, memory of a page", 1e6, "us", Statistics.SecondsOf(() => runtime.Instantiate(module).Dispose()));
        var small = WasmModule.Parse("""(module (func (export "answer") (result i32) (i32.const 42)))""");
        Line("instantiate + dispose, no memory", 1e6, "us", Statistics.SecondsOf(() => runtime.Instantiate(small).Dispose()));

        const int Calls = 1000;
        var add = instance.GetFunction<Func<int, int, int>>("add");
        Line("host to guest, Func<int, int, int>", 1e9 / Calls, "ns", Statistics.SecondsOf(() =>
        {
            for (var i = 0; i < Calls; i++)
                add(i, i);
        }));
        var toHost = instance.GetFunction<Func<int, int>>("call host");
        Line("guest to host, Func<int, int, int>", 1e9 / Calls, "ns", Statistics.SecondsOf(() => toHost(Calls)));
        var toOwn = instance.GetFunction<Func<int, int>>("call own");
        Line("guest to guest, the same", 1e9 / Calls, "ns", Statistics.SecondsOf(() => toOwn(Calls)));

        const int Pages = 1024;
        var grown = Statistics.SecondsOf(() =>
        {
            using var fresh = runtime.Instantiate(module);
            fresh.GetFunction<Func<int, int>>("grow")(Pages);
        });
        Line("memory.grow by a page (of 1024)", 1e6 / Pages, "us", grown);

        foreach (var trap in (string[])["out of bounds", "divide by zero", "unreachable"])
        {
            var function = instance.GetFunction<Func<int, int>>(trap);
            Line($"trap to catch, {trap}", 1e6, "us", Statistics.SecondsOf(() =>
            {
                try
                {
                    function(1);
                }
                catch (WasmTrapException)
                {
                }
            }));
        }

        using var memory = new WasmMemory(new MemoryType(1));
        if (memory.IsGuarded)
            Line("fault in a guarded memory to catch", 1e6, "us", Statistics.SecondsOf(() => Fault(memory)));
        Line("memory created + disposed, past the pool", 1e6, "us", Statistics.SecondsOf(() =>
        {
            new WasmMemory(new MemoryType(1)).Dispose();
            ReservationPool.Clear();
        }));

        void Line(string what, double scale, string unit, double seconds) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-42}{seconds * scale,10:F2} {unit}"));
    }
    private static unsafe void Fault(WasmMemory memory)
    {
        try
        {
            Load(memory.GuardedBase, 65536);
        }
        catch (NullReferenceException)
        {
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe int Load(byte* start, uint index) => Unsafe.ReadUnaligned<int>(start + index);
}
