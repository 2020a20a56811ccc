namespace Waxwing;

/// <summary>An exception tag: identity matters, two tags of one type differ.</summary>
public sealed partial class WasmTag
{
    internal WasmTag(DefinedType type) => DefinedType = type;

    internal DefinedType DefinedType { get; }
}
