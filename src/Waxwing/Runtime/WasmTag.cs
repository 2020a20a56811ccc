using Waxwing.Types;

namespace Waxwing;

/// <summary>An exception tag: identity matters, two tags of one type differ. Immutable and thread-safe.</summary>
public sealed class WasmTag
{
    internal WasmTag(DefinedType type) => DefinedType = type;

    /// <summary>A tag defined by the host.</summary>
    /// <param name="parameters">Types of the values that its exceptions carry.</param>
    public WasmTag(params ReadOnlySpan<ValueType> parameters) : this(TypeRegistry.Function(parameters, [])) { }

    /// <summary>The type of its exceptions: a function type whose parameters are the values they carry.</summary>
    public DefinedType Type => DefinedType;

    internal DefinedType DefinedType { get; }

    /// <summary>The type in the text format.</summary>
    public override string ToString() => DefinedType.ToString();
}
