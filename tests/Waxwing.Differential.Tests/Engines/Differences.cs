namespace Waxwing.Differential.Tests.Engines;

/// <summary>Collects differences, so that one does not hide the others.</summary>
internal sealed class Differences
{
    private const int MostShown = 12;

    private readonly List<string> found = [];

    public int Count => found.Count;

    /// <summary>Runs something that may find a difference.</summary>
    public void Collect(Action compare)
    {
        try
        {
            compare();
        }
        catch (DifferenceException difference)
        {
            found.Add(difference.Message);
        }
    }

    /// <summary>Fails if there were any.</summary>
    public void AssertNone() => Assert.True(found.Count == 0, $"{found.Count} differences\n\n{string.Join("\n\n", found.Take(MostShown))}");
}
