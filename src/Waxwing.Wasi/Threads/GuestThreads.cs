using System.Runtime.ExceptionServices;

namespace Waxwing.Wasi.Threads;

/// <summary>
/// The .NET threads of one guest. What ends the guest (a trap or an exit on any of them, the return of the main thread, cancellation from outside) ends them all: the others are interrupted,
/// also where they wait, and joined. The first cause is the one reported.
/// </summary>
internal sealed class GuestThreads : IDisposable
{
    private readonly int maximum;
    private readonly CancellationTokenSource stop;
    private readonly HashSet<Thread> threads = [];
    private readonly Lock gate = new();
    private Exception? cause;
    private bool isEnded;

    /// <summary>No threads yet.</summary>
    /// <param name="maximum">The most at once, without the main one.</param>
    public GuestThreads(int maximum)
    {
        this.maximum = maximum;
        stop = new();
        Stopping = stop.Token;
    }

    /// <summary>Signalled when everything is to end; what threads run under.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Why it ended, if something failed or exited.</summary>
    public Exception? Cause => Volatile.Read(ref cause);

    /// <summary>Threads running now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return threads.Count;
        }
    }

    /// <summary>Starts a thread; false if there are as many as allowed, or everything is ending.</summary>
    /// <param name="name">For debuggers.</param>
    /// <param name="body">What it does; an exception ends all threads.</param>
    /// <param name="finished">Called at its end, whatever it is.</param>
    public bool TryStart(string name, Action body, Action finished)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception problem)
            {
                // Including exceptions of host functions, which would end the process: they belong to whoever runs the guest.
                End(problem);
            }
            finally
            {
                finished();
                lock (gate)
                    threads.Remove(Thread.CurrentThread);
            }
        })
        { IsBackground = true, Name = name };
        lock (gate)
        {
            if (isEnded || threads.Count >= maximum)
                return false;
            threads.Add(thread);
        }
        try
        {
            thread.Start();
            return true;
        }
        catch (Exception refused) when (refused is OutOfMemoryException or ThreadStartException)
        {
            lock (gate)
                threads.Remove(thread);
            return false;
        }
    }

    /// <summary>Ends all threads, for the reason given unless there is one already; does not wait.</summary>
    public void End(Exception? reason)
    {
        lock (gate)
        {
            if (isEnded)
                return;
            isEnded = true;
            cause = reason;
        }
        stop.Cancel();
    }

    /// <summary>Waits for the end of all threads but the caller's.</summary>
    public void Join()
    {
        while (true)
        {
            Thread? next;
            lock (gate)
                next = threads.FirstOrDefault(thread => thread != Thread.CurrentThread);
            if (next is null)
                return;
            next.Join();
        }
    }

    /// <summary>Runs something of the guest on this thread: it ends with the other threads, for their reason.</summary>
    public T Run<T>(Func<CancellationToken, T> body, CancellationToken cancellation)
    {
        ThrowCause();
        using var linked = cancellation.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellation, Stopping) : null;
        try
        {
            var result = body(linked?.Token ?? Stopping);
            // Interrupted where it waited, it may have gone on to an end of its own before it noticed.
            ThrowCause();
            return result;
        }
        catch (Exception) when (Cause is not null && !cancellation.IsCancellationRequested)
        {
            // It failed because, or after, another thread ended the guest.
            ThrowCause();
            throw;
        }
    }

    public void Dispose()
    {
        End(null);
        Join();
        stop.Dispose();
    }

    private void ThrowCause()
    {
        if (Cause is { } first)
            ExceptionDispatchInfo.Throw(first);
    }
}
