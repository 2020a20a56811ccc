namespace Waxwing;

/// <summary>
/// The guest that is calling a host function: take it as the delegate's first parameter. Valid during the call (for asynchronous functions: until the task is done).
/// </summary>
public readonly partial struct WasmCaller
{
    internal WasmCaller(WasmInstance? instance, CancellationToken cancellation) => (InstanceOrNull, CancellationToken) = (instance, cancellation);

    internal WasmInstance? InstanceOrNull { get; }

    /// <summary>Signalled when the guest is to be stopped; pass it on to whatever blocks.</summary>
    public CancellationToken CancellationToken { get; }
}
