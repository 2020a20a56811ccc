namespace Waxwing;

/// <summary>A table of references.</summary>
public sealed partial class WasmTable
{
    /// <summary>The entries; the array may be longer than the table, and growth replaces it. A reader that races with growth sees old or new, both safe.</summary>
    internal object?[] Entries = [];

    /// <summary>The table's length; at most the length of <see cref="Entries"/> read before it.</summary>
    internal int Count;

    /// <summary>table.grow: the old size, or -1. Thread-safe.</summary>
    internal long GrowEntries(ulong count, object? value) => throw new NotImplementedException();
}
