using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing;

public sealed partial class WasmFunction
{
    /// <summary>Slots up to which a call keeps its arguments on the stack.</summary>
    private const int StackSlots = 32;

    /// <summary>Calls the function on this thread.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    /// <exception cref="WasmThrownException">A WebAssembly exception left the function.</exception>
    /// <exception cref="ObjectDisposedException">The function's instance is disposed.</exception>
    public WasmValue[] Invoke(params ReadOnlySpan<WasmValue> arguments) => Invoke(CancellationToken.None, arguments);

    /// <summary>Calls the function on this thread.</summary>
    /// <param name="cancellation">Stops the guest.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    /// <exception cref="OperationCanceledException">The guest was stopped; the inner exception is a trap that says where.</exception>
    /// <exception cref="WasmThrownException">A WebAssembly exception left the function.</exception>
    /// <exception cref="ObjectDisposedException">The function's instance is disposed.</exception>
    public WasmValue[] Invoke(CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments)
    {
        var results = DefinedType.ResultTypes.Length == 0 ? [] : new WasmValue[DefinedType.ResultTypes.Length];
        Invoke(arguments, results, cancellation);
        return results;
    }

    /// <summary>Calls the function on this thread. Allocates only if the signature has references, or more than 32 slots of 8 bytes.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="results">Room for the results; exactly as many as the signature has.</param>
    /// <param name="cancellation">Stops the guest.</param>
    /// <exception cref="ArgumentException">Arguments or results do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    /// <exception cref="OperationCanceledException">The guest was stopped; the inner exception is a trap that says where.</exception>
    /// <exception cref="WasmThrownException">A WebAssembly exception left the function.</exception>
    /// <exception cref="ObjectDisposedException">The function's instance is disposed.</exception>
    [SkipLocalsInit]
    public void Invoke(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results, CancellationToken cancellation = default)
    {
        var type = DefinedType;
        if (results.Length != type.ResultTypes.Length)
            throw new ArgumentException($"{type.ResultTypes.Length} results expected, room for {results.Length} given.", nameof(results));
        var count = SlotCount;
        Span<ulong> slots = count <= StackSlots ? stackalloc ulong[StackSlots] : new ulong[count];
        slots = slots[..count];
        Span<object?> references = UsesReferences ? new object?[count] : default;
        Slots.WriteAll(type.ParameterTypes, arguments, slots, references, "argument");
        InvokeSlots(slots, references, cancellation);
        Slots.ReadAll(type.ResultTypes, slots, references, results);
    }

    /// <summary>Calls the function; no thread is held while the guest waits in asynchronous host functions.</summary>
    /// <param name="cancellation">Stops the guest.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results. Fails as <see cref="Invoke(ReadOnlySpan{WasmValue})"/> does.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    public Task<WasmValue[]> InvokeAsync(CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments)
    {
        var slots = new ulong[SlotCount];
        object?[] references = UsesReferences ? new object?[slots.Length] : [];
        Slots.WriteAll(DefinedType.ParameterTypes, arguments, slots, references, "argument");
        return Finish(InvokeSlotsAsync(slots, references, cancellation), slots, references);
    }

    /// <summary>Calls the function; no thread is held while the guest waits in asynchronous host functions.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    public Task<WasmValue[]> InvokeAsync(params ReadOnlySpan<WasmValue> arguments) => InvokeAsync(CancellationToken.None, arguments);

    /// <summary>Slots that a call needs: for arguments or results, whichever are more.</summary>
    internal int SlotCount => Math.Max(DefinedType.ParameterSlots, DefinedType.ResultSlots);

    /// <summary>Whether the signature has references.</summary>
    internal bool UsesReferences => Slots.HasReferences(DefinedType.ParameterTypes) || Slots.HasReferences(DefinedType.ResultTypes);

    /// <summary>Calls with arguments that are known to fit, in the slot layout.</summary>
    internal void InvokeSlots(Span<ulong> slots, Span<object?> references, CancellationToken cancellation)
    {
        if (Instance is { } instance)
        {
            instance.ThrowIfDisposed();
            instance.Code.Invoke(this, slots, references, cancellation);
            // What the guest reaches by address (memories, globals) lives as long as its instance.
            GC.KeepAlive(instance);
        }
        else
        {
            Host!.Invoke(new(null, cancellation), slots, references);
        }
    }

    /// <summary>A delegate like the given one, which goes by way of slots, but straight into the code if the engine can do that.</summary>
    internal Delegate Direct(Delegate general) => TryDirect(general, general.GetType()) ?? general;

    /// <summary>The same of another type with the same signature; null if the engine cannot do that.</summary>
    internal Delegate? TryDirect(Delegate general, Type delegateType) => Instance?.Code.MakeDelegate(this, general, delegateType);

    /// <summary>The asynchronous <see cref="InvokeSlots"/>; failures come with the task.</summary>
    internal ValueTask InvokeSlotsAsync(ulong[] slots, object?[] references, CancellationToken cancellation)
    {
        try
        {
            if (Instance is not { } instance)
                return Host!.InvokeAsync(new(null, cancellation), slots, references);
            instance.ThrowIfDisposed();
            return instance.Code.InvokeAsync(this, slots, references, cancellation);
        }
        catch (Exception error)
        {
            return ValueTask.FromException(error);
        }
    }

    private async Task<WasmValue[]> Finish(ValueTask call, ulong[] slots, object?[] references)
    {
        await call.ConfigureAwait(false);
        return Slots.ReadAll(DefinedType.ResultTypes, slots, references);
    }
}
