using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// A struct of the GC proposal. Fields may be read and written on several threads; a v128 may tear.
/// </summary>
public abstract class WasmStruct : WasmObject
{
    private protected WasmStruct(ObjectLayout layout) : base(layout) { }

    /// <summary>Number of fields.</summary>
    public int FieldCount => Layout.Fields.Length;

    /// <summary>The first byte of the numbers. Meaningless for a struct without any.</summary>
    internal ref byte Data
    {
        // SAFETY: every concrete class begins with its storage (measured once for each in StructClasses), where this class has its field.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.As<Header>(this).First;
    }

    /// <summary>The place of a reference field, by the index from its <see cref="FieldLayout"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref object? Reference(int index) =>
        // SAFETY: indices come from the layout of this object's type or a supertype of it, whose references are a prefix of this one's.
        ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref Unsafe.AddByteOffset(ref Data, Layout.ReferencesOffset)), index);

    /// <summary>A new struct made by the host.</summary>
    /// <param name="type">A struct type.</param>
    /// <param name="fields">A value for each field; none at all for zeros and nulls.</param>
    /// <exception cref="ArgumentException">The type is not a struct's, or a value is not of its field's type.</exception>
    public static WasmStruct Create(DefinedType type, params ReadOnlySpan<WasmValue> fields)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!type.IsStruct)
            throw new ArgumentException($"{type} is not a struct type.", nameof(type));
        if (fields.Length != 0 && fields.Length != type.FieldTypes.Length)
            throw new ArgumentException($"{type.FieldTypes.Length} field values expected, {fields.Length} given.", nameof(fields));
        for (var i = 0; i < type.FieldTypes.Length; i++)
            FieldAccess.Check(type.FieldTypes[i], fields.Length == 0 ? FieldAccess.Default(type.FieldTypes[i]) : fields[i]);
        return CreateUnchecked(type, fields);
    }

    /// <summary>A new struct with values that are known to fit, or none.</summary>
    internal static WasmStruct CreateUnchecked(DefinedType type, ReadOnlySpan<WasmValue> fields)
    {
        var made = ObjectLayout.Of(type).NewStruct();
        for (var i = 0; i < fields.Length; i++)
            made.Store(i, fields[i]);
        return made;
    }

    /// <summary>A field's value; of packed fields the unsigned one.</summary>
    /// <param name="field">The field's index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such field.</exception>
    public WasmValue Get(int field)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)field, (uint)Layout.Fields.Length, nameof(field));
        var place = Layout.Fields[field];
        return place.Storage == FieldStorage.Reference
            ? WasmValue.FromReference(Reference(place.Offset))
            : FieldAccess.Read(ref Unsafe.Add(ref Data, place.Offset), place.Storage);
    }

    /// <summary>Sets a field.</summary>
    /// <param name="field">The field's index.</param>
    /// <param name="value">The value; for packed fields its low bits count.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such field.</exception>
    /// <exception cref="ArgumentException">The value is not of the field's type.</exception>
    /// <exception cref="InvalidOperationException">The field is immutable.</exception>
    public void Set(int field, WasmValue value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)field, (uint)Layout.Fields.Length, nameof(field));
        if (!Type.FieldTypes[field].IsMutable)
            throw new InvalidOperationException($"Field {field} of {Type} is immutable.");
        FieldAccess.Check(Type.FieldTypes[field], value);
        Store(field, value);
    }

    private void Store(int field, WasmValue value)
    {
        var place = Layout.Fields[field];
        if (place.Storage == FieldStorage.Reference)
            Reference(place.Offset) = value.AsReference();
        else
            FieldAccess.Write(ref Unsafe.Add(ref Data, place.Offset), place.Storage, value);
    }

    /// <summary>The type.</summary>
    public override string ToString() => Type.ToString();

    /// <summary>A stand-in for the concrete classes: what comes first in all of them.</summary>
    private sealed class Header : WasmStruct
    {
        public byte First;

        private Header() : base(null!) { }
    }
}
