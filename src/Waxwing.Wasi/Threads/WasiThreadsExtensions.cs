using Waxwing.Wasi.Tracing;

namespace Waxwing.Wasi;

/// <summary>Adds wasi-threads to a runtime.</summary>
public static class WasiThreadsExtensions
{
    /// <summary>
    /// Defines <c>wasi.thread-spawn</c> for a guest. The guest's memory must be imported and shared: <see cref="WasmRuntime.ProvideMemories"/> makes it. Run the guest by
    /// <see cref="WasiThreads.Run"/>, or its main thread does not learn of the end of others. One guest for each object.
    /// </summary>
    /// <param name="definitions">The runtime, or imports for single instantiations.</param>
    /// <param name="maximumThreads">The most threads at once, without the main one; creating more fails with EAGAIN. Each is a .NET thread with an instance of the module.</param>
    /// <returns>The guest's threads; dispose it to stop them.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is negative or above 10,000.</exception>
    public static WasiThreads AddWasiThreads(this WasmDefinitions definitions, int maximumThreads = 64)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumThreads);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maximumThreads, 10_000);
        var threads = new WasiThreads(maximumThreads);
        definitions.Define(WasiThreads.Module, WasiThreads.Spawn,
            WasmFunction.FromDelegate((WasmCaller caller, int argument) => threads.SpawnThread(caller, argument)).WithFormat(new SpawnCallFormat()));
        return threads;
    }
}
