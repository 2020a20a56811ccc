using System.Diagnostics;
using Waxwing.Text;

namespace Waxwing.Cli.Wast;

/// <summary>
/// Runs one script to its end, on a thread of its own: a guest that runs too long is interrupted, and whatever does not react to that is given up with its thread, so
/// that no script can hang the program.
/// </summary>
internal static class ScriptRun
{
    /// <summary>What a command may take beyond its timeout before the script is given up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static ScriptReport Execute(string path, ScriptOptions options)
    {
        var watch = Stopwatch.StartNew();
        var exclusions = options.Exclusions.Where(exclusion => exclusion.IsAbout(path)).ToList();
        if (exclusions.Find(exclusion => exclusion.Features is not null) is { Features: { } features })
            options = options with { Features = features };
        var report = new ScriptReport(path, exclusions);
        if (Parse(path, report) is { } script)
        {
            var clock = new CommandClock(options.CommandTimeout);
            var thread = new Thread(() => Execute(script, options, report, clock)) { IsBackground = true, Name = Path.GetFileName(path) };
            thread.Start();
            while (!thread.Join(TimeSpan.FromMilliseconds(100)))
            {
                if (clock.Elapsed > options.CommandTimeout + Grace)
                {
                    report.Fail(clock.Line, "script", "hangs: the command does not react to interruption; the rest of the script was not run");
                    break;
                }
            }
        }
        report.Close(watch.Elapsed);
        return report;
    }

    private static Script? Parse(string path, ScriptReport report)
    {
        try
        {
            return ScriptParser.Parse(File.ReadAllBytes(path), WasmLimits.Default);
        }
        catch (WasmFormatException problem)
        {
            report.Fail(Math.Max(problem.Line, 1), "script", problem.Message);
            return null;
        }
    }

    private static void Execute(Script script, ScriptOptions options, ScriptReport report, CommandClock clock)
    {
        try
        {
            using var spectest = new Spectest();
            using var scope = new ScriptScope(options, spectest);
            new ScriptThread(scope, report, clock).Execute(script.Commands);
        }
        catch (Exception problem)
        {
            // Outside of the commands nothing should fail; if it does, it is the script's failure and not the end of the program.
            report.Fail(clock.Line, "script", problem.ToString());
        }
    }
}
