using Waxwing.Tests;

namespace Waxwing.Spec.Tests;

public sealed class SuiteTests
{
    [Fact]
    public void The_suites_are_there()
    {
        var folder = Repository.FindUpwards(Repository.Root, Path.Combine("shared", "spec", "core"));
        if (folder is null)
            Assert.Skip("the official test scripts are not there: no shared/spec/core in any parent folder");
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(folder, "shared", "spec", "core"), "*.wast"));
    }
}
