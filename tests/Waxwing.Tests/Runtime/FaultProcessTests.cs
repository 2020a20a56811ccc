using System.Diagnostics;
using System.Runtime.InteropServices;
using Waxwing.Runtime;

namespace Waxwing.Tests.Runtime;

/// <summary>Guarded accesses in processes of their own, where the process may end: see tests/Waxwing.Faults.</summary>
public sealed class FaultProcessTests
{
    private const string Trapped = "trapped 40000";

    public FaultProcessTests() => Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64, "no guarded accesses on this platform");

    [Fact]
    public void Traps_on_four_threads()
    {
        var run = Run("trap");
        Assert.Equal((0, Trapped + "\n", ""), run);
    }

    [Fact]
    public void A_wild_access_ends_the_process_with_the_runtime_s_report()
    {
        var (code, output, error) = Run("wild");
        Assert.Equal(128 + 6, code);
        Assert.Equal($"{Trapped}\ntouching\n", output);
        Assert.Contains("Fatal error", error);
        Assert.Contains("AccessViolationException", error);
        Assert.Contains("Scenarios.Touch", error);
    }

    [Fact]
    public void Native_code_that_faults_in_a_guarded_range_ends_the_process()
    {
        var (code, output, _) = Run("wild-native");
        Assert.Contains(code, (int[])[128 + 6, 128 + 11]);
        Assert.Equal(Trapped + "\n", output);
    }

    [Fact]
    public void A_trap_that_nobody_catches_is_reported_as_unhandled()
    {
        var (code, output, error) = Run("unhandled");
        Assert.Equal(128 + 6, code);
        Assert.Equal("unhandled NullReferenceException\n", output);
        Assert.Contains("Unhandled exception. System.NullReferenceException", error);
    }

    [Theory]
    [InlineData("foreign-before")]
    [InlineData("foreign-after")]
    public void Other_handlers_may_stand_on_either_side(string order)
    {
        // One more: the scenario's null dereference.
        Assert.Equal((0, $"{Trapped}\npassed on 40001\n", ""), Run(order));
        var (code, output, error) = Run(order, "wild");
        Assert.Equal(128 + 6, code);
        Assert.Equal($"{Trapped}\npassed on 40001\ntouching\n", output);
        Assert.Contains("AccessViolationException", error);
    }

    [Theory]
    [InlineData("default")]
    [InlineData("ignored")]
    [InlineData("no-info")]
    [InlineData("once")]
    public void A_handler_that_cannot_be_told_an_address_is_left_alone(string how) => Assert.Equal((0, "available False, guarded False\n", ""), Run("refused", how));

    [Fact]
    public void The_switch_turns_guarded_accesses_off() => Assert.Equal((0, "available False, guarded False, table False\n", ""), Run("off"));

    [Fact]
    public void A_thread_has_its_own_stack_limit_although_it_got_the_stack_of_one_that_ended()
    {
        var (code, output, error) = Run("stacks");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("4 traps, ", output);
        if (output == "4 traps, 0 where larger stacks had been\n")
            Assert.Skip("NOT TESTED: this C library never gave a stack's place to another thread");
    }

    [Fact]
    public void Crash_dumps_are_still_written()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "createdump")), "NOT TESTED: this .NET runtime has no createdump");
        var dump = Path.Combine(Path.GetTempPath(), $"waxwing-faults-{Environment.ProcessId}.dmp");
        try
        {
            var (code, _, error) = Run(["wild"], ("DOTNET_DbgEnableMiniDump", "1"), ("DOTNET_DbgMiniDumpType", "1"), ("DOTNET_DbgMiniDumpName", dump));
            Assert.Equal(128 + 6, code);
            if (error.Contains("ptrace", StringComparison.Ordinal) && !File.Exists(dump))
                Assert.Skip("NOT TESTED: this system does not let createdump look into the process");
            Assert.Contains("AccessViolationException", error);
            using var file = File.OpenRead(dump);
            var magic = new byte[4];
            file.ReadExactly(magic);
            Assert.Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], magic);
        }
        finally
        {
            File.Delete(dump);
        }
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments) => Run(arguments, []);

    private static (int Code, string Output, string Error) Run(string[] arguments, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Waxwing.Faults.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Where core files are enabled, a process that ends as intended here must not leave one in the tree.
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            Assert.Fail($"{string.Join(' ', arguments)} does not end: {output}");
        }
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
