using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>A function implemented by the host, in the slot layout described in <see cref="Engine"/>. Typed delegates are wrapped by subclasses without reflection on the call path.</summary>
internal abstract class HostFunction
{
    public virtual bool IsAsync => false;

    /// <summary>How its calls are shown; null for their values.</summary>
    public WasmCallFormat? Format { get; private set; }

    /// <summary>A Func or Action of the function's own parameters and result that does the whole work; null for other forms.</summary>
    public virtual Delegate? Target => null;

    /// <summary>Calls the function synchronously (an asynchronous one blocks until it is done).</summary>
    public abstract void Invoke(WasmCaller caller, Span<ulong> slots, Span<object?> references);

    /// <summary>Calls the function; slots and references are arrays owned by this call, read again by the engine when the task is done.</summary>
    public virtual ValueTask InvokeAsync(WasmCaller caller, ulong[] slots, object?[] references)
    {
        Invoke(caller, slots, references);
        return ValueTask.CompletedTask;
    }

    /// <summary>The same function, whose calls are shown in another way.</summary>
    public HostFunction WithFormat(WasmCallFormat format)
    {
        var copy = (HostFunction)MemberwiseClone();
        copy.Format = format;
        return copy;
    }

    /// <summary>Stores a delegate's result; of a task, when it is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static void WriteResult<TResult>(TResult result, Span<ulong> slots, Span<object?> references)
    {
        if (TypedSlot.IsNumber<TResult>())
        {
            var index = 0;
            TypedSlot.Write(result, slots, references, ref index);
        }
        else
        {
            ResultShapeOf<TResult>.Shape.Write(result, slots, references);
        }
    }
}
