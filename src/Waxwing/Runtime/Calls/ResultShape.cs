namespace Waxwing.Runtime;

/// <summary>How a .NET result type stands for the results of a function: one value, a tuple, a task, or a task of those.</summary>
internal abstract class ResultShape<TResult>
{
    /// <summary>The types of the WebAssembly results; null for a .NET type that has no counterpart.</summary>
    public abstract ValueType[]? Types { get; }

    /// <summary>The .NET types of the results, one each.</summary>
    public abstract Type[] Elements { get; }

    public virtual bool IsAsync => false;

    /// <summary>Stores the results (of a task: when it is done, which blocks).</summary>
    public abstract void Write(TResult result, Span<ulong> slots, Span<object?> references);

    public virtual ValueTask WriteAsync(TResult result, ulong[] slots, object?[] references)
    {
        Write(result, slots, references);
        return ValueTask.CompletedTask;
    }

    public abstract TResult Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references);

    /// <summary>For tasks: calls a function, and completes with its results.</summary>
    public virtual TResult Start(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>The shape of a type, found once.</summary>
internal static class ResultShapeOf<TResult>
{
    public static readonly ResultShape<TResult> Shape = ResultShapes.Make<TResult>();
}

internal sealed class SingleShape<T> : ResultShape<T>
{
    public override ValueType[]? Types { get; } = TypedSlot.TypeOf(typeof(T)) is { } type ? [type] : null;

    public override Type[] Elements { get; } = [typeof(T)];

    public override void Write(T result, Span<ulong> slots, Span<object?> references)
    {
        var index = 0;
        TypedSlot.Write(result, slots, references, ref index);
    }

    public override T Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references)
    {
        var index = 0;
        return TypedSlot.Read<T>(slots, references, ref index);
    }
}
