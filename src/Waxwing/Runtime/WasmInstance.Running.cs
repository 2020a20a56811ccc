namespace Waxwing;

public sealed partial class WasmInstance
{
    /// <summary>
    /// Runs the module as a program: calls its export <c>_start</c>, or <c>_initialize</c> if it is a library, and returns the exit code.
    /// </summary>
    /// <param name="cancellation">Stops the guest.</param>
    /// <returns>The code the guest exits with; 0 if it just returns.</returns>
    /// <exception cref="WasmLinkException">The module exports neither function.</exception>
    /// <exception cref="WasmTrapException">The guest trapped.</exception>
    /// <exception cref="OperationCanceledException">The guest was stopped; the inner exception is a trap that says where.</exception>
    public int Run(CancellationToken cancellation = default)
    {
        try
        {
            EntryPoint().Invoke([], [], cancellation);
            return 0;
        }
        catch (WasmExitException exit)
        {
            return exit.ExitCode;
        }
    }

    /// <summary>As <see cref="Run"/>, without holding a thread while the guest waits in asynchronous host functions.</summary>
    /// <param name="cancellation">Stops the guest.</param>
    public async Task<int> RunAsync(CancellationToken cancellation = default)
    {
        try
        {
            await EntryPoint().InvokeAsync(cancellation).ConfigureAwait(false);
            return 0;
        }
        catch (WasmExitException exit)
        {
            return exit.ExitCode;
        }
    }

    private WasmFunction EntryPoint()
    {
        if (!TryGetFunction("_start", out var entry) && !TryGetFunction("_initialize", out entry))
            throw new WasmLinkException($"unknown export: {this} exports neither \"_start\" nor \"_initialize\", so there is nothing to run; call an export by name instead", null, "_start");
        if (entry.DefinedType.ParameterTypes.Length + entry.DefinedType.ResultTypes.Length > 0)
            throw new WasmLinkException($"incompatible export type: \"{entry.Name}\" of {this} must have no parameters and results to be run, not {entry.DefinedType}", null, "_start");
        return entry;
    }
}
