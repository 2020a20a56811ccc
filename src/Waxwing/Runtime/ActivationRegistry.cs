using System.Runtime.CompilerServices;

namespace Waxwing.Runtime;

/// <summary>
/// A thread's stay in guest code. While it is active it may hold raw addresses of memories of the instances it entered; <see cref="Reclamation"/> looks here
/// before it gives any memory back.
///
/// An engine calls <see cref="Begin"/> before the outermost frame runs, and before a suspended guest resumes; and <see cref="End"/> when the outermost frame is left, and when a guest is
/// suspended. Addresses read before are worthless after it: a resumed guest reads <see cref="WasmMemory.Base"/> anew. Both are plain stores to memory of the activation's own; they nest (a host
/// function calls a guest), and what one returns the other takes, so that neither has to count.
/// </summary>
internal abstract class Activation
{
    private bool isActive;

    protected Activation() => ActivationRegistry.Add(this);

    public bool IsActive => Volatile.Read(ref isActive);

    /// <returns>Whether this is nested in another stay: for <see cref="End"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Begin()
    {
        var isNested = isActive;
        // The pairing barrier is process-wide, in Reclamation: here the compiler must only keep the order.
        Volatile.Write(ref isActive, true);
        return isNested;
    }

    /// <param name="isNested">What <see cref="Begin"/> returned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End(bool isNested)
    {
        // A branch, for the processor to guess: were the old value stored back, each call would wait for the one before it.
        if (isNested)
            return;
        Volatile.Write(ref isActive, false);
        if (ReclamationSignals.HasWaiting)
            Reclamation.Drain();
    }

    /// <summary>Whether this stay may hold addresses of the memory. Called from other threads, after a process-wide barrier.</summary>
    internal abstract bool MayUse(WasmMemory memory);
}

/// <summary>A stay that goes from one instance to another: an engine calls <see cref="Touch"/> before code of another instance runs, and only then reads that instance's memories.</summary>
internal class RoamingActivation : Activation
{
    // More instances than this in one stay, and the activation counts as having entered all.
    private const int Remembered = 8;

    private readonly WasmInstance?[] touched = new WasmInstance?[Remembered];
    private int touchedCount;
    private int depth;

    public void Begin(WasmInstance instance)
    {
        if (depth++ == 0)
        {
            touched[0] = instance;
            touchedCount = 1;
            Begin();
        }
        else
        {
            Touch(instance);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Touch(WasmInstance instance)
    {
        if (!ReferenceEquals(touched[0], instance))
            TouchOther(instance);
    }

    public void End()
    {
        if (--depth != 0)
            return;
        End(isNested: false);
        for (var i = Math.Min(touchedCount, Remembered) - 1; i >= 0; i--)
            touched[i] = null;
    }

    /// <summary>Whether this stay entered an instance that has the memory.</summary>
    internal override bool MayUse(WasmMemory memory)
    {
        var count = Volatile.Read(ref touchedCount);
        if (count > Remembered)
            return true;
        for (var i = 0; i < count; i++)
        {
            // A null was just cleared by End: the stay is over, and a new one would have been seen by the barrier or sees the memory as released.
            if (Volatile.Read(ref touched[i]) is { } instance && Array.IndexOf(instance.Memories, memory) >= 0)
                return true;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TouchOther(WasmInstance instance)
    {
        if (touchedCount > Remembered)
            return;
        for (var i = 1; i < touchedCount; i++)
        {
            if (ReferenceEquals(touched[i], instance))
                return;
        }
        if (touchedCount < Remembered)
            touched[touchedCount] = instance;
        Volatile.Write(ref touchedCount, touchedCount + 1);
    }
}

/// <summary>All activations of the process, held weakly.</summary>
internal static class ActivationRegistry
{
    private static readonly Lock Gate = new();
    private static WeakReference<Activation>[] all = new WeakReference<Activation>[16];
    private static int count;

    public static void Add(Activation activation)
    {
        lock (Gate)
        {
            if (count == all.Length)
            {
                Prune();
                if (count > all.Length / 2)
                    Array.Resize(ref all, 2 * all.Length);
            }
            all[count++] = new(activation);
        }
    }

    /// <summary>Whether any guest code is running; for tests and statistics.</summary>
    public static bool AnyActive()
    {
        lock (Gate)
        {
            for (var i = 0; i < count; i++)
            {
                if (all[i].TryGetTarget(out var activation) && activation.IsActive)
                    return true;
            }
        }
        return false;
    }

    /// <summary>The stays that may hold addresses of a memory. The caller has hidden the memory and issued a process-wide barrier.</summary>
    public static List<Activation> UsersOf(WasmMemory memory)
    {
        List<Activation> users = [];
        lock (Gate)
        {
            for (var i = 0; i < count; i++)
            {
                if (!all[i].TryGetTarget(out var activation))
                    continue;
                if (activation.IsActive && activation.MayUse(memory))
                    users.Add(activation);
            }
        }
        return users;
    }

    private static void Prune()
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (all[i].TryGetTarget(out _))
                all[kept++] = all[i];
        }
        Array.Clear(all, kept, count - kept);
        count = kept;
    }
}
