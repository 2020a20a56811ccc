using System.Diagnostics;

namespace Waxwing.Runtime;

internal enum WaitOutcome { Ok, NotEqual, TimedOut, Cancelled, Released }

/// <summary>
/// Who waits on which address of a shared memory: first in, first out. The value is compared and the waiter queued under one lock, which notification takes too, so no wake-up is lost;
/// a waiter whose time runs out takes itself out under the same lock, so none is counted twice.
/// </summary>
internal sealed class WaitQueues
{
    // Addresses share a lock by their bucket; a queue is as long as there are threads that wait.
    private readonly Bucket[] buckets = new Bucket[16];
    private volatile bool released;

    public WaitQueues()
    {
        for (var i = 0; i < buckets.Length; i++)
            buckets[i] = new();
    }

    /// <param name="memory">The memory.</param>
    /// <param name="address">A valid, aligned address.</param>
    /// <param name="expected">Waits only if this is the value there.</param>
    /// <param name="size">Bytes of the value: 4 or 8.</param>
    /// <param name="timeout">Nanoseconds; negative for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public WaitOutcome Wait(WasmMemory memory, ulong address, long expected, int size, long timeout, CancellationToken cancellation)
    {
        var bucket = BucketOf(address);
        var waiter = new Waiter(bucket, address);
        lock (bucket)
        {
            if (released)
                return WaitOutcome.Released;
            if (!memory.Holds(address, expected, size))
                return WaitOutcome.NotEqual;
            if (cancellation.IsCancellationRequested)
                return WaitOutcome.Cancelled;
            if (timeout == 0)
                return WaitOutcome.TimedOut;
            bucket.Enqueue(waiter);
        }
        using var registration = cancellation.UnsafeRegister(static state => ((Waiter)state!).End(WaitOutcome.Cancelled), waiter);
        return waiter.Block(timeout);
    }

    public int Notify(ulong address, uint count)
    {
        var bucket = BucketOf(address);
        var woken = 0;
        lock (bucket)
        {
            for (var waiter = bucket.First; waiter is not null && (uint)woken < count;)
            {
                var next = waiter.Next;
                if (waiter.Address == address)
                {
                    bucket.Remove(waiter, WaitOutcome.Ok);
                    woken++;
                }
                waiter = next;
            }
        }
        return woken;
    }

    /// <summary>The memory is gone: everybody who waits, or comes to wait, is told so.</summary>
    public void CancelAll()
    {
        released = true;
        foreach (var bucket in buckets)
        {
            lock (bucket)
            {
                while (bucket.First is { } waiter)
                    bucket.Remove(waiter, WaitOutcome.Released);
            }
        }
    }

    private Bucket BucketOf(ulong address) => buckets[(int)((address >> 2) * 0x9E3779B97F4A7C15UL >> 60)];

    /// <summary>A doubly linked queue; its object is the lock.</summary>
    private sealed class Bucket
    {
        public Waiter? First;
        private Waiter? last;

        public void Enqueue(Waiter waiter)
        {
            waiter.Previous = last;
            if (last is null)
                First = waiter;
            else
                last.Next = waiter;
            last = waiter;
        }

        public void Remove(Waiter waiter, WaitOutcome outcome)
        {
            if (waiter.Previous is null)
                First = waiter.Next;
            else
                waiter.Previous.Next = waiter.Next;
            if (waiter.Next is null)
                last = waiter.Previous;
            else
                waiter.Next.Previous = waiter.Previous;
            waiter.Previous = waiter.Next = null;
            waiter.Wake(outcome);
        }
    }

    private sealed class Waiter(Bucket bucket, ulong address)
    {
        private readonly object wakeUp = new();
        private bool ended;
        private WaitOutcome outcome;

        public readonly ulong Address = address;
        public Waiter? Previous;
        public Waiter? Next;

        /// <summary>Ends the wait if nothing else has. Any thread.</summary>
        public void End(WaitOutcome how)
        {
            lock (bucket)
            {
                if (!ended)
                    bucket.Remove(this, how);
            }
        }

        /// <summary>Under the bucket's lock, once.</summary>
        public void Wake(WaitOutcome how)
        {
            lock (wakeUp)
            {
                (ended, outcome) = (true, how);
                Monitor.Pulse(wakeUp);
            }
        }

        public WaitOutcome Block(long timeout)
        {
            var start = Stopwatch.GetTimestamp();
            lock (wakeUp)
            {
                while (!ended)
                {
                    if (timeout < 0)
                    {
                        Monitor.Wait(wakeUp);
                        continue;
                    }
                    var left = timeout - ElapsedNanoseconds(start);
                    if (left <= 0)
                        break;
                    // Rounded up: to wait too long is allowed, to wake too early is not.
                    Monitor.Wait(wakeUp, (int)Math.Min((left - 1) / 1_000_000 + 1, int.MaxValue));
                }
            }
            End(WaitOutcome.TimedOut);
            lock (wakeUp)
                return outcome;
        }

        private static long ElapsedNanoseconds(long start) => (long)Math.Min(Stopwatch.GetElapsedTime(start).TotalNanoseconds, long.MaxValue);
    }
}
