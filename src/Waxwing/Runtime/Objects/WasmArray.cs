namespace Waxwing;

/// <summary>An array of the GC proposal.</summary>
public abstract class WasmArray : WasmObject
{
    private protected WasmArray(DefinedType type) : base(type) { }

    /// <summary>Number of elements.</summary>
    public abstract int Length { get; }
}
