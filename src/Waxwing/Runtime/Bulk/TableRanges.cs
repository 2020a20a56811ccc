using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>
/// Entries of tables for guests; all bounds are checked before anything is written. Whatever a table holds is of its element type (the host's entries are checked too), and an entry array
/// is exactly an object[].
/// </summary>
internal static class TableRanges
{
    /// <summary>An entry whose index is below a count that was read from the table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref object? At(WasmTable table, ulong index) =>
        // SAFETY: the entries are replaced by longer ones before the count rises, so they are at least as many as the count that the index was compared with.
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Entries), (nuint)index);

    /// <summary>Why an entry cannot be read or written.</summary>
    public static TrapCause Outside(WasmTable table, ulong index) => new(TrapCode.TableOutOfBounds, $"index {index}, length {table.Count}");

    public static TrapCause Fill(WasmTable table, ulong from, object? value, ulong count, ref long fuel)
    {
        if (!TryFind(table, from, count, out var entries))
            return Outside(table, from, count);
        BulkFuel.Charge(ref fuel, BytesOf(count));
        entries.Fill(value);
        return default;
    }

    public static TrapCause Copy(WasmTable destination, ulong to, WasmTable source, ulong from, ulong count, ref long fuel)
    {
        if (!TryFind(destination, to, count, out var target))
            return Outside(destination, to, count);
        if (!TryFind(source, from, count, out var entries))
            return Outside(source, from, count);
        BulkFuel.Charge(ref fuel, BytesOf(count));
        entries.CopyTo(target);
        return default;
    }

    public static TrapCause Init(WasmTable table, ulong to, WasmInstance instance, int segment, uint from, uint count, ref long fuel)
    {
        var elements = Segments.Elements(instance, segment);
        if (Bounds.AreLeft(from, count, (ulong)elements.Length))
            return new(TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "element segment", (ulong)elements.Length));
        if (!TryFind(table, to, count, out var entries))
            return Outside(table, to, count);
        BulkFuel.Charge(ref fuel, BytesOf(count));
        elements.AsSpan((int)from, (int)count).CopyTo(entries);
        return default;
    }

    private static ulong BytesOf(ulong entries) => entries * (ulong)nint.Size;

    /// <summary>Whether a range leaves the table; if not, its entries.</summary>
    private static bool TryFind(WasmTable table, ulong from, ulong count, out Span<object?> entries)
    {
        var length = (ulong)Volatile.Read(ref table.Count);
        var isInside = !Bounds.AreLeft(from, count, length);
        entries = isInside ? Volatile.Read(ref table.Entries).AsSpan((int)from, (int)count) : default;
        return isInside;
    }

    private static TrapCause Outside(WasmTable table, ulong from, ulong count) =>
        new(TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "table", (ulong)table.Count));
}
