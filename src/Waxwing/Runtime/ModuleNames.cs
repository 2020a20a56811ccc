namespace Waxwing.Runtime;

/// <summary>Names for people: from the name section where there is one.</summary>
internal sealed class ModuleNames
{
    public string? Module { get; init; }

    public IReadOnlyDictionary<int, string> Functions { get; init; } = System.Collections.Frozen.FrozenDictionary<int, string>.Empty;
}
