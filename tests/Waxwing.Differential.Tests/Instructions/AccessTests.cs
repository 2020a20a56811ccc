using Waxwing.Differential.Tests.Engines;
using Waxwing.Instructions;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>Every instruction that accesses memory at an address, on all engines.</summary>
public sealed class AccessTests
{
    /// <summary>The instructions by the first parts of their names.</summary>
    public static TheoryData<string> Groups => [.. InstructionTable.All.ToArray().Where(AccessModule.Takes).Select(Group).Distinct()];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Engines_agree_at_every_edge(string group)
    {
        var calls = 0;
        var differences = new Differences();
        foreach (var row in InstructionTable.All.ToArray().Where(row => AccessModule.Takes(row) && Group(row) == group))
            calls += AccessModule.Compare(row, differences);
        differences.AssertNone();
        Assert.True(calls > 0);
    }

    private static string Group(InstructionInfo row) => string.Join('.', row.Name.Split('.')[..^1]) + (row.Results == "" ? ".store" : ".load");
}
