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

    [Fact(Explicit = true)]
    public void Every_handler_is_made()
    {
        var count = 0;
        foreach (var operation in Enumerable.Range(0, InstructionTable.All.Length).Concat(Enum.GetValues<Micro>().Select(micro => (int)micro)))
        {
            for (var variant = 0; variant < 256; variant++)
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
        Assert.True(count > 2500, $"{count}");
    }

    [Fact]
    public async Task Every_handler_ends_in_a_jump()
    {
        Assert.SkipUnless(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "Waxwing.Tests", "the tests run in a host of another name");
        var listing = Path.Combine(Path.GetTempPath(), $"waxwing-{Guid.NewGuid():n}.txt");
        try
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!)
            {
                ArgumentList = { "--filter-method", $"{typeof(TailJumpTests).FullName}.{nameof(Every_handler_is_made)}", "--explicit", "only" },
                Environment = { ["DOTNET_JitStdOutFile"] = listing, ["DOTNET_JitDisasm"] = "Run", ["DOTNET_JitDisasmDiffable"] = "1" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
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
            else if (handler is not null && IndirectCall.IsMatch(line))
            {
                calls.Add($"{handler}: {line.Trim()}");
            }
        }
        return (handlers, calls);
    }
}
