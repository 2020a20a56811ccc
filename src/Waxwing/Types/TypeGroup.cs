namespace Waxwing.Types;

/// <summary>
/// A canonical recursion group. Its key spells out its structure, with references inside the group as relative indices and references to other groups
/// as <see cref="DefinedType.Id"/>s; so groups are equivalent when their keys are equal, and neither hashing nor comparing ever follows a reference.
/// </summary>
internal sealed class TypeGroup(int hash, ulong[] key, int count)
{
    public int Hash { get; } = hash;
    public ulong[] Key { get; } = key;
    public DefinedType[] Types { get; } = new DefinedType[count];
}
