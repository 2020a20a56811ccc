using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>Memory instructions on many bytes, and on sizes. Called, not inlined: what their callers save is less than what RyuJIT spends.</summary>
internal static class BulkMemory
{
    public static long Size(GuestContext context, int memory) => context.Memories[memory].Pages;

    public static long Grow(ulong pages, GuestContext context, int memory) => context.Memories[memory].GrowPages(pages);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Copy(ulong to, ulong from, ulong count, GuestContext context, int toMemory, int fromMemory) =>
        Traps.StopFor(MemoryRanges.Copy(context.Memories[toMemory], to, context.Memories[fromMemory], from, count, ref context.Fuel));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Fill(ulong to, int value, ulong count, GuestContext context, int memory, int unused) =>
        Traps.StopFor(MemoryRanges.Fill(context.Memories[memory], to, (byte)value, count, ref context.Fuel));

    public static void Init(ulong to, ulong from, ulong count, GuestContext context, int segment, int memory) =>
        Traps.StopFor(MemoryRanges.Init(context.Memories[memory], to, context.Instance, segment, from, count, ref context.Fuel));

    public static void Drop(GuestContext context, int segment) => Segments.DropData(context.Instance, segment);
}
