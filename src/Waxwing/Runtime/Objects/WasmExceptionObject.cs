namespace Waxwing.Runtime;

/// <summary>A thrown WebAssembly exception: what an exnref refers to. Arguments in the slot layout of the tag's parameters. Immutable.</summary>
internal sealed class WasmExceptionObject(WasmTag tag, ulong[] slots, object?[] references)
{
    public WasmTag Tag { get; } = tag;
    public ulong[] Slots { get; } = slots;

    /// <summary>Parallel to <see cref="Slots"/>; empty when no parameter is a reference.</summary>
    public object?[] References { get; } = references;
}
