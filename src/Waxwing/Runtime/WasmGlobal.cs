namespace Waxwing;

/// <summary>A global variable.</summary>
public sealed unsafe partial class WasmGlobal
{
    /// <summary>The numeric value's place: 16 bytes, aligned to 16, fixed for the life of this object (pinned storage that the object keeps alive).</summary>
    internal readonly ulong* Cell = null;

    /// <summary>The value of a global of reference type.</summary>
    internal object? Reference;
}
