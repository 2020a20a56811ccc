using System.Diagnostics.CodeAnalysis;
using Waxwing.Runtime;

namespace Waxwing;

/// <summary>A global variable. Reads and writes on several threads are memory-safe; a v128 may tear. Specification: 4.2 Global instances.</summary>
public sealed unsafe class WasmGlobal
{
    // Keeps the cell's pinned array alive.
    [SuppressMessage("CodeQuality", "IDE0052", Justification = "Held, not read.")]
    private readonly object block;

    /// <summary>A global defined by the host.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">Its initial value.</param>
    /// <exception cref="ArgumentException">The value is not of the type.</exception>
    public WasmGlobal(GlobalType type, WasmValue value) : this(type)
    {
        Check(value);
        Store(value);
    }

    /// <summary>A global whose value is zero or null, to be initialised by an instantiation.</summary>
    internal WasmGlobal(GlobalType type)
    {
        Type = type;
        Cell = GlobalCells.Allocate(out block);
    }

    /// <summary>The type.</summary>
    public GlobalType Type { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">Set: the global is immutable.</exception>
    /// <exception cref="ArgumentException">Set: the value is not of the type.</exception>
    public WasmValue Value
    {
        get
        {
            var kind = Type.Type.Kind;
            var value = kind switch
            {
                ValueKind.Reference => WasmValue.FromReference(Volatile.Read(ref Reference)),
                ValueKind.V128 => new(kind, Cell[0], Cell[1], null),
                ValueKind.I32 or ValueKind.F32 => new(kind, Volatile.Read(ref *(uint*)Cell), 0, null),
                _ => new(kind, Volatile.Read(ref *Cell), 0, null),
            };
            GC.KeepAlive(this);
            return value;
        }
        set
        {
            if (!Type.IsMutable)
                throw new InvalidOperationException("The global is immutable.");
            Check(value);
            Store(value);
        }
    }

    /// <summary>The numeric value's place: 16 bytes, aligned to 16, fixed for the life of this object (pinned storage that the object keeps alive).</summary>
    internal readonly ulong* Cell;

    /// <summary>The value of a global of reference type.</summary>
    internal object? Reference;

    /// <summary>Sets the value without a check.</summary>
    internal void Store(WasmValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Reference:
                Volatile.Write(ref Reference, value.ReferenceUnchecked);
                break;
            case ValueKind.V128:
                (Cell[0], Cell[1]) = (value.Low, value.High);
                break;
            case ValueKind.I32 or ValueKind.F32:
                Volatile.Write(ref *(uint*)Cell, (uint)value.Low);
                break;
            default:
                Volatile.Write(ref *Cell, value.Low);
                break;
        }
        GC.KeepAlive(this);
    }

    /// <summary>Type and value.</summary>
    public override string ToString() => $"{Type} = {Value}";

    private void Check(WasmValue value)
    {
        if (value.Kind != Type.Type.Kind)
            throw new ArgumentException($"The value must be {Type.Type}, not {value.Kind.ToString().ToLowerInvariant()}.", nameof(value));
        if (value.Kind == ValueKind.Reference && !ReferenceTypes.IsInstance(value.ReferenceUnchecked, Type.Type))
            throw new ArgumentException($"The value must be {Type.Type}, not {ReferenceTypes.Describe(value.ReferenceUnchecked)}.", nameof(value));
    }
}
