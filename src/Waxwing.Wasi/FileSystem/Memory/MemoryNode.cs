namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>Something that a file system in memory stores. Everything but the bytes of files is guarded by <see cref="MemoryFileSystem.Gate"/>.</summary>
internal abstract class MemoryNode(MemoryFileSystem system, ulong now)
{
    private WasiTimes times = new(now, now);
    private ulong changed = now;

    public MemoryFileSystem System { get; } = system;

    public ulong Inode { get; } = system.NextInode();

    public abstract WasiFileType Type { get; }

    /// <summary>How many names it has.</summary>
    public virtual int Links { get; set; }

    protected abstract ulong Size { get; }

    public WasiFileStat Stat => new(Type, Size)
    {
        Device = System.Device,
        Inode = Inode,
        LinkCount = (ulong)Links,
        AccessTime = times.Access!.Value,
        ModificationTime = times.Modification!.Value,
        ChangeTime = changed,
    };

    public void SetTimes(WasiTimes given)
    {
        times = new(given.Access ?? times.Access, given.Modification ?? times.Modification);
        changed = System.Now;
    }

    /// <summary>Notes a change of the data.</summary>
    public void Modified()
    {
        changed = System.Now;
        times = times with { Modification = changed };
    }

    /// <summary>Notes a change of names or attributes.</summary>
    public void Changed() => changed = System.Now;

    /// <summary>After its last name or its last opener is gone.</summary>
    public virtual void ReleaseIfUnused() { }
}

/// <summary>A regular file.</summary>
internal sealed class MemoryFileNode(MemoryFileSystem system, ulong now) : MemoryNode(system, now)
{
    private int openers;

    public override WasiFileType Type => WasiFileType.RegularFile;

    public MemoryContent Content { get; } = new(system.Quota);

    protected override ulong Size => (ulong)Content.Length;

    public void Opened() => openers++;

    public void Closed()
    {
        openers--;
        ReleaseIfUnused();
    }

    public override void ReleaseIfUnused()
    {
        if (openers == 0 && Links == 0)
            Content.SetLength(0);
    }
}

/// <summary>A symbolic link.</summary>
internal sealed class MemoryLinkNode(MemoryFileSystem system, ulong now, string target) : MemoryNode(system, now)
{
    public override WasiFileType Type => WasiFileType.SymbolicLink;

    public string Target => target;

    protected override ulong Size => (ulong)global::System.Text.Encoding.UTF8.GetByteCount(target);

    /// <summary>What storing a link's target costs.</summary>
    public static long CostOf(string target) => 2L * target.Length;

    public override void ReleaseIfUnused()
    {
        if (Links == 0)
            System.Quota.Refund(CostOf(target));
    }
}
