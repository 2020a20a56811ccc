using Waxwing.Syntax;

namespace Waxwing.Binary;

/// <summary>
/// The type of a block as encoded: empty, one result, or an index into the type section (-1 when it is one of the first two).
/// An index above <see cref="int.MaxValue"/> is kept as that number: no module has that many types.
/// </summary>
internal readonly record struct BlockType(int TypeIndex, ValType Result)
{
    public static readonly BlockType Empty = new(-1, ValType.Bottom);

    public bool IsTypeIndex => TypeIndex >= 0;
    public bool IsEmpty => TypeIndex < 0 && Result.IsBottom;
}
