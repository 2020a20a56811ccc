namespace Waxwing.Cli.Wast;

/// <summary>A command of a script that did not do what it should.</summary>
/// <param name="Line">Line of the command, from 1.</param>
/// <param name="Command">Its keyword.</param>
/// <param name="Message">What was expected and what happened.</param>
internal readonly record struct ScriptFailure(int Line, string Command, string Message);

/// <summary>What became of a script. The threads of a script write to one report; nothing is written once it is closed.</summary>
internal sealed class ScriptReport(string path, IReadOnlyList<Exclusion> exclusions)
{
    private readonly Lock gate = new();
    private readonly HashSet<(Exclusion Exclusion, int Line)> used = [];
    private bool closed;

    public string Path { get; } = path;

    /// <summary>Assertions that held.</summary>
    public int Passed { get; private set; }

    /// <summary>Assertions that did not hold, and other commands that failed.</summary>
    public List<ScriptFailure> Failures { get; } = [];

    /// <summary>Those that are excluded in the data file; not among <see cref="Failures"/>.</summary>
    public List<ScriptFailure> Skipped { get; } = [];

    /// <summary>How many were skipped for each of the data file's reasons.</summary>
    public Dictionary<string, int> SkipReasons { get; } = [];

    /// <summary>Rows of the data file that excuse what does not fail: a line that passes, or the whole of a script in which nothing fails.</summary>
    public IReadOnlyList<string> Stale { get; private set; } = [];

    /// <summary>Rejections asserted by assert_malformed and assert_invalid that happened.</summary>
    public int Rejections { get; private set; }

    /// <summary>Those among <see cref="Rejections"/> whose message begins with the expected phrase.</summary>
    public int Phrases { get; private set; }

    /// <summary>Rejections with another phrase; no failures.</summary>
    public List<ScriptFailure> OtherPhrases { get; } = [];

    /// <summary>Modules that survived the round trips through text and binary.</summary>
    public int RoundTrips { get; private set; }

    public TimeSpan Time { get; private set; }

    public void Pass() => Write(() => Passed++);

    public void PassRoundTrip() => Write(() => RoundTrips++);

    public void Reject(int line, string command, string phrase, string message) => Write(() =>
    {
        Rejections++;
        if (message.StartsWith(phrase, StringComparison.Ordinal))
            Phrases++;
        else
            OtherPhrases.Add(new(line, command, $"expected \"{phrase}\", got \"{message}\""));
    });

    public void Fail(int line, string command, string message) => Write(() =>
    {
        string? reason = null;
        foreach (var exclusion in exclusions)
        {
            if (!exclusion.Covers(line))
                continue;
            used.Add((exclusion, line));
            reason = exclusion.Reason;
        }
        (reason is null ? Failures : Skipped).Add(new(line, command, message));
        if (reason is not null)
            SkipReasons[reason] = SkipReasons.GetValueOrDefault(reason) + 1;
    });

    public void Close(TimeSpan time) => Write(() =>
    {
        Stale = [.. exclusions.SelectMany(FindStale)];
        Time = time;
        closed = true;
    });

    private IEnumerable<string> FindStale(Exclusion exclusion)
    {
        if (exclusion.Features is null && exclusion.Lines.Count == 0 && !used.Any(use => use.Exclusion == exclusion))
            yield return $"\"{exclusion.Path}\" is excluded ({exclusion.Reason}), but nothing in it fails";
        foreach (var line in exclusion.Lines)
        {
            if (!used.Contains((exclusion, line)))
                yield return $"\"{exclusion.Path}\" line {line} is excluded ({exclusion.Reason}), but it passes";
        }
    }

    private void Write(Action write)
    {
        lock (gate)
        {
            if (!closed)
                write();
        }
    }
}
