using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Waxwing.Runtime;

/// <summary>array.fill, array.copy, array.init_data, array.init_elem: all bounds are checked before anything is written. Values of numbers are given by the address of their low byte.</summary>
internal static unsafe class ArrayRanges
{
    public static TrapCause Fill(WasmArray? array, uint from, byte* value, object? reference, uint count, ref long fuel)
    {
        if (array is null)
            return new(TrapCode.NullArrayReference);
        if (Bounds.AreLeft(from, count, (ulong)array.Length))
            return Outside(array, from, count);
        BulkFuel.Charge(ref fuel, array.Layout.BytesOf(count));
        if (array is WasmReferenceArray references)
            references.Items.AsSpan((int)from, (int)count).Fill(reference);
        else
            Fill(BytesOf(array, from, count), value, array.Layout.Element);
        return default;
    }

    /// <summary>The two may be one array.</summary>
    public static TrapCause Copy(WasmArray? destination, uint to, WasmArray? source, uint from, uint count, ref long fuel)
    {
        if (destination is null || source is null)
            return new(TrapCode.NullArrayReference);
        if (Bounds.AreLeft(to, count, (ulong)destination.Length))
            return Outside(destination, to, count);
        if (Bounds.AreLeft(from, count, (ulong)source.Length))
            return Outside(source, from, count);
        BulkFuel.Charge(ref fuel, source.Layout.BytesOf(count));
        if (source is WasmReferenceArray references)
            Array.Copy(references.Items, from, Unsafe.As<WasmReferenceArray>(destination).Items, to, count);
        else
            BytesOf(source, from, count).CopyTo(BytesOf(destination, to, count));
        return default;
    }

    /// <summary>The offset into the segment is in bytes, the count in elements.</summary>
    public static TrapCause InitData(WasmArray? array, uint to, WasmInstance instance, int segment, uint from, uint count, ref long fuel)
    {
        if (array is null)
            return new(TrapCode.NullArrayReference);
        if (Bounds.AreLeft(to, count, (ulong)array.Length))
            return Outside(array, to, count);
        var data = Segments.Data(instance, segment);
        var bytes = (ulong)count * (uint)array.Layout.ElementSize;
        if (Bounds.AreLeft(from, bytes, (ulong)data.Length))
            return new(TrapCode.MemoryOutOfBounds, Bounds.Describe(from, bytes, "data segment", (ulong)data.Length));
        BulkFuel.Charge(ref fuel, bytes);
        data.Slice((int)from, (int)bytes).CopyTo(BytesOf(array, to, count));
        return default;
    }

    public static TrapCause InitElements(WasmArray? array, uint to, WasmInstance instance, int segment, uint from, uint count, ref long fuel)
    {
        if (array is null)
            return new(TrapCode.NullArrayReference);
        if (Bounds.AreLeft(to, count, (ulong)array.Length))
            return Outside(array, to, count);
        var elements = Segments.Elements(instance, segment);
        if (Bounds.AreLeft(from, count, (ulong)elements.Length))
            return new(TrapCode.TableOutOfBounds, Bounds.Describe(from, count, "element segment", (ulong)elements.Length));
        BulkFuel.Charge(ref fuel, array.Layout.BytesOf(count));
        elements.AsSpan((int)from, (int)count).CopyTo(Unsafe.As<WasmReferenceArray>(array).Items.AsSpan((int)to));
        return default;
    }

    /// <summary>Writes a value to all elements.</summary>
    public static void Fill(Span<byte> elements, byte* value, FieldStorage storage)
    {
        switch (storage)
        {
            case FieldStorage.Byte:
                elements.Fill(*value);
                break;
            case FieldStorage.Int16:
                MemoryMarshal.Cast<byte, ushort>(elements).Fill(*(ushort*)value);
                break;
            case FieldStorage.Int32 or FieldStorage.Single:
                MemoryMarshal.Cast<byte, uint>(elements).Fill(*(uint*)value);
                break;
            case FieldStorage.Vector:
                MemoryMarshal.Cast<byte, V>(elements).Fill(*(V*)value);
                break;
            default:
                MemoryMarshal.Cast<byte, ulong>(elements).Fill(*(ulong*)value);
                break;
        }
    }

    /// <summary>The bytes of a range of elements that is within the array.</summary>
    private static Span<byte> BytesOf(WasmArray array, uint from, uint count)
    {
        var size = (uint)array.Layout.ElementSize;
        return Unsafe.As<WasmNumericArray>(array).Bytes.AsSpan((int)(from * size), (int)(count * size));
    }

    private static TrapCause Outside(WasmArray array, uint from, uint count) =>
        new(TrapCode.ArrayOutOfBounds, Bounds.Describe(from, count, "array", (ulong)array.Length));
}
