namespace Waxwing.Runtime;

/// <summary>
/// Gives memories back without pulling them from under running code. The memory is first made empty (base and length zero) for everybody who looks from now on; a process-wide
/// barrier makes sure that whoever looked before is visible as active; the bytes go when all stays that may have looked are over: mostly at once, else at a later disposal.
/// So guests pay nothing for it but two plain stores a call from the host.
/// </summary>
internal static class Reclamation
{
    private static readonly Lock Gate = new();
    private static readonly List<Deferred> Waiting = [];

    /// <summary>Storage that waits for running guests: for the tests' census.</summary>
    public static int Pending
    {
        get
        {
            lock (Gate)
                return Waiting.Count;
        }
    }

    /// <param name="memory">The memory, already hidden: nobody can find the storage through it any more.</param>
    /// <param name="storage">Its storage.</param>
    public static void Retire(WasmMemory memory, MemoryStorage storage)
    {
        Interlocked.MemoryBarrierProcessWide();
        var users = ActivationRegistry.UsersOf(memory);
        if (users.Count == 0)
        {
            storage.Release();
        }
        else
        {
            lock (Gate)
            {
                Waiting.Add(new(storage, users));
                ReclamationSignals.HasWaiting = true;
            }
        }
        Drain();
    }

    /// <summary>Releases what is no longer in use. Cost: O(what waits).</summary>
    public static void Drain()
    {
        List<MemoryStorage>? done = null;
        lock (Gate)
        {
            for (var i = Waiting.Count - 1; i >= 0; i--)
            {
                var (storage, users) = Waiting[i];
                // One that left and came again has looked here when it left, or finds the memory hidden: if it is taken for the same stay, that costs time only.
                users.RemoveAll(activation => !activation.IsActive);
                if (users.Count > 0)
                    continue;
                (done ??= []).Add(storage);
                Waiting[i] = Waiting[^1];
                Waiting.RemoveAt(Waiting.Count - 1);
            }
            ReclamationSignals.HasWaiting = Waiting.Count > 0;
        }
        if (done is null)
            return;
        foreach (var storage in done)
            storage.Release();
    }

    private readonly record struct Deferred(MemoryStorage Storage, List<Activation> Users);
}

/// <summary>What guests look at when they enter and leave. (A class of its own: one with a static constructor would be asked each time whether that ran.)</summary>
internal static class ReclamationSignals
{
    /// <summary>Whether anything waits for guests to leave.</summary>
    public static volatile bool HasWaiting;

    /// <summary>Changes after an instance was disposed or a memory hidden, and before its bytes go.</summary>
    public static long Generation;
}
