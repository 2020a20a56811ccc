using Waxwing.Wasi.Threads;

namespace Waxwing.Wasi;

/// <summary>
/// The threads of a guest by the wasi-threads proposal: <c>wasi.thread-spawn</c> makes another instance of the calling module, with the same imports and so the same shared memory, and calls
/// its export <c>wasi_thread_start</c> on a .NET thread. A trap or exit on one thread ends all; they are interrupted also in waits and sleeps. Made by
/// <see cref="WasiThreadsExtensions.AddWasiThreads"/>. Thread-safe.
/// </summary>
public sealed class WasiThreads : IDisposable
{
    /// <summary>The import's module name and name.</summary>
    internal const string Module = "wasi", Spawn = "thread-spawn";

    private const string Entry = "wasi_thread_start";

    // Identifiers are from 1 to 2^29 - 1: toolchains keep flags above.
    private const int LastIdentifier = 0x1FFF_FFFF;

    private readonly GuestThreads threads;
    private readonly HashSet<int> identifiers = [];
    private int last;

    internal WasiThreads(int maximum) => threads = new(maximum);

    /// <summary>Number of threads running now, without the main one.</summary>
    public int Count => threads.Count;

    /// <summary>Signalled when a thread ended the guest, or this object was disposed.</summary>
    public CancellationToken Stopping => threads.Stopping;

    /// <summary>Runs a program as <see cref="WasmInstance.Run"/> does; the end of its main thread or of any other, by return, exit or trap, is the end of all of them. Can be called once.</summary>
    /// <param name="instance">The instance whose <c>_start</c> or <c>_initialize</c> is called; after the latter the threads go on.</param>
    /// <param name="cancellation">Stops the guest.</param>
    /// <returns>The code the guest exits with, on whatever thread; 0 if the main thread just returns.</returns>
    /// <exception cref="WasmLinkException">The module exports neither function.</exception>
    /// <exception cref="WasmTrapException">A thread trapped.</exception>
    /// <exception cref="OperationCanceledException">The guest was stopped.</exception>
    public int Run(WasmInstance instance, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var isLibrary = !instance.TryGetFunction("_start", out _) && instance.TryGetFunction("_initialize", out _);
        var isDone = false;
        try
        {
            var code = threads.Run(instance.Run, cancellation);
            isDone = isLibrary;
            return code;
        }
        catch (WasmExitException exit)
        {
            return exit.ExitCode;
        }
        finally
        {
            if (!isDone)
            {
                threads.End(null);
                threads.Join();
            }
        }
    }

    /// <summary>Calls a function on this thread; it ends, with their exception, when another thread of the guest ends the guest.</summary>
    /// <param name="function">A function of the guest.</param>
    /// <param name="cancellation">Stops the call, not the other threads.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The results.</returns>
    /// <exception cref="WasmTrapException">The call or another thread trapped.</exception>
    /// <exception cref="WasmExitException">The guest exited.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public WasmValue[] Invoke(WasmFunction function, CancellationToken cancellation, params ReadOnlySpan<WasmValue> arguments)
    {
        ArgumentNullException.ThrowIfNull(function);
        var copy = arguments.ToArray();
        return threads.Run(token => function.Invoke(token, copy), cancellation);
    }

    /// <summary>Stops the threads and waits for their end.</summary>
    public void Dispose() => threads.Dispose();

    /// <summary>The function itself: the new thread's identifier, or a negative error number.</summary>
    internal int SpawnThread(WasmCaller caller, int argument)
    {
        var parent = caller.Instance;
        if (!parent.TryGetFunction(Entry, out var declared) || declared.Type.Parameters is not [{ Kind: ValueKind.I32 }, { Kind: ValueKind.I32 }] || declared.Type.Results.Count > 0)
            throw new WasmTrapException(TrapCode.Unreachable, $"{Module}.{Spawn}: {parent} exports no \"{Entry}\" (func (param i32 i32))");
        if (TakeIdentifier() is not { } identifier)
            return -(int)WasiErrno.Again;
        WasmInstance? instance = null;
        var isStarted = false;
        try
        {
            instance = parent.CreateSibling(caller.CancellationToken);
            var entry = instance.GetFunction(Entry);
            isStarted = threads.TryStart(
                $"guest thread {identifier}",
                () => entry.Invoke(threads.Stopping, identifier, argument),
                () => Release(identifier, instance));
            return isStarted ? identifier : -(int)WasiErrno.Again;
        }
        catch (WasmLinkException)
        {
            // No room for another instance: the guest can go on without the thread.
            return -(int)WasiErrno.Nomem;
        }
        finally
        {
            if (!isStarted)
                Release(identifier, instance);
        }
    }

    private int? TakeIdentifier()
    {
        lock (identifiers)
        {
            // One more than running threads is more than there can be.
            for (var i = 0; i <= identifiers.Count; i++)
            {
                last = last == LastIdentifier ? 1 : last + 1;
                if (identifiers.Add(last))
                    return last;
            }
            return null;
        }
    }

    private void Release(int identifier, WasmInstance? instance)
    {
        instance?.Dispose();
        lock (identifiers)
            identifiers.Remove(identifier);
    }
}
