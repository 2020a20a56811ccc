using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// What the objects of a struct or array type look like in memory; one per canonical type, made on first use. A field's place depends only on the fields before it, so that
/// an instruction typed by a supertype finds the field in an object of any subtype.
/// </summary>
internal sealed unsafe class ObjectLayout
{
    private readonly delegate*<ObjectLayout, WasmStruct> create;

    private ObjectLayout(DefinedType type)
    {
        (Type, TypeId) = (type, type.Id);
        if (type.IsArray)
        {
            Element = FieldLayout.StorageOf(type.FieldTypes[0]);
            ElementSize = FieldLayout.Size(Element);
            return;
        }
        var fields = new FieldLayout[type.FieldTypes.Length];
        int bytes = 0, references = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var storage = FieldLayout.StorageOf(type.FieldTypes[i]);
            if (storage == FieldStorage.Reference)
            {
                fields[i] = new(storage, references++);
                continue;
            }
            var size = FieldLayout.Size(storage);
            var alignment = Math.Min(size, 8);
            bytes = (bytes + alignment - 1) & -alignment;
            fields[i] = new(storage, bytes);
            bytes += size;
        }
        Fields = fields;
        var shape = StructShapes.Find((bytes + 7) / 8, references);
        create = shape.Create;
        ReferencesOffset = shape.ReferencesOffset;
    }

    public DefinedType Type { get; }

    /// <summary>The type's identity, where a cast in compiled code finds it with two loads.</summary>
    public readonly long TypeId;

    /// <summary>The fields of a struct type.</summary>
    public FieldLayout[] Fields { get; } = [];

    /// <summary>Bytes from <see cref="WasmStruct.Data"/> to the first reference of a struct. Read on each access to a reference field.</summary>
    public readonly nint ReferencesOffset;

    /// <summary>How elements of an array type are stored.</summary>
    public FieldStorage Element { get; }

    /// <summary>Bytes of an element of an array type; 0 for references.</summary>
    public readonly int ElementSize;

    public static ObjectLayout Of(DefinedType type) => type.Layout is { } layout ? Unsafe.As<ObjectLayout>(layout) : Make(type);

    /// <summary>A struct with every field zero or null.</summary>
    public WasmStruct NewStruct() => create(this);

    /// <summary>An array with every element zero or null.</summary>
    /// <exception cref="WasmTrapException">The array is larger than the limit, or memory was refused.</exception>
    public WasmArray NewArray(uint length, long limit) =>
        TryNewArray(length, limit, out var refusal) ?? throw new WasmTrapException(TrapCode.AllocationRefused, refusal);

    /// <summary>Bytes that so many elements of an array type take.</summary>
    public ulong BytesOf(uint length) => length * (ulong)(Element == FieldStorage.Reference ? sizeof(nint) : ElementSize);

    /// <summary>An array with every element zero or null; or null, and why it was refused.</summary>
    public WasmArray? TryNewArray(uint length, long limit, out string? refusal)
    {
        var bytes = (long)BytesOf(length);
        limit = Math.Min(limit, Array.MaxLength);
        refusal = null;
        if (bytes <= limit)
        {
            try
            {
                return Element == FieldStorage.Reference ? new WasmReferenceArray(this, new object?[length]) : new WasmNumericArray(this, (int)length, new byte[bytes]);
            }
            catch (OutOfMemoryException)
            {
                limit = 0;
            }
        }
        refusal = $"an array of {length} elements, {bytes} bytes" + (limit == 0 ? "" : $" (the limit is {limit})");
        return null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ObjectLayout Make(DefinedType type)
    {
        // Two threads may both make one; they are alike, but objects refer to theirs, so the first stays.
        var layout = new ObjectLayout(type);
        lock (type)
            return Unsafe.As<ObjectLayout>(type.Layout ??= layout);
    }
}
