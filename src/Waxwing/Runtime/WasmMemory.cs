namespace Waxwing;

/// <summary>A linear memory.</summary>
public sealed unsafe partial class WasmMemory
{
    /// <summary>First byte. Never changes, except under the moving fallback, and then only inside <see cref="GrowPages"/> of an unshared memory.</summary>
    internal byte* Base;

    /// <summary>Accessible bytes from <see cref="Base"/>; only ever grows. Engines may cache it as long as they look again before they trap.</summary>
    internal ulong Length;

    /// <summary>memory.grow: the old size in pages, or -1. Thread-safe.</summary>
    internal long GrowPages(ulong pages) => throw new NotImplementedException();

    /// <summary>memory.atomic.wait32: 0 ok, 1 not equal, 2 timed out. The address is checked by the caller. Timeout in nanoseconds, negative for ever.</summary>
    internal int Wait32(ulong address, int expected, long timeout, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>memory.atomic.wait64.</summary>
    internal int Wait64(ulong address, long expected, long timeout, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>memory.atomic.notify: how many waiters were woken.</summary>
    internal int NotifyWaiters(ulong address, uint count) => throw new NotImplementedException();
}
