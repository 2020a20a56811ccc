using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// A table of references. Growth is thread-safe, and reads and writes on several threads are memory-safe; guests see them in no particular order. Specification: 4.2 Table instances.
/// </summary>
public sealed class WasmTable
{
    private readonly TableType declared;
    private readonly ulong largest;
    private readonly Lock gate = new();
    private readonly TableBudget? budget;
    private TableCharge? charge;

    /// <summary>A table defined by the host.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="initial">What its entries start as.</param>
    /// <param name="limits">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">The type is not one of tables, or the initial value not one of the element type.</exception>
    /// <exception cref="WasmLinkException">The table is larger than the limit or than memory allows.</exception>
    public WasmTable(TableType type, object? initial = null, WasmLimits? limits = null) : this(Check(type), limits ?? WasmLimits.Default, null)
    {
        CheckEntry(initial, nameof(initial));
        if (initial is not null)
            Entries.AsSpan().Fill(initial);
    }

    /// <summary>A table of a valid type with null entries, which an instantiation fills.</summary>
    internal WasmTable(TableType type, WasmLimits limits, TableBudget? budget)
    {
        declared = type;
        this.budget = budget;
        largest = Math.Min((ulong)Math.Min(limits.TableEntries, Array.MaxLength), (ulong)(type.Maximum ?? long.MaxValue));
        if ((ulong)type.Minimum > largest)
            throw new WasmLinkException($"table too large: {type} has {type.Minimum} entries, the limit is {largest}");
        if (!TryCharge(type.Minimum))
            throw new WasmLinkException($"table too large: {type} has {type.Minimum} entries, and {budget!.Used} of the {budget.Limit} allowed to the runtime are in use");
        try
        {
            Entries = type.Minimum == 0 ? [] : new object?[type.Minimum];
        }
        catch (OutOfMemoryException refused)
        {
            throw new WasmLinkException($"table refused: there is no memory for {type}", inner: refused);
        }
        Count = Entries.Length;
    }

    /// <summary>The type; its minimum is the table's length now.</summary>
    public TableType Type => declared with { Minimum = Length };

    /// <summary>Number of entries.</summary>
    public int Length => Volatile.Read(ref Count);

    /// <summary>An entry: null, a <see cref="WasmFunction"/> or what else the element type holds.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    /// <exception cref="ArgumentException">The value set is not of the element type.</exception>
    public object? this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
            return Volatile.Read(ref Entries)[index];
        }
        set
        {
            CheckEntry(value, nameof(value));
            // Under the lock, or a growth that is copying the entries could lose the value.
            lock (gate)
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
                Entries[index] = value;
            }
        }
    }

    /// <summary>The function at an index, or null.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    /// <exception cref="InvalidOperationException">The table does not hold functions.</exception>
    public WasmFunction? GetFunction(int index) => this[index] switch
    {
        null => null,
        WasmFunction function => function,
        _ => throw new InvalidOperationException($"The table holds {declared.Element}."),
    };

    /// <summary>Grows the table.</summary>
    /// <param name="count">Entries to add.</param>
    /// <param name="value">What they start as.</param>
    /// <returns>The old length, or -1 if the maximum, a limit or memory does not allow it.</returns>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    public long Grow(long count, object? value = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckEntry(value, nameof(value));
        return GrowEntries((ulong)count, value);
    }

    /// <summary>The entries; the array may be longer than the table, and growth replaces it. A reader that races with growth sees old or new, both safe.</summary>
    internal object?[] Entries;

    /// <summary>The table's length; at most the length of <see cref="Entries"/> read after it.</summary>
    internal int Count;

    /// <summary>The limits of its type, without the present size.</summary>
    internal TableType Declared => declared;

    /// <summary>table.grow: the old size, or -1. Thread-safe.</summary>
    internal long GrowEntries(ulong count, object? value)
    {
        lock (gate)
        {
            var old = Count;
            if (count == 0)
                return old;
            if (count > largest - (ulong)old)
                return -1;
            var length = old + (int)count;
            var entries = Entries;
            if (length > entries.Length)
            {
                if (!TryCharge(length))
                    return -1;
                // Half as much again, so that growing one by one costs a constant amount each time.
                var capacity = (int)Math.Min((long)largest, Math.Max(length, entries.Length + (long)entries.Length / 2));
                try
                {
                    Array.Resize(ref entries, capacity);
                }
                catch (OutOfMemoryException)
                {
                    return -1;
                }
            }
            if (value is not null)
                entries.AsSpan(old, (int)count).Fill(value);
            // The entries before the count: who sees the new count must find the new entries.
            Volatile.Write(ref Entries, entries);
            Volatile.Write(ref Count, length);
            return old;
        }
    }

    /// <summary>Counts the table as so many entries against its runtime's budget; small ones are not worth it.</summary>
    private bool TryCharge(long entries)
    {
        if (budget is null || entries < TableBudget.SmallestCounted)
            return true;
        var counted = charge?.Entries ?? 0;
        if (!budget.TryCharge(entries - counted))
            return false;
        (charge ??= new(budget)).Entries = entries;
        return true;
    }

    private void CheckEntry(object? value, string parameter)
    {
        if (!ReferenceTypes.IsInstance(value, declared.Element))
            throw new ArgumentException($"The entry must be {declared.Element}, not {ReferenceTypes.Describe(value)}.", parameter);
    }

    private static TableType Check(TableType type)
    {
        if (!type.Element.IsReference)
            throw new ArgumentException($"A table holds references, not {type.Element}.", nameof(type));
        var most = type.Is64 ? long.MaxValue : uint.MaxValue;
        if (type.Minimum < 0 || type.Minimum > most || type.Maximum < 0 || type.Maximum > most)
            throw new ArgumentException($"table size must be at most 2^32-1 entries: {type}.", nameof(type));
        if (type.Maximum < type.Minimum)
            throw new ArgumentException($"size minimum must not be greater than maximum: {type}.", nameof(type));
        return type;
    }
}
