namespace Waxwing.Differential.Tests.Programs;

/// <summary>Random valid modules do the same on all engines: results, traps, memories and globals.</summary>
public sealed class RandomProgramTests
{
    [Fact]
    public void Engines_agree_on_random_programs()
    {
        var limit = Settings.Seconds == 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(Settings.Seconds);
        var campaign = Campaign.Run(Settings.Seed, Settings.Modules, limit, Report);
        Assert.True(campaign.Failures.Count == 0, string.Join("\n\n", campaign.Failures));
        Assert.True(campaign.Modules > 0);
    }

    [Fact]
    public void A_number_is_always_the_same_program() =>
        Assert.All(Enumerable.Range(1, 20), number =>
            Assert.Equal(ProgramGenerator.Generate(Choices.Of((ulong)number)).Module, ProgramGenerator.Generate(Choices.Of((ulong)number)).Module));

    [Fact]
    public void No_choices_make_the_smallest_program()
    {
        var program = ProgramGenerator.Generate();
        Assert.Equal(2, program.Calls.Count);
        program.Compare();
    }

    private static void Report(string line) => TestContext.Current.SendDiagnosticMessage(line);
}
