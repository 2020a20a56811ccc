using Waxwing.Syntax;

namespace Waxwing.Types;

/// <summary>Process-wide, weakly held canonical types.</summary>
internal static class TypeRegistry
{
    /// <summary>Sets <see cref="SubType.Canonical"/> for every type of a module whose type section is valid. Thread-safe.</summary>
    public static void Canonicalize(Module module) => throw new NotImplementedException();

    /// <summary>The canonical function type with these parameters and results (final, without supertype): host functions.</summary>
    public static DefinedType Function(ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results) => throw new NotImplementedException();

    public static ValueType Resolve(Module module, ValType type) => throw new NotImplementedException();

    public static HeapType Resolve(Module module, HeapTypeCode heap) => throw new NotImplementedException();
}
