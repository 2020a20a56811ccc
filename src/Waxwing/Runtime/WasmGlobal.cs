namespace Waxwing;

/// <summary>A global variable. Reads and writes on several threads are memory-safe; a v128 may tear.</summary>
public sealed unsafe partial class WasmGlobal
{
    /// <summary>A global defined by the host.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">Its initial value.</param>
    /// <exception cref="ArgumentException">The value is not of the type.</exception>
    public WasmGlobal(GlobalType type, WasmValue value) => throw new NotImplementedException();

    /// <summary>The type.</summary>
    public GlobalType Type => throw new NotImplementedException();

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">Set: the global is immutable.</exception>
    /// <exception cref="ArgumentException">Set: the value is not of the type.</exception>
    public WasmValue Value
    {
        get => throw new NotImplementedException();
        set => throw new NotImplementedException();
    }

    /// <summary>The numeric value's place: 16 bytes, aligned to 16, fixed for the life of this object (pinned storage that the object keeps alive).</summary>
    internal readonly ulong* Cell = null;

    /// <summary>The value of a global of reference type.</summary>
    internal object? Reference;
}
