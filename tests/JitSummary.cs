using System.Diagnostics;

namespace Waxwing.Tests;

/// <summary>What RyuJIT says of the methods that it compiles, asked for by variables that release builds of the runtime know too.</summary>
internal static class JitSummary
{
    /// <summary>Compiles modules whole in a process of its own (see tests/Waxwing.Faults); a line for each method of theirs, with how it was compiled and its sizes.</summary>
    public static IReadOnlyList<string> Of(params ReadOnlySpan<string> files)
    {
        var summary = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Waxwing.Faults.dll"), "compile", .. files]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["DOTNET_JitStdOutFile"] = summary;
            start.Environment["DOTNET_JitDisasmSummary"] = "1";
            // RyuJIT closes its list when the process ends, although .NET's background thread may be about to write to it: "free(): invalid pointer". Without tiers there is no such thread.
            start.Environment["DOTNET_TieredCompilation"] = "0";
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            Assert.Equal(files.Length, output.GetAwaiter().GetResult().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            return [.. File.ReadLines(summary).Where(line => line.Contains(" Code:f", StringComparison.Ordinal))];
        }
        finally
        {
            File.Delete(summary);
        }
    }
}
