namespace Waxwing;

public sealed partial class WasmFunction
{
    /// <summary>Calls the function on this thread.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    /// <exception cref="WasmThrownException">A WebAssembly exception left the function.</exception>
    /// <exception cref="ObjectDisposedException">The function's instance is disposed.</exception>
    public WasmValue[] Invoke(params ReadOnlySpan<WasmValue> arguments) => Invoke(CancellationToken.None, arguments);

    /// <summary>Calls the function on this thread.</summary>
    /// <param name="cancellation">Stops the guest, which then traps with <see cref="TrapCode.Interrupted"/>.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The arguments do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped or was stopped.</exception>
    public WasmValue[] Invoke(CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments) => throw new NotImplementedException();

    /// <summary>Calls the function on this thread without allocating.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="results">Room for the results; exactly as many as the signature has.</param>
    /// <param name="cancellation">Stops the guest.</param>
    /// <exception cref="ArgumentException">Arguments or results do not fit the signature.</exception>
    /// <exception cref="WasmTrapException">The guest trapped or was stopped.</exception>
    public void Invoke(ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Calls the function; no thread is held while the guest waits in asynchronous host functions.</summary>
    /// <param name="cancellation">Stops the guest.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results. Fails as <see cref="Invoke(ReadOnlySpan{WasmValue})"/> does.</returns>
    public Task<WasmValue[]> InvokeAsync(CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments) => throw new NotImplementedException();

    /// <summary>Calls the function; no thread is held while the guest waits in asynchronous host functions.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    public Task<WasmValue[]> InvokeAsync(params ReadOnlySpan<WasmValue> arguments) => InvokeAsync(CancellationToken.None, arguments);

    /// <summary>
    /// The function as a typed delegate. The signature is checked here, once; a call costs nanoseconds. Types: int and uint for i32, long and ulong for i64, float, double,
    /// <c>Vector128&lt;byte&gt;</c>, <see cref="WasmFunction"/> for funcref, <c>object</c> for any reference; a tuple for several results.
    /// </summary>
    /// <typeparam name="TDelegate">The delegate type: a <c>Func</c> or <c>Action</c>.</typeparam>
    /// <exception cref="WasmLinkException">The delegate's signature is not the function's.</exception>
    public TDelegate As<TDelegate>() where TDelegate : Delegate => throw new NotImplementedException();
}
