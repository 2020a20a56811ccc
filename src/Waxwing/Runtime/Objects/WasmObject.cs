using Waxwing.Runtime;

namespace Waxwing;

/// <summary>A struct or array of the GC proposal, allocated by a guest or the host and collected by the .NET garbage collector. Specification: 4.2 Structure and array instances.</summary>
public abstract class WasmObject
{
    internal readonly ObjectLayout Layout;

    private protected WasmObject(ObjectLayout layout) => Layout = layout;

    /// <summary>The object's defined type.</summary>
    public DefinedType Type => Layout.Type;
}
