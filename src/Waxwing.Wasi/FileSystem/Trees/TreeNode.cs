using System.Text;

namespace Waxwing.Wasi.FileSystem.Trees;

/// <summary>An entry of a file system that never changes.</summary>
internal abstract class TreeNode
{
    public ulong Device { get; set; }

    public ulong Inode { get; set; }

    /// <summary>Nanoseconds since 1970; all times of the entry.</summary>
    public ulong Time { get; init; }

    public abstract WasiFileType Type { get; }

    protected abstract ulong Size { get; }

    public WasiFileStat Stat => new(Type, Size) { Device = Device, Inode = Inode, AccessTime = Time, ModificationTime = Time, ChangeTime = Time };
}

/// <summary>A file.</summary>
internal abstract class TreeFile : TreeNode
{
    public override WasiFileType Type => WasiFileType.RegularFile;

    /// <summary>Opens it: a seekable stream of its own.</summary>
    public abstract WasiErrno Open(out Stream? content);
}

/// <summary>A symbolic link.</summary>
internal sealed class TreeLink(string target) : TreeNode
{
    public override WasiFileType Type => WasiFileType.SymbolicLink;

    public string Target => target;

    protected override ulong Size => (ulong)Encoding.UTF8.GetByteCount(target);
}

/// <summary>A directory; filled when the file system is built.</summary>
internal sealed class TreeFolder : TreeNode
{
    private readonly Dictionary<string, TreeNode> entries = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public override WasiFileType Type => WasiFileType.Directory;

    protected override ulong Size => (ulong)names.Count;

    public ulong ParentInode { get; set; }

    /// <summary>Names in the order in which they were added.</summary>
    public IReadOnlyList<string> Names => names;

    public TreeNode? Find(string name) => name == "." ? this : entries.GetValueOrDefault(name);

    /// <summary>Adds an entry or replaces it.</summary>
    public void Add(string name, TreeNode node)
    {
        if (!entries.ContainsKey(name))
            names.Add(name);
        entries[name] = node;
    }
}
