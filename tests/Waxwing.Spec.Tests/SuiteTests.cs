using System.Globalization;

namespace Waxwing.Spec.Tests;

/// <summary>One test a script, on all engines. A failure that is excluded must be one: see tests/spec-exclusions.json.</summary>
public abstract class SuiteTests
{
    protected static TheoryData<string> Scripts(params ReadOnlySpan<string> folders) => [.. Suites.Find(folders)];

    protected static void Check(string script) => Check(script, Suites.Ways.Keys);

    protected static void Check(string script, IEnumerable<string> ways)
    {
        if (script.Length == 0)
            Assert.Skip(Suites.Absent);
        var (passed, problems) = (0, new List<string>());
        foreach (var way in ways)
        {
            var report = Suites.Run(script, way);
            passed += report.Passed;
            problems.AddRange(report.Failures.Select(failure => $"{script}:{failure.Line}: {way}: {failure.Command}: {failure.Message}").Concat(report.Stale.Select(stale => $"{way}: {stale}")));
        }
        if (problems.Count > 0)
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {problems.Count} failed\n{string.Join('\n', problems.Take(20))}"));
    }
}

/// <summary>The suite of WebAssembly 3.0 without SIMD.</summary>
public sealed class CoreTests : SuiteTests
{
    public static TheoryData<string> CoreScripts =>
        [.. Suites.Find("core").Where(script => !script.StartsWith("core/simd/", StringComparison.Ordinal)).Select(script => new TheoryDataRow<string>(script))];

    [Theory]
    [MemberData(nameof(CoreScripts))]
    public void Core(string script) => Check(script);

    [Fact]
    public void No_core_script_is_excluded()
    {
        if (Suites.Folder is null)
            Assert.Skip(Suites.Absent);
        Assert.All(Suites.Find("core", "legacy"), script => Assert.DoesNotContain(Suites.Exclusions, row => row.IsAbout(Path.Combine(Suites.Folder!, script))));
    }
}

/// <summary>The suite of SIMD.</summary>
public sealed class SimdTests : SuiteTests
{
    public static TheoryData<string> SimdScripts => Scripts("core/simd");

    [Theory]
    [MemberData(nameof(SimdScripts))]
    public void Simd(string script) => Check(script);
}

/// <summary>Proposals, legacy exceptions and custom sections.</summary>
public sealed class ProposalTests : SuiteTests
{
    public static TheoryData<string> ProposalScripts => Scripts("legacy", "custom", "proposals");

    [Theory]
    [MemberData(nameof(ProposalScripts))]
    public void Proposals(string script) => Check(script);

    public static TheoryData<string> ExceptionScripts => Scripts("core/exceptions", "legacy");

    [Theory]
    [MemberData(nameof(ExceptionScripts))]
    public void Exceptions_in_every_form(string script) => Check(script, Suites.WaysOfTries.Keys);
}

/// <summary>What the suites say together.</summary>
public sealed class PhraseTests
{
    [Fact]
    public void Messages_begin_with_the_expected_phrases()
    {
        if (Suites.Folder is null)
            Assert.Skip(Suites.Absent);
        var reports = Suites.Find("core", "legacy", "custom", "proposals").Select(script => Suites.Run(script, Suites.Interpreter)).ToList();
        var rejections = reports.Sum(report => report.Rejections);
        var phrases = reports.Sum(report => report.Phrases);
        TestContext.Current.TestOutputHelper?.WriteLine($"phrases: {phrases} of {rejections}");
        Assert.True(rejections > 4_000, $"only {rejections} rejections: are the suites complete?");
        Assert.True(phrases >= 0.95 * rejections, $"only {phrases} of {rejections} messages begin with the expected phrase");
    }
}
