using System.CommandLine;
using Waxwing.Cli.Wast;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing wast [options] PATH...</c></summary>
internal static class WastCommand
{
    private const string Lesson =
        """
        Each script runs in a runtime of its own with every feature on and the host module "spectest". A line per script, the failures with their
        lines, and at the end the totals; the exit code is 1 if anything failed. Assertions excluded in the exclusions file are run all the same: one that
        fails counts as skipped. A message that does not begin with the expected phrase fails a trap, but not a rejection: those are counted.

        Examples:
          waxwing wast spec/core
          waxwing wast --filter simd --engine interpreter spec/core
          waxwing wast --json spec/core > results.json
        """;

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Scripts (.wast), or folders that are searched for them.", Arity = ArgumentArity.OneOrMore };
        var engine = Options.Engine();
        var keepCode = Options.KeepCode();
        var json = new Option<bool>("--json") { Description = "Print the results as JSON." };
        var filter = new Option<string?>("--filter") { Description = "Run only scripts whose path contains this.", HelpName = "TEXT" };
        var exclusions = new Option<string?>("--exclusions") { Description = "Use this file instead of the built-in list of excluded assertions.", HelpName = "FILE" };
        var roundTrip = new Option<bool>("--round-trip") { Description = "Check too that every module survives printing, parsing, encoding and decoding." };
        var phrases = new Option<bool>("--phrases") { Description = "List the rejections whose message does not begin with the expected phrase." };
        var timeout = new Option<string>("--timeout") { Description = "Fail a command that takes longer.", HelpName = "TIME", DefaultValueFactory = _ => "30s" };
        var command = new TaughtCommand("wast", "Runs scripts of the WebAssembly specification's test suite.", Lesson)
        {
            paths, engine, keepCode, json, filter, exclusions, roundTrip, phrases, timeout,
        };
        command.SetAction(parsed =>
        {
            var options = new ScriptOptions
            {
                Engine = parsed.GetValue(engine),
                KeepCode = parsed.GetValue(keepCode),
                RoundTrip = parsed.GetValue(roundTrip),
                CommandTimeout = Duration.Parse(parsed.GetRequiredValue(timeout)),
                Exclusions = parsed.GetValue(exclusions) is { } file ? LoadExclusions(file) : Exclusion.LoadBuiltIn(),
            };
            var scripts = ScriptFiles.Find(parsed.GetRequiredValue(paths), parsed.GetValue(filter));
            SuiteOutput output = parsed.GetValue(json) ? new JsonSuiteOutput(parsed.InvocationConfiguration.Output)
                : new TextSuiteOutput(parsed.InvocationConfiguration.Output, parsed.GetValue(phrases));
            return Run(scripts, options, output);
        });
        return command;
    }

    private static int Run(IReadOnlyList<string> scripts, ScriptOptions options, SuiteOutput output)
    {
        var totals = new SuiteTotals();
        foreach (var script in scripts)
        {
            var report = ScriptRun.Execute(script, options);
            totals.Add(report);
            output.Script(report);
        }
        output.End(totals);
        return totals.Failed == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static IReadOnlyList<Exclusion> LoadExclusions(string path)
    {
        using var file = File.OpenRead(path);
        return Exclusion.Load(file);
    }
}
