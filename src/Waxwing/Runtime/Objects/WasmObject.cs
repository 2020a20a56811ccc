namespace Waxwing;

/// <summary>A struct or array of the GC proposal, allocated by a guest or the host and collected by the .NET garbage collector.</summary>
public abstract class WasmObject
{
    private protected WasmObject(DefinedType type) => Type = type;

    /// <summary>The object's defined type.</summary>
    public DefinedType Type { get; }
}
