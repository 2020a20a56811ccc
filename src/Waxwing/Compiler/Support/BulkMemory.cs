using System.Runtime.InteropServices;
using Waxwing.Interpreter;

namespace Waxwing.Compiler;

/// <summary>Memory instructions on many bytes, and on sizes. Bounds are checked before anything is written.</summary>
internal static unsafe class BulkMemory
{
    public static long Size(GuestContext context, int memory) => context.Memories[memory].Pages;

    public static long Grow(ulong pages, GuestContext context, int memory) => context.Memories[memory].GrowPages(pages);

    public static void Copy(ulong to, ulong from, ulong count, GuestContext context, int toMemory, int fromMemory)
    {
        var (destination, source) = (context.Memories[toMemory], context.Memories[fromMemory]);
        var target = Range(destination, to, count);
        var origin = Range(source, from, count);
        Charge(context, count);
        // SAFETY: both ranges were checked. The copy is right for overlapping ranges.
        Buffer.MemoryCopy(origin, target, count, count);
    }

    public static void Fill(ulong to, int value, ulong count, GuestContext context, int memory, int unused)
    {
        var target = Range(context.Memories[memory], to, count);
        Charge(context, count);
        // SAFETY: the range was checked.
        NativeMemory.Fill(target, (nuint)count, (byte)value);
    }

    public static void Init(ulong to, ulong from, ulong count, GuestContext context, int segment, int memory)
    {
        var data = Segments.Data(context.Instance, segment);
        if (Bounds.AreLeft(from, count, (ulong)data.Length))
            OutOfBounds(from, count, "data segment", (ulong)data.Length);
        var target = Range(context.Memories[memory], to, count);
        Charge(context, count);
        // SAFETY: both ranges were checked, and the count fits an int since the segment's length does.
        data.Slice((int)from, (int)count).CopyTo(new Span<byte>(target, (int)count));
    }

    public static void Drop(GuestContext context, int segment) => Volatile.Write(ref context.Instance.DroppedData[segment], true);

    /// <summary>Bulk instructions cost by their size. (Code that is not metered does not ask.)</summary>
    public static void Charge(GuestContext context, ulong bytes)
    {
        if (context.Thread.FuelOwner is { } payer)
            payer.FuelLeft -= (long)(bytes / BulkFuel.BytesPerUnit);
    }

    private static byte* Range(WasmMemory memory, ulong from, ulong count)
    {
        // The length before the base: growth publishes them the other way round.
        var length = Volatile.Read(ref memory.Length);
        if (Bounds.AreLeft(from, count, length))
            OutOfBounds(from, count, "memory", length);
        return memory.Base + from;
    }

    private static void OutOfBounds(ulong from, ulong count, string place, ulong length) =>
        throw new WasmTrapException(TrapCode.MemoryOutOfBounds, Bounds.Describe(from, count, place, length));
}
