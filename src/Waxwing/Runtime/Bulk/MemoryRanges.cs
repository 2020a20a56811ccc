using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>memory.copy, memory.fill and memory.init: all bounds are checked before anything is written.</summary>
internal static unsafe class MemoryRanges
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TrapCause Copy(WasmMemory destination, ulong to, WasmMemory source, ulong from, ulong count, ref long fuel)
    {
        var (target, origin) = (new MemoryExtent(destination), new MemoryExtent(source));
        if (Bounds.AreLeft(to, count, target.Length))
            return Outside(to, count, target.Length);
        if (Bounds.AreLeft(from, count, origin.Length))
            return Outside(from, count, origin.Length);
        BulkFuel.Charge(ref fuel, count);
        // SAFETY: both ranges were checked. The copy is right for overlapping ranges.
        Buffer.MemoryCopy(origin.Base + from, target.Base + to, count, count);
        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TrapCause Fill(WasmMemory memory, ulong to, byte value, ulong count, ref long fuel)
    {
        var target = new MemoryExtent(memory);
        if (Bounds.AreLeft(to, count, target.Length))
            return Outside(to, count, target.Length);
        BulkFuel.Charge(ref fuel, count);
        // SAFETY: the range was checked.
        Bytes.Fill(target.Base + to, (nuint)count, value);
        return default;
    }

    public static TrapCause Init(WasmMemory memory, ulong to, WasmInstance instance, int segment, ulong from, ulong count, ref long fuel)
    {
        var data = Segments.Data(instance, segment);
        var target = new MemoryExtent(memory);
        if (Bounds.AreLeft(from, count, (ulong)data.Length))
            return new(TrapCode.MemoryOutOfBounds, Bounds.Describe(from, count, "data segment", (ulong)data.Length));
        if (Bounds.AreLeft(to, count, target.Length))
            return Outside(to, count, target.Length);
        BulkFuel.Charge(ref fuel, count);
        // SAFETY: both ranges were checked, and the count fits an int since the segment's length does.
        data.Slice((int)from, (int)count).CopyTo(new Span<byte>(target.Base + to, (int)count));
        return default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TrapCause Outside(ulong from, ulong count, ulong length) => new(TrapCode.MemoryOutOfBounds, Bounds.Describe(from, count, "memory", length));

    /// <summary>A linear memory at one moment. Another thread may grow it, which leaves what was seen valid: the length is read before the base.</summary>
    private readonly struct MemoryExtent
    {
        public readonly ulong Length;
        public readonly byte* Base;

        public MemoryExtent(WasmMemory memory)
        {
            Length = Volatile.Read(ref memory.Length);
            Base = memory.Base;
        }
    }
}
