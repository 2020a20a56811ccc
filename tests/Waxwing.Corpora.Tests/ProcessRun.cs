using System.Diagnostics;

namespace Waxwing.Corpora.Tests;

/// <summary>A process that ran to its end.</summary>
internal sealed record ProcessRun(int ExitCode, string Output, string Error)
{
    /// <summary>The command line.</summary>
    public static ProcessRun Waxwing(params ReadOnlySpan<string> arguments) => Dotnet(Path.Combine(AppContext.BaseDirectory, "Waxwing.Cli.dll"), arguments);

    public static ProcessRun Dotnet(string assembly, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output.Result.ReplaceLineEndings("\n"), error);
    }
}
