namespace Waxwing.Runtime;

internal sealed class TaskShape : ResultShape<Task>
{
    public override ValueType[] Types => [];
    public override Type[] Elements => [];
    public override bool IsAsync => true;
    public override void Write(Task result, Span<ulong> slots, Span<object?> references) => result.GetAwaiter().GetResult();
    public override ValueTask WriteAsync(Task result, ulong[] slots, object?[] references) => new(result);
    public override Task Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references) => Task.CompletedTask;

    public override Task Start(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation) =>
        function.InvokeSlotsAsync(slots, references, cancellation).AsTask();
}

internal sealed class ValueTaskShape : ResultShape<ValueTask>
{
    public override ValueType[] Types => [];
    public override Type[] Elements => [];
    public override bool IsAsync => true;
    public override void Write(ValueTask result, Span<ulong> slots, Span<object?> references) => result.AsTask().GetAwaiter().GetResult();
    public override ValueTask WriteAsync(ValueTask result, ulong[] slots, object?[] references) => result;
    public override ValueTask Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references) => ValueTask.CompletedTask;

    public override ValueTask Start(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation) =>
        function.InvokeSlotsAsync(slots, references, cancellation);
}

internal sealed class TaskShape<T> : ResultShape<Task<T>>
{
    private static ResultShape<T> Inner => ResultShapeOf<T>.Shape;

    public override ValueType[]? Types => Inner.IsAsync ? null : Inner.Types;
    public override Type[] Elements => Inner.Elements;
    public override bool IsAsync => true;
    public override void Write(Task<T> result, Span<ulong> slots, Span<object?> references) => Inner.Write(result.GetAwaiter().GetResult(), slots, references);

    public override ValueTask WriteAsync(Task<T> result, ulong[] slots, object?[] references)
    {
        if (!result.IsCompletedSuccessfully)
            return new(Later(result, slots, references));
        Inner.Write(result.Result, slots, references);
        return ValueTask.CompletedTask;
    }

    public override Task<T> Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references) => Task.FromResult(Inner.Read(slots, references));

    public override async Task<T> Start(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation)
    {
        await function.InvokeSlotsAsync(slots, references, cancellation).ConfigureAwait(false);
        return Inner.Read(slots, references);
    }

    private static async Task Later(Task<T> result, ulong[] slots, object?[] references) => Inner.Write(await result.ConfigureAwait(false), slots, references);
}

internal sealed class ValueTaskShape<T> : ResultShape<ValueTask<T>>
{
    private static ResultShape<T> Inner => ResultShapeOf<T>.Shape;

    public override ValueType[]? Types => Inner.IsAsync ? null : Inner.Types;
    public override Type[] Elements => Inner.Elements;
    public override bool IsAsync => true;
    public override void Write(ValueTask<T> result, Span<ulong> slots, Span<object?> references) => Inner.Write(result.AsTask().GetAwaiter().GetResult(), slots, references);

    public override ValueTask WriteAsync(ValueTask<T> result, ulong[] slots, object?[] references)
    {
        if (!result.IsCompletedSuccessfully)
            return new(Later(result, slots, references));
        Inner.Write(result.Result, slots, references);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<T> Read(ReadOnlySpan<ulong> slots, ReadOnlySpan<object?> references) => new(Inner.Read(slots, references));

    public override async ValueTask<T> Start(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation)
    {
        await function.InvokeSlotsAsync(slots, references, cancellation).ConfigureAwait(false);
        return Inner.Read(slots, references);
    }

    private static async Task Later(ValueTask<T> result, ulong[] slots, object?[] references) => Inner.Write(await result.ConfigureAwait(false), slots, references);
}
