namespace Waxwing;

/// <summary>
/// A table of references. Growth is thread-safe, and reads and writes on several threads are memory-safe; guests see them in no particular order.
/// </summary>
public sealed partial class WasmTable
{
    /// <summary>A table defined by the host.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="initial">What its entries start as.</param>
    /// <param name="limits">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">The type is not one of tables, or the initial value not one of the element type.</exception>
    /// <exception cref="WasmLinkException">The table is larger than the limit or than memory allows.</exception>
    public WasmTable(TableType type, object? initial = null, WasmLimits? limits = null) => throw new NotImplementedException();

    /// <summary>The type; its minimum is the table's length now.</summary>
    public TableType Type => throw new NotImplementedException();

    /// <summary>Number of entries.</summary>
    public int Length => Volatile.Read(ref Count);

    /// <summary>An entry: null, a <see cref="WasmFunction"/> or what else the element type holds.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    /// <exception cref="ArgumentException">The value set is not of the element type.</exception>
    public object? this[int index]
    {
        get => throw new NotImplementedException();
        set => throw new NotImplementedException();
    }

    /// <summary>The function at an index, or null.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    /// <exception cref="InvalidOperationException">The table does not hold functions.</exception>
    public WasmFunction? GetFunction(int index) => throw new NotImplementedException();

    /// <summary>Grows the table.</summary>
    /// <param name="count">Entries to add.</param>
    /// <param name="value">What they start as.</param>
    /// <returns>The old length, or -1 if the maximum, a limit or memory does not allow it.</returns>
    public long Grow(long count, object? value = null) => throw new NotImplementedException();

    /// <summary>The entries; the array may be longer than the table, and growth replaces it. A reader that races with growth sees old or new, both safe.</summary>
    internal object?[] Entries = [];

    /// <summary>The table's length; at most the length of <see cref="Entries"/> read before it.</summary>
    internal int Count;

    /// <summary>table.grow: the old size, or -1. Thread-safe.</summary>
    internal long GrowEntries(ulong count, object? value) => throw new NotImplementedException();
}
