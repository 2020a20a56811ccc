namespace Waxwing.Runtime;

/// <summary>The two names of an import. A class: the base library has its dictionaries compiled beforehand for these, and not for structs.</summary>
internal sealed record ImportKey(string Module, string Name);
