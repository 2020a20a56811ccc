using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>What compiled code needs to know of the thread it runs on. One per thread, used by that thread; only <see cref="Interrupt"/> may be called from others.</summary>
internal sealed unsafe class GuestThread
{
    /// <summary>Results of a call beyond the first: at most 1,000, of at most 16 bytes.</summary>
    private const int MaximumResults = 1024;

    [ThreadStatic]
    private static GuestThread? ofThread;

    private readonly Thread owner = Thread.CurrentThread;

    /// <summary>Native: addresses in it are kept by contexts.</summary>
    private readonly byte* block = (byte*)NativeMemory.AllocZeroed(64 + 16 * MaximumResults);

    private GuestThread() => StackLimit = StackBounds.FindLimit();

    ~GuestThread() => NativeMemory.Free(block);

    public static GuestThread Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ofThread ?? Make();
    }

    /// <summary>Guest frames must begin above this address.</summary>
    public nuint StackLimit { get; }

    /// <summary>Not 0 when the guest that runs was cancelled.</summary>
    public int* Interruption => (int*)block;

    /// <summary>Where a call leaves its results but the first, 16 bytes for each.</summary>
    public byte* Results => block + 64;

    /// <summary>References among the results but the first.</summary>
    public readonly object?[] ResultReferences = new object?[MaximumResults];

    /// <summary>What stops the guest that runs now.</summary>
    public CancellationToken Cancellation;

    /// <summary>Whose fuel the guest that runs now consumes.</summary>
    public WasmInstance? FuelOwner;

    public bool IsAlive => owner.IsAlive;

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
