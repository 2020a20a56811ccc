using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>Table instructions.</summary>
internal static class TableAccess
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static object? Get(ulong index, GuestContext context, int table)
    {
        var target = context.Tables[table];
        if (index >= (uint)Volatile.Read(ref target.Count))
            ThrowOutside(target, index);
        return TableRanges.At(target, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(ulong index, object? value, GuestContext context, int table)
    {
        var target = context.Tables[table];
        if (index >= (uint)Volatile.Read(ref target.Count))
            ThrowOutside(target, index);
        TableRanges.At(target, index) = value;
    }

    public static long Size(GuestContext context, int table) => context.Tables[table].Length;

    public static long Grow(object? value, ulong count, GuestContext context, int table) => context.Tables[table].GrowEntries(count, value);

    public static void Fill(ulong from, object? value, ulong count, GuestContext context, int table, int unused) =>
        Traps.StopFor(TableRanges.Fill(context.Tables[table], from, value, count, ref context.Fuel));

    public static void Copy(ulong to, ulong from, ulong count, GuestContext context, int toTable, int fromTable) =>
        Traps.StopFor(TableRanges.Copy(context.Tables[toTable], to, context.Tables[fromTable], from, count, ref context.Fuel));

    public static void Init(ulong to, uint from, uint count, GuestContext context, int segment, int table) =>
        Traps.StopFor(TableRanges.Init(context.Tables[table], to, context.Instance, segment, from, count, ref context.Fuel));

    public static void DropElements(GuestContext context, int segment) => Segments.DropElements(context.Instance, segment);

    [DoesNotReturn]
    private static void ThrowOutside(WasmTable table, ulong index) => throw TableRanges.Outside(table, index).ToException();
}
