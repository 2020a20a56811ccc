namespace Waxwing.Runtime;

/// <summary>An array of numbers: its elements are packed in bytes, <see cref="ObjectLayout.ElementSize"/> each.</summary>
internal sealed class WasmNumericArray(ObjectLayout layout, int length, byte[] bytes) : WasmArray(layout, length)
{
    /// <summary>Begins at an address that is a multiple of 8.</summary>
    public readonly byte[] Bytes = bytes;

    private protected override WasmValue Load(int index) => FieldAccess.Read(ref Bytes[index * Layout.ElementSize], Layout.Element);

    internal override void Store(int index, WasmValue value) => FieldAccess.Write(ref Bytes[index * Layout.ElementSize], Layout.Element, value);
}

/// <summary>An array of references.</summary>
internal sealed class WasmReferenceArray(ObjectLayout layout, object?[] items) : WasmArray(layout, items.Length)
{
    public readonly object?[] Items = items;

    private protected override WasmValue Load(int index) => WasmValue.FromReference(Items[index]);

    internal override void Store(int index, WasmValue value) => Items[index] = value.ReferenceUnchecked;
}
