using Waxwing.Differential.Tests.Engines;
using Waxwing.Instructions;

namespace Waxwing.Differential.Tests.Instructions;

/// <summary>Every instruction on numbers, in every form, over edge operands, on all engines.</summary>
public sealed class OperationTests
{
    /// <summary>The instructions by the first part of their names, so that groups run in parallel.</summary>
    public static TheoryData<string> Groups =>
        [.. InstructionTable.All.ToArray().Where(row => Operation.Of(row).Any()).Select(Group).Distinct()];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Engines_agree_on_every_form(string group)
    {
        var calls = 0;
        var differences = new Differences();
        foreach (var row in InstructionTable.All.ToArray().Where(row => Group(row) == group))
        {
            foreach (var operation in Operation.Of(row))
                calls += OperationModule.Compare(operation, differences);
        }
        differences.AssertNone();
        Assert.True(calls > 0);
    }

    private static string Group(InstructionInfo row) => row.Name.Split('.')[0] + (row.Prefix == 0xFC ? " (FC)" : row.Features == WasmFeatures.RelaxedSimd ? " (relaxed)" : "");
}
