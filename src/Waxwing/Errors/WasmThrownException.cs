using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// A WebAssembly exception outside of WebAssembly: it left the outermost guest function ("uncaught exception"), or a host function throws it into
/// the guest, whose handlers for the tag then see it.
/// </summary>
public sealed class WasmThrownException : WasmException
{
    /// <summary>An exception to throw into the guest from a host function.</summary>
    /// <param name="tag">The tag; handlers match by its identity.</param>
    /// <param name="values">The exception's values, as the tag's parameters demand.</param>
    /// <exception cref="ArgumentException">The values do not fit the tag.</exception>
    public WasmThrownException(WasmTag tag, params ReadOnlySpan<WasmValue> values) : this(Pack(tag, values)) { }

    internal WasmThrownException(WasmExceptionObject thrown, Exception? inner = null) : base("uncaught exception", inner) => Thrown = thrown;

    internal WasmExceptionObject Thrown { get; }

    /// <summary>Says which tag, and with which values. Made when it is asked for: most exceptions are caught by guests.</summary>
    public override string Message => field ??= Describe(Thrown);

    /// <summary>The exception's tag.</summary>
    public WasmTag Tag => Thrown.Tag;

    /// <summary>The exception's values.</summary>
    public IReadOnlyList<WasmValue> Values => Slots.ReadAll(Thrown.Tag.DefinedType.ParameterTypes, Thrown.Slots, Thrown.References);

    private static WasmExceptionObject Pack(WasmTag tag, ReadOnlySpan<WasmValue> values)
    {
        ArgumentNullException.ThrowIfNull(tag);
        var type = tag.DefinedType;
        var slots = new ulong[type.ParameterSlots];
        var references = Slots.HasReferences(type.ParameterTypes) ? new object?[slots.Length] : [];
        Slots.WriteAll(type.ParameterTypes, values, slots, references, "exception value");
        return new(tag, slots, references);
    }

    private static string Describe(WasmExceptionObject thrown)
    {
        var values = Slots.ReadAll(thrown.Tag.DefinedType.ParameterTypes, thrown.Slots, thrown.References);
        return $"uncaught exception: tag {thrown.Tag}{(values.Length == 0 ? "" : $" ({string.Join(", ", values)})")}";
    }
}
