using Waxwing.Runtime;

namespace Waxwing;

public sealed unsafe partial class WasmMemory
{
    /// <summary>
    /// Gives a memory made by the host back once no instance uses it: by the host at most once, and each instance counts until it is disposed. One that an instance defines goes
    /// with its instances, and this does nothing.
    /// </summary>
    public void Dispose()
    {
        if (IsHostDefined && Interlocked.Exchange(ref hostDisposed, 1) == 0)
            RemoveUser();
    }

    /// <summary>Whether the bytes were given back.</summary>
    internal bool IsReleased => Volatile.Read(ref users) == 0;

    /// <summary>Counts another instance that has the memory; false if it was given back already.</summary>
    internal bool TryAddUser()
    {
        while (true)
        {
            var before = Volatile.Read(ref users);
            if (before == 0)
                return false;
            if (Interlocked.CompareExchange(ref users, before + 1, before) == before)
                return true;
        }
    }

    /// <summary>An instance, or the host, is done with the memory; the last one gives it back.</summary>
    internal void RemoveUser()
    {
        if (Interlocked.Decrement(ref users) != 0)
            return;
        MemoryStorage? retired;
        lock (gate)
        {
            retired = storage;
            storage = null;
            // The base stays, so that nobody sees a length without its base; length 0 admits no access.
            Volatile.Write(ref Length, 0);
            // Who comes from now on and checks no bounds meets only faults; who came before is visible to the reclamation.
            if (GuardedBase != null && GuardedRanges.Nowhere != null)
                GuardedBase = GuardedRanges.Nowhere;
        }
        Interlocked.Increment(ref ReclamationSignals.Generation);
        Volatile.Read(ref waits)?.CancelAll();
        if (retired is not null)
            Reclamation.Retire(this, retired);
    }

    /// <summary>Counts the memory against a runtime's budget from now on, if it is in none yet; false if the budget does not allow it.</summary>
    internal bool TryJoin(MemoryBudget budget)
    {
        lock (gate)
        {
            if (storage is null || storage.Budget is not null)
                return true;
            if (!budget.TryCharge((long)Length))
                return false;
            storage.Budget = budget;
            return true;
        }
    }
}
