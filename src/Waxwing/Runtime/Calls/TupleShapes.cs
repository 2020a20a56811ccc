namespace Waxwing.Runtime;

internal abstract class TupleShape<TTuple>(params Type[] elements) : ResultShape<TTuple>
{
    public override Type[] Elements { get; } = elements;

    public override ValueType[]? Types { get; } =
        elements.All(element => TypedSlot.TypeOf(element) is not null) ? [.. elements.Select(element => TypedSlot.TypeOf(element)!.Value)] : null;
}

internal sealed class TupleShape<T1, T2>() : TupleShape<(T1, T2)>(typeof(T1), typeof(T2))
{
    public override void Write((T1, T2) result, Span<ulong> slots, Span<object?> references)
    {
        var index = 0;
        TypedSlot.Write(result.Item1, slots, references, ref index);
        TypedSlot.Write(result.Item2, slots, references, ref index);
    }

    public override (T1, T2) Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var index = 0;
        return (TypedSlot.Read<T1>(slots, references, ref index), TypedSlot.Read<T2>(slots, references, ref index));
    }
}

internal sealed class TupleShape<T1, T2, T3>() : TupleShape<(T1, T2, T3)>(typeof(T1), typeof(T2), typeof(T3))
{
    public override void Write((T1, T2, T3) result, Span<ulong> slots, Span<object?> references)
    {
        var index = 0;
        TypedSlot.Write(result.Item1, slots, references, ref index);
        TypedSlot.Write(result.Item2, slots, references, ref index);
        TypedSlot.Write(result.Item3, slots, references, ref index);
    }

    public override (T1, T2, T3) Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var index = 0;
        return (TypedSlot.Read<T1>(slots, references, ref index), TypedSlot.Read<T2>(slots, references, ref index), TypedSlot.Read<T3>(slots, references, ref index));
    }
}

internal sealed class TupleShape<T1, T2, T3, T4>() : TupleShape<(T1, T2, T3, T4)>(typeof(T1), typeof(T2), typeof(T3), typeof(T4))
{
    public override void Write((T1, T2, T3, T4) result, Span<ulong> slots, Span<object?> references)
    {
        var index = 0;
        TypedSlot.Write(result.Item1, slots, references, ref index);
        TypedSlot.Write(result.Item2, slots, references, ref index);
        TypedSlot.Write(result.Item3, slots, references, ref index);
        TypedSlot.Write(result.Item4, slots, references, ref index);
    }

    public override (T1, T2, T3, T4) Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var index = 0;
        return (TypedSlot.Read<T1>(slots, references, ref index), TypedSlot.Read<T2>(slots, references, ref index), TypedSlot.Read<T3>(slots, references, ref index),
            TypedSlot.Read<T4>(slots, references, ref index));
    }
}
