using System.Diagnostics.CodeAnalysis;

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

    /// <summary>Whether a guest calls; if not, the host called the function itself, perhaps out of a guest's table.</summary>
    public bool IsGuest => InstanceOrNull is not null;

    /// <summary>The calling instance.</summary>
    /// <exception cref="InvalidOperationException">The host called the function itself.</exception>
    public WasmInstance Instance => InstanceOrNull ?? throw new InvalidOperationException("The host function was not called by a guest.");

    /// <summary>The caller's exported memory named "memory", or else its memory 0.</summary>
    /// <exception cref="InvalidOperationException">The caller has no memory, or the host called the function itself.</exception>
    public WasmMemory Memory => Instance.Memory;

    /// <summary>A memory that the caller exports.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no memory of that name.</exception>
    public WasmMemory GetMemory(string name) => Instance.GetMemory(name);

    /// <summary>A function that the caller exports.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no function of that name.</exception>
    public WasmFunction GetFunction(string name) => Instance.GetFunction(name);

    /// <summary>A function that the caller exports, if there is one.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="function">The function.</param>
    public bool TryGetFunction(string name, [NotNullWhen(true)] out WasmFunction? function) => Instance.TryGetFunction(name, out function);
}
