using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What compiled code needs to know of the thread it runs on. One per thread, used by that thread; only <see cref="Interrupt"/> may be called from others.</summary>
internal sealed unsafe class GuestThread
{
    /// <summary>Results of a call beyond the first: at most 1,000, of at most 16 bytes.</summary>
    private const int MaximumResults = 1024;

    /// <summary>What of a stack is surely its own: where one may grow without limit, others may come to lie far below its top.</summary>
    private const int MaximumStack = 64 << 20;

    [ThreadStatic]
    private static GuestThread? ofThread;

    private readonly Thread owner = Thread.CurrentThread;

    /// <summary>Native: addresses in it are kept by contexts.</summary>
    private readonly byte* block = (byte*)NativeMemory.AllocZeroed(64 + 16 * MaximumResults);

    private CancellationToken cancellation;
    private int takeovers;

    private GuestThread()
    {
        (StackLimit, var top) = StackBounds.Find();
        Presence = ThreadPresence.TryWatch();
        if (Presence != null && top > StackLimit)
        {
            StackFrom = Math.Max(StackLimit, top - Math.Min(top, MaximumStack));
            StackBytes = top - StackFrom;
        }
    }

    ~GuestThread()
    {
        NativeMemory.Free(block);
        ThreadPresence.Forget(Presence);
    }

    public static GuestThread Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ofThread ?? Make();
    }

    /// <summary>Guest frames must begin above this address.</summary>
    public nuint StackLimit { get; }

    /// <summary>Part of the thread's stack that is of no other thread before <see cref="Presence"/> says that this one has ended. Of 0 bytes where that cannot be known.</summary>
    public nuint StackFrom { get; }

    public nuint StackBytes { get; }

    /// <summary>The thread's word of <see cref="ThreadPresence"/>, or null. <see cref="ThreadPresence.Hindered"/> while calls into guests can be cancelled.</summary>
    public int* Presence { get; }

    /// <summary>Not 0 when the guest that runs was cancelled.</summary>
    public int* Interruption => (int*)block;

    /// <summary>Where a call leaves its results but the first, 16 bytes for each.</summary>
    public byte* Results => block + 64;

    /// <summary>References among the results but the first.</summary>
    public readonly object?[] ResultReferences = new object?[MaximumResults];

    /// <summary>What stops the guest that runs now.</summary>
    public CancellationToken Cancellation
    {
        get => cancellation;
        set
        {
            cancellation = value;
            if (Presence != null)
                *Presence = value.CanBeCanceled ? ThreadPresence.Hindered : 0;
        }
    }

    /// <summary>Whose fuel the guest that runs now consumes.</summary>
    public WasmInstance? FuelOwner;

    public bool IsAlive => owner.IsAlive;

    /// <summary>
    /// Whether to note this thread's context where one context is kept at hand, but of another thread: seldom, so that threads that take turns do not wait for one another's caches, and sometimes, so that who comes
    /// for good is noted.
    /// </summary>
    public bool TakesOver() => (++takeovers & 63) == 0;

    public void Interrupt() => Volatile.Write(ref *Interruption, 1);

    /// <summary>After a call that may have been stopped: is the guest that goes on to be stopped, too?</summary>
    public void Settle()
    {
        Volatile.Write(ref *Interruption, 0);
        // Cancelled just now, its note may be what was overwritten.
        Interlocked.MemoryBarrier();
        if (Cancellation.IsCancellationRequested)
            Interrupt();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static GuestThread Make() => ofThread = new();
}
