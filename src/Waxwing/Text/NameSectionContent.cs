namespace Waxwing.Text;

/// <summary>A name of an entry in an index space, as UTF-8.</summary>
internal readonly record struct IndexedName(int Index, byte[] Name);

/// <summary>The names of entries of entries: the locals of a function, the fields of a type. Empty groups are left out.</summary>
internal readonly record struct IndexedNames(int Index, List<IndexedName> Names);

/// <summary>What a name section says. Lists are in order of index.</summary>
internal sealed class NameSectionContent
{
    public byte[]? Module { get; set; }
    public List<IndexedName> Functions { get; } = [];
    public List<IndexedNames> Locals { get; } = [];
    public List<IndexedNames> Labels { get; } = [];
    public List<IndexedName> Types { get; } = [];
    public List<IndexedName> Tables { get; } = [];
    public List<IndexedName> Memories { get; } = [];
    public List<IndexedName> Globals { get; } = [];
    public List<IndexedName> Elements { get; } = [];
    public List<IndexedName> Data { get; } = [];
    public List<IndexedNames> Fields { get; } = [];
    public List<IndexedName> Tags { get; } = [];
}
