using System.Diagnostics;

namespace Waxwing.Cli.Wast;

/// <summary>Times the commands of one script thread and interrupts guests that run too long. Written by that thread, read by the one that watches.</summary>
internal sealed class CommandClock(TimeSpan timeout)
{
    private CancellationTokenSource source = new();
    private long started = Stopwatch.GetTimestamp();
    private int line;

    /// <summary>The line of the command that is running.</summary>
    public int Line => Volatile.Read(ref line);

    /// <summary>How long it has been running.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Volatile.Read(ref started));

    public TimeSpan Timeout { get; } = timeout;

    /// <summary>A command begins; the token is signalled when it has run too long.</summary>
    public CancellationToken Start(int commandLine)
    {
        Volatile.Write(ref line, commandLine);
        Volatile.Write(ref started, Stopwatch.GetTimestamp());
        if (!source.TryReset())
            source = new();
        source.CancelAfter(Timeout);
        return source.Token;
    }
}
