using Waxwing.Runtime;

namespace Waxwing;

public sealed partial class WasmInstance
{
    private int disposed;

    /// <summary>Whether the instance was disposed, by itself or with its runtime.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>The place in the runtime's list of instances, or -1.</summary>
    internal int TrackingSlot { get; set; } = -1;

    /// <summary>The names it is registered under; guarded by the runtime's lock.</summary>
    internal List<string>? Names { get; set; }

    /// <summary>
    /// Whether a reference to a function of this instance was ever made: by an element segment, an export that was looked up, ref.func. Only then can anybody else call it.
    /// </summary>
    internal bool HasFunctionRecords => Functions.AsSpan(Math.Min(Module.Context.ImportedFunctions, Functions.Length)).ContainsAnyExcept((WasmFunction?)null);

    /// <summary>
    /// Frees the name and gives back the memories of which this was the last user; later calls of its functions throw <see cref="ObjectDisposedException"/>. Guests that are running on
    /// other threads are not stopped (a cancellation token does that) and nothing is pulled from under them: what they use is given back when they have left. Should they look for
    /// their memory anew, after a call of the host for example, they find it empty, and trap.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        Interlocked.Increment(ref ReclamationSignals.Generation);
        Runtime.Forget(this);
        ReleaseMemories();
    }

    internal void ReleaseMemories()
    {
        foreach (var memory in Memories)
            memory?.RemoveUser();
    }

    internal void ThrowIfDisposed()
    {
        if (Volatile.Read(ref disposed) != 0)
            throw new ObjectDisposedException(nameof(WasmInstance), $"{this} was disposed.");
    }
}
