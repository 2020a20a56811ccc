using System.Globalization;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Bench.Load;

/// <summary>What memories cost beneath everything that guests do.</summary>
internal static class MemoryCosts
{
    public static void Report(TextWriter output)
    {
        output.WriteLine("memories");
        using var memory = new WasmMemory(new MemoryType(1));
        if (memory.IsGuarded)
            Line("fault in a guarded memory to catch", Statistics.SecondsOf(() => Fault(memory)));
        Line("memory created + disposed, past the pool", Statistics.SecondsOf(() =>
        {
            new WasmMemory(new MemoryType(1)).Dispose();
            ReservationPool.Clear();
        }));

        void Line(string what, double seconds) => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-42}{seconds * 1e6,10:F2} us"));
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
