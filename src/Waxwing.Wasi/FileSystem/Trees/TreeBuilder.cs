namespace Waxwing.Wasi.FileSystem.Trees;

/// <summary>Builds a tree from paths that nobody has checked.</summary>
/// <param name="maximumEntries">How many entries the tree may have, directories included.</param>
internal sealed class TreeBuilder(int maximumEntries)
{
    private readonly ulong device = DeviceNumbers.Next();
    private ulong inodes;

    public TreeFolder Root { get; private set; } = null!;

    public static TreeBuilder Create(int maximumEntries)
    {
        var builder = new TreeBuilder(maximumEntries);
        builder.Root = builder.Number(new TreeFolder());
        return builder;
    }

    /// <summary>
    /// Adds an entry, and the directories it is in. The later of two entries of one path wins; left out is what has no place in a tree: ".." and names with NUL, paths too long to be
    /// opened, files where there is a directory and the other way round.
    /// </summary>
    /// <param name="path">Names separated by "/"; empty ones and "." are nothing.</param>
    /// <param name="node">The entry; null for a directory.</param>
    /// <exception cref="InvalidDataException">There are too many entries.</exception>
    public void Add(string path, TreeNode? node)
    {
        if (path.Length >= PathWalk.MaximumPath || path.Contains('\0'))
            return;
        var names = path.Split('/').Where(name => name is not ("" or ".")).ToArray();
        if (names.Length == 0 || names.Contains(".."))
            return;
        var folder = Root;
        foreach (var name in node is null ? names : names[..^1])
        {
            var next = folder.Find(name);
            if (next is null)
                folder.Add(name, next = Number(new TreeFolder { ParentInode = folder.Inode }));
            if (next is not TreeFolder found)
                return;
            folder = found;
        }
        if (node is not null && folder.Find(names[^1]) is not TreeFolder)
            folder.Add(names[^1], Number(node));
    }

    private T Number<T>(T node) where T : TreeNode
    {
        if (inodes >= (ulong)maximumEntries)
            throw new InvalidDataException($"too many entries: more than {maximumEntries}");
        (node.Device, node.Inode) = (device, ++inodes);
        return node;
    }
}
