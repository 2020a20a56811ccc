using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>Objects that guests make, within the limits of their instance.</summary>
internal static unsafe class ObjectCreation
{
    /// <summary>A struct with zeros and nulls.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TrapCause NewStruct(ObjectLayout layout, out WasmStruct? made)
    {
        try
        {
            made = layout.NewStruct();
            return default;
        }
        catch (OutOfMemoryException)
        {
            made = null;
            return new(TrapCode.AllocationRefused, $"a struct of {layout.Fields.Length} fields");
        }
    }

    /// <summary>An array with zeros and nulls.</summary>
    public static TrapCause NewArray(ObjectLayout layout, uint length, WasmInstance instance, ref long fuel, out WasmArray? made)
    {
        BulkFuel.Charge(ref fuel, layout.BytesOf(length));
        made = layout.TryNewArray(length, instance.Runtime.Options.Limits.ArrayBytes, out var refusal);
        return made is null ? new(TrapCode.AllocationRefused, refusal) : default;
    }

    /// <summary>An array of one value: a number by the address of its low byte, or a reference.</summary>
    public static TrapCause NewArray(ObjectLayout layout, uint length, byte* value, object? reference, WasmInstance instance, ref long fuel, out WasmArray? made)
    {
        var cause = NewArray(layout, length, instance, ref fuel, out made);
        if (made is WasmReferenceArray array)
            array.Items.AsSpan().Fill(reference);
        else if (made is not null)
            ArrayRanges.Fill(Unsafe.As<WasmNumericArray>(made).Bytes, value, layout.Element);
        return cause;
    }

    /// <summary>array.new_data: the offset is in bytes, the length in elements.</summary>
    public static TrapCause NewArrayOfData(ObjectLayout layout, int segment, uint from, uint length, WasmInstance instance, ref long fuel, out WasmArray? made)
    {
        var data = Segments.Data(instance, segment);
        var bytes = (ulong)length * (uint)layout.ElementSize;
        made = null;
        if (Bounds.AreLeft(from, bytes, (ulong)data.Length))
            return new(TrapCode.MemoryOutOfBounds, Bounds.Describe(from, bytes, "data segment", (ulong)data.Length));
        var cause = NewArray(layout, length, instance, ref fuel, out made);
        if (made is not null)
            data.Slice((int)from, (int)bytes).CopyTo(Unsafe.As<WasmNumericArray>(made).Bytes);
        return cause;
    }

    /// <summary>array.new_elem.</summary>
    public static TrapCause NewArrayOfElements(ObjectLayout layout, int segment, uint from, uint length, WasmInstance instance, ref long fuel, out WasmArray? made)
    {
        var elements = Segments.Elements(instance, segment);
        made = null;
        if (Bounds.AreLeft(from, length, (ulong)elements.Length))
            return new(TrapCode.TableOutOfBounds, Bounds.Describe(from, length, "element segment", (ulong)elements.Length));
        var cause = NewArray(layout, length, instance, ref fuel, out made);
        if (made is not null)
            elements.AsSpan((int)from, (int)length).CopyTo(Unsafe.As<WasmReferenceArray>(made).Items);
        return cause;
    }
}
