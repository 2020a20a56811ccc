using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// An array of the GC proposal. Elements may be read and written on several threads; a v128 may tear.
/// </summary>
public abstract class WasmArray : WasmObject
{
    private protected WasmArray(ObjectLayout layout, int length) : base(layout) => Length = length;

    /// <summary>Number of elements.</summary>
    public int Length { get; }

    /// <summary>A new array made by the host.</summary>
    /// <param name="type">An array type.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="initial">What the elements start as; null for zero or null.</param>
    /// <exception cref="ArgumentException">The type is not an array's, or the value not of its element type.</exception>
    /// <exception cref="WasmTrapException">Memory was refused.</exception>
    public static WasmArray Create(DefinedType type, int length, WasmValue? initial = null)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (!type.IsArray)
            throw new ArgumentException($"{type} is not an array type.", nameof(type));
        var value = initial ?? FieldAccess.Default(type.FieldTypes[0]);
        FieldAccess.Check(type.FieldTypes[0], value);
        var made = ObjectLayout.Of(type).NewArray((uint)length, long.MaxValue);
        if (initial is not null)
        {
            for (var i = 0; i < length; i++)
                made.Store(i, value);
        }
        return made;
    }

    /// <summary>An element's value; of packed elements the unsigned one.</summary>
    /// <param name="index">From 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    public WasmValue Get(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
        return Load(index);
    }

    /// <summary>Sets an element.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="value">The value; for packed elements its low bits count.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is beyond the end.</exception>
    /// <exception cref="ArgumentException">The value is not of the element type.</exception>
    /// <exception cref="InvalidOperationException">The elements are immutable.</exception>
    public void Set(int index, WasmValue value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length, nameof(index));
        if (!Type.FieldTypes[0].IsMutable)
            throw new InvalidOperationException($"The elements of {Type} are immutable.");
        FieldAccess.Check(Type.FieldTypes[0], value);
        Store(index, value);
    }

    private protected abstract WasmValue Load(int index);

    /// <summary>Sets an element to a value that is known to fit.</summary>
    internal abstract void Store(int index, WasmValue value);

    /// <summary>The type and the length.</summary>
    public override string ToString() => $"{Type}[{Length}]";
}
