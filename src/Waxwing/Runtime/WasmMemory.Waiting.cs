using Waxwing.Runtime;

namespace Waxwing;

public sealed unsafe partial class WasmMemory
{
    private WaitQueues? waits;

    /// <summary>Blocks until notified, as memory.atomic.wait32 does.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="expected">Waits only if the 32 bits there have this value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The memory is not shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back meanwhile.</exception>
    public WasmWaitResult AtomicWait32(long address, int expected, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Atomic<int>(address);
        return HostResult(Wait((ulong)address, expected, 4, Nanoseconds(timeout), cancellation), cancellation);
    }

    /// <summary>Blocks until notified, as memory.atomic.wait64 does.</summary>
    /// <param name="address">A multiple of 8.</param>
    /// <param name="expected">Waits only if the 64 bits there have this value.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">The memory is not shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The memory was given back meanwhile.</exception>
    public WasmWaitResult AtomicWait64(long address, long expected, TimeSpan timeout, CancellationToken cancellation = default)
    {
        Atomic<long>(address);
        return HostResult(Wait((ulong)address, expected, 8, Nanoseconds(timeout), cancellation), cancellation);
    }

    /// <summary>Wakes waiters, guests or host, in the order in which they came.</summary>
    /// <param name="address">A multiple of 4.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>How many were woken.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not within the memory.</exception>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    public int AtomicNotify(long address, int count = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Atomic<int>(address);
        return NotifyWaiters((ulong)address, (uint)count);
    }

    /// <summary>memory.atomic.wait32: 0 ok, 1 not equal, 2 timed out. The address is checked by the caller. Timeout in nanoseconds, negative for ever.</summary>
    /// <exception cref="WasmTrapException">The memory is not shared, or was given back.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal int Wait32(ulong address, int expected, long timeout, CancellationToken cancellation) => GuestResult(address, expected, 4, timeout, cancellation);

    /// <summary>memory.atomic.wait64.</summary>
    /// <exception cref="WasmTrapException">The memory is not shared, or was given back.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    internal int Wait64(ulong address, long expected, long timeout, CancellationToken cancellation) => GuestResult(address, expected, 8, timeout, cancellation);

    /// <summary>memory.atomic.notify: how many waiters were woken.</summary>
    internal int NotifyWaiters(ulong address, uint count) => Volatile.Read(ref waits)?.Notify(address, count) ?? 0;

    private int GuestResult(ulong address, long expected, int size, long timeout, CancellationToken cancellation)
    {
        if (!declared.Shared)
            throw new WasmTrapException(TrapCode.ExpectedSharedMemory);
        WaitOutcome outcome;
        try
        {
            outcome = Wait(address, expected, size, timeout, cancellation);
        }
        catch (ObjectDisposedException)
        {
            outcome = WaitOutcome.Released;
        }
        return outcome switch
        {
            WaitOutcome.Cancelled => throw new OperationCanceledException(cancellation),
            WaitOutcome.Released => throw new WasmTrapException(TrapCode.Interrupted, "the memory was given back while waiting"),
            _ => (int)outcome,
        };
    }

    private WasmWaitResult HostResult(WaitOutcome outcome, CancellationToken cancellation) => outcome switch
    {
        WaitOutcome.Cancelled => throw new OperationCanceledException(cancellation),
        WaitOutcome.Released => throw new ObjectDisposedException(nameof(WasmMemory)),
        _ => (WasmWaitResult)outcome,
    };

    private WaitOutcome Wait(ulong address, long expected, int size, long timeout, CancellationToken cancellation)
    {
        if (!declared.Shared)
            throw new InvalidOperationException("Only a shared memory can be waited on.");
        var queues = Volatile.Read(ref waits) ?? Interlocked.CompareExchange(ref waits, new(), null) ?? waits;
        return queues.Wait(this, address, expected, size, timeout, cancellation);
    }

    /// <summary>Whether the value at an address is the expected one: looked at under the queue's lock, so that no notification can come between.</summary>
    internal bool Holds(ulong address, long expected, int size) => size == 4
        ? Interlocked.CompareExchange(ref Atomic<int>((long)address), 0, 0) == (int)expected
        : Interlocked.CompareExchange(ref Atomic<long>((long)address), 0, 0) == expected;

    private static long Nanoseconds(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? -1
        : timeout < TimeSpan.Zero ? throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A timeout is not negative.")
        : timeout.Ticks > long.MaxValue / 100 ? long.MaxValue : timeout.Ticks * 100;
}

/// <summary>How a wait on a shared memory ended; the numbers are those of the instruction.</summary>
public enum WasmWaitResult
{
    /// <summary>Notified.</summary>
    Ok = 0,
    /// <summary>The value was not the expected one.</summary>
    NotEqual = 1,
    /// <summary>The time ran out.</summary>
    TimedOut = 2,
}
