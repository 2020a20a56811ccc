using System.Diagnostics;
using System.Text.RegularExpressions;
using Waxwing.Instructions;
using Waxwing.Interpreter;

namespace Waxwing.Tests.Interpreter;

/// <summary>
/// What the interpreter's endless chains of handlers rest on: every handler leaves with a jump, not a call. Nothing in C# says so; here the machine code is looked at. A second
/// process makes every handler there is with the JIT's listing switched on.
/// </summary>
public sealed partial class TailJumpTests(ITestOutputHelper output)
{
    [GeneratedRegex(@"^; Assembly listing for method (?<type>Waxwing\.Interpreter\.\S+):Run\(")]
    private static partial Regex HandlerListing { get; }

    // A call of an address in a register or in an instruction (the next handler), or of another handler by name.
    [GeneratedRegex(@"\bcall\s+(r\w+|\[r[^\]]*\]|qword ptr|\[Waxwing\.Interpreter\.[^\]]*:Run\()|\bblr\s|CORINFO_HELP_TAILCALL")]
    private static partial Regex IndirectCall { get; }

    // A virtual method of something else: the listing names it.
    [GeneratedRegex(@"\bcall\s+\[[^\]]*\](?!Waxwing\.Interpreter\.[^:]*:Run\()\w")]
    private static partial Regex VirtualCall { get; }

    /// <summary>Set in the second process.</summary>
    private const string AllVariants = "WAXWING_ALL_HANDLERS";

    [Fact]
    public void Every_handler_is_made()
    {
        var isComplete = Environment.GetEnvironmentVariable(AllVariants) is not null;
        var count = 0;
        foreach (var operation in Enumerable.Range(0, InstructionTable.All.Length).Concat(Enum.GetValues<Micro>().Select(micro => (int)micro)))
        {
            for (var variant = 0; variant < (isComplete ? 256 : 1); variant++)
            {
                try
                {
                    Assert.NotEqual(0, HandlerTable.Resolve(operation, variant));
                    count++;
                }
                catch (Exception missing) when (missing is InvalidOperationException or ArgumentOutOfRangeException or NullReferenceException)
                {
                    // Not every variant exists, and control instructions have no handler under their own name.
                }
            }
        }
        output.WriteLine($"{count} handlers");
        Assert.True(count > (isComplete ? 2500 : 500), $"{count}");
    }

    [Fact]
    public async Task Every_handler_ends_in_a_jump()
    {
        var listing = Path.Combine(Path.GetTempPath(), $"waxwing-{Guid.NewGuid():n}.txt");
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                Environment = { [AllVariants] = "1", ["DOTNET_JitStdOutFile"] = listing, ["DOTNET_JitDisasm"] = "Run" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            // The tests are a program of their own, or run in the shared host.
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
                start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Waxwing.Tests.dll"));
            start.ArgumentList.Add("--filter-method");
            start.ArgumentList.Add($"{typeof(TailJumpTests).FullName}.{nameof(Every_handler_is_made)}");
            using var child = Process.Start(start)!;
            var standardOutput = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(child.ExitCode == 0, await standardOutput + error);
            var (handlers, calls) = Read(listing);
            output.WriteLine($"{handlers} handlers");
            Assert.True(handlers > 2000, $"{handlers}");
            Assert.True(calls.Count == 0, $"{calls.Count} of {handlers} handlers call:\n{string.Join('\n', calls.Take(40))}");
        }
        finally
        {
            File.Delete(listing);
        }
    }

    private static (int Handlers, List<string> Calls) Read(string listing)
    {
        var handlers = 0;
        string? handler = null;
        var calls = new List<string>();
        foreach (var line in File.ReadLines(listing))
        {
            if (line.StartsWith("; Assembly listing", StringComparison.Ordinal))
            {
                // The driver and the exit chain's helpers are not handlers: they are called, and return.
                handler = HandlerListing.Match(line) is { Success: true } match && !match.Groups["type"].Value.StartsWith("Waxwing.Interpreter.Activation", StringComparison.Ordinal)
                    ? match.Groups["type"].Value : null;
                handlers += handler is null ? 0 : 1;
            }
            else if (handler is not null && IndirectCall.IsMatch(line) && !VirtualCall.IsMatch(line))
            {
                calls.Add($"{handler}: {line.Trim()}");
            }
        }
        return (handlers, calls);
    }
}
