namespace Waxwing.Cli.Wast;

/// <summary>A command of a script that did not do what it should.</summary>
/// <param name="Line">Line of the command, from 1.</param>
/// <param name="Command">Its keyword.</param>
/// <param name="Message">What was expected and what happened.</param>
internal readonly record struct ScriptFailure(int Line, string Command, string Message);

/// <summary>What became of a script.</summary>
internal sealed class ScriptReport(string path)
{
    public string Path { get; } = path;

    /// <summary>Assertions that held.</summary>
    public int Passed { get; set; }

    /// <summary>Assertions that did not hold, and other commands that failed.</summary>
    public List<ScriptFailure> Failures { get; } = [];

    /// <summary>Those that are excluded in the data file; not among <see cref="Failures"/>.</summary>
    public List<ScriptFailure> Skipped { get; } = [];

    /// <summary>Rows of the data file that speak of this script although nothing they cover fails.</summary>
    public List<Exclusion> Stale { get; } = [];

    /// <summary>Rejections asserted by assert_malformed and assert_invalid that happened.</summary>
    public int Rejections { get; set; }

    /// <summary>Those among <see cref="Rejections"/> whose message begins with the expected phrase.</summary>
    public int Phrases { get; set; }

    /// <summary>Rejections with another phrase; no failures.</summary>
    public List<ScriptFailure> OtherPhrases { get; } = [];

    /// <summary>Modules that survived the round trips through text and binary.</summary>
    public int RoundTrips { get; set; }

    public TimeSpan Time { get; set; }
}
