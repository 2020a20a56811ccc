namespace Waxwing.Runtime;

/// <summary>Between <see cref="WasmValue"/> and the slot layout described in <see cref="Engine"/>.</summary>
internal static class Slots
{
    public static bool HasReferences(ReadOnlySpan<ValueType> types)
    {
        foreach (ref readonly var type in types)
        {
            if (type.Kind == ValueKind.Reference)
                return true;
        }
        return false;
    }

    /// <summary>Checks values against types and stores them.</summary>
    /// <exception cref="ArgumentException">The count or a value does not fit; <paramref name="what"/> says of what.</exception>
    public static void WriteAll(ReadOnlySpan<ValueType> types, ReadOnlySpan<WasmValue> values, Span<ulong> slots, Span<object?> references, string what)
    {
        if (types.Length != values.Length)
            throw new ArgumentException($"{types.Length} {what}s expected, {values.Length} given.");
        var slot = 0;
        for (var i = 0; i < types.Length; i++)
        {
            ref readonly var type = ref types[i];
            ref readonly var value = ref values[i];
            if (value.Kind != type.Kind)
                throw new ArgumentException($"{what} {i} must be {type}, not {value.Kind.ToString().ToLowerInvariant()}.");
            slots[slot] = value.Low;
            switch (type.Kind)
            {
                case ValueKind.V128:
                    slots[++slot] = value.High;
                    break;
                case ValueKind.Reference:
                    var reference = value.ReferenceUnchecked;
                    if (!ReferenceTypes.IsInstance(reference, type))
                        throw new ArgumentException($"{what} {i} must be {type}, not {ReferenceTypes.Describe(reference)}.");
                    references[slot] = reference;
                    break;
            }
            slot++;
        }
    }

    public static WasmValue[] ReadAll(ReadOnlySpan<ValueType> types, ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        if (types.IsEmpty)
            return [];
        var values = new WasmValue[types.Length];
        ReadAll(types, slots, references, values);
        return values;
    }

    public static void ReadAll(ReadOnlySpan<ValueType> types, ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references, Span<WasmValue> values)
    {
        var slot = 0;
        for (var i = 0; i < types.Length; i++)
        {
            var kind = types[i].Kind;
            values[i] = kind switch
            {
                ValueKind.V128 => new(kind, slots[slot], slots[slot + 1], null),
                ValueKind.Reference => new(kind, 0, 0, references[slot]),
                ValueKind.I32 or ValueKind.F32 => new(kind, (uint)slots[slot], 0, null),
                _ => new(kind, slots[slot], 0, null),
            };
            slot += kind == ValueKind.V128 ? 2 : 1;
        }
    }
}
