namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>An open directory of a file system in memory, with the directory of the read-only file system beneath it if there is one.</summary>
/// <param name="folder">The directory.</param>
/// <param name="lower">What lies beneath.</param>
/// <param name="ownsLower">Whether to close that.</param>
internal sealed partial class MemoryDirectory(MemoryFolder folder, WasiDirectory? lower, bool ownsLower) : WasiDirectory
{
    private MemoryFolder Folder => folder;

    private MemoryFileSystem System => folder.System;

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        lock (System.Gate)
            stat = folder.Stat;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(string name, out WasiFileStat stat)
    {
        lock (System.Gate)
        {
            var error = Find(name, out var node, out stat);
            if (node is not null)
                stat = node.Stat;
            return error;
        }
    }

    public override WasiErrno SetTimes(WasiTimes times)
    {
        lock (System.Gate)
            folder.SetTimes(times);
        return WasiErrno.Success;
    }

    public override WasiErrno SetTimes(string name, WasiTimes times)
    {
        lock (System.Gate)
        {
            var error = FindToChange(name, out var node);
            if (error == WasiErrno.Success)
                node!.SetTimes(times);
            return error;
        }
    }

    public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
    {
        lock (System.Gate)
        {
            directory = null;
            var error = Find(name, out var node, out var stat);
            if (error != WasiErrno.Success)
                return error;
            if (node is not MemoryFolder child)
                return (node?.Type ?? stat.Type) == WasiFileType.SymbolicLink ? WasiErrno.Loop : WasiErrno.Notdir;
            directory = OpenFolder(name, child);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
    {
        node = null;
        var create = (mode.Flags & WasiOpenFlags.Create) != 0;
        var truncate = (mode.Flags & WasiOpenFlags.Truncate) != 0;
        lock (System.Gate)
        {
            var error = Find(name, out var found, out var stat);
            if (error == WasiErrno.Noent && create)
            {
                error = TryMake(name, () => new MemoryFileNode(System, System.Now), out found);
                if (error == WasiErrno.Success)
                    node = new MemoryFile((MemoryFileNode)found!, mode);
                return error;
            }
            if (error != WasiErrno.Success)
                return error;
            if (create && (mode.Flags & WasiOpenFlags.Exclusive) != 0)
                return WasiErrno.Exist;
            switch (found?.Type ?? stat.Type)
            {
                case WasiFileType.SymbolicLink:
                    return WasiErrno.Loop;
                case WasiFileType.Directory:
                    if (mode.Write || truncate || create)
                        return WasiErrno.Isdir;
                    node = OpenFolder(name, (MemoryFolder)found!);
                    return WasiErrno.Success;
                case var _ when (mode.Flags & WasiOpenFlags.Directory) != 0:
                    return WasiErrno.Notdir;
            }
            if (found is null && !mode.Write && !truncate)
                return OpenLower(name, mode, out node);
            if (found is null)
                error = CopyUp(name, stat, withContent: !truncate, out found);
            if (error != WasiErrno.Success)
                return error;
            var file = (MemoryFileNode)found!;
            if (truncate)
            {
                file.Content.SetLength(0);
                file.Modified();
            }
            node = new MemoryFile(file, mode);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno ReadLink(string name, out string? target)
    {
        target = null;
        lock (System.Gate)
        {
            var error = Find(name, out var node, out _);
            if (error != WasiErrno.Success)
                return error;
            if (node is null)
                return lower!.ReadLink(name, out target);
            target = (node as MemoryLinkNode)?.Target;
            return target is null ? WasiErrno.Inval : WasiErrno.Success;
        }
    }

    /// <summary>What a name stands for: a node of this file system, or (then null) a file or link beneath with these attributes. Directories beneath become nodes when they are seen.</summary>
    private WasiErrno Find(string name, out MemoryNode? node, out WasiFileStat stat)
    {
        (node, stat) = (folder, default);
        if (name == ".")
            return WasiErrno.Success;
        if (folder.TryGet(name, out var entry))
        {
            node = entry.Node;
            return node is null ? WasiErrno.Noent : WasiErrno.Success;
        }
        node = null;
        if (lower is null || FileName.NotFound(name) == WasiErrno.Nametoolong)
            return FileName.NotFound(name);
        var error = lower.GetStat(name, out stat);
        if (error == WasiErrno.Success && stat.Type == WasiFileType.Directory)
            node = folder.Adopt(name, stat);
        return error;
    }

    /// <summary>The same for something whose data or attributes will change or that gets another name: what lies beneath is copied.</summary>
    private WasiErrno FindToChange(string name, out MemoryNode? node)
    {
        var error = Find(name, out node, out var stat);
        return error == WasiErrno.Success && node is null ? CopyUp(name, stat, withContent: true, out node) : error;
    }

    private MemoryDirectory OpenFolder(string name, MemoryFolder child)
    {
        if (child.Lower is not { } path)
            return new(child, null, ownsLower: false);
        // Without a detour if it lies beneath this directory; ".", and what was moved here, are looked up from the root.
        WasiDirectory? beneath = null;
        if (lower is null || !ReferenceEquals(path.Parent, folder.Lower) || child == folder || lower.OpenDirectory(path.Name, out beneath) != WasiErrno.Success)
            beneath = System.OpenLower(path);
        return new(child, beneath, ownsLower: true);
    }

    private WasiErrno OpenLower(string name, WasiOpenMode mode, out WasiNode? node)
    {
        var error = lower!.Open(name, mode with { Flags = mode.Flags & WasiOpenFlags.Directory }, out node);
        if (node is WasiFile file)
            node = new LowerFile(file);
        return error;
    }

    private WasiErrno TryMake(string name, Func<MemoryNode> make, out MemoryNode? node)
    {
        node = null;
        if (folder.IsRemoved)
            return WasiErrno.Noent;
        if (!System.Quota.TryCharge(MemoryFolder.CostOf(name)))
            return WasiErrno.Nospc;
        folder.Attach(name, node = make());
        return WasiErrno.Success;
    }

    private WasiErrno CopyUp(string name, WasiFileStat stat, bool withContent, out MemoryNode? node)
    {
        node = null;
        if (!System.Quota.TryCharge(MemoryFolder.CostOf(name)))
            return WasiErrno.Nospc;
        var error = stat.Type switch
        {
            WasiFileType.RegularFile => CopyFile(name, withContent, out node),
            WasiFileType.SymbolicLink => CopyLink(name, out node),
            _ => WasiErrno.Notsup,
        };
        if (error == WasiErrno.Success)
        {
            node!.SetTimes(new(stat.AccessTime, stat.ModificationTime));
            folder.Replace(name, node);
        }
        else
        {
            System.Quota.Refund(MemoryFolder.CostOf(name));
        }
        return error;
    }

    private WasiErrno CopyFile(string name, bool withContent, out MemoryNode? node)
    {
        node = null;
        var copy = new MemoryFileNode(System, System.Now);
        if (withContent)
        {
            var error = lower!.Open(name, new(WasiOpenFlags.None, WasiFileFlags.None, Read: true, Write: false), out var opened);
            using (opened)
            {
                if (error != WasiErrno.Success)
                    return error;
                var buffer = new byte[64 * 1024];
                var count = 0;
                while (error == WasiErrno.Success && opened is WasiFile file && (error = file.Read(buffer, out count, default)) == WasiErrno.Success && count > 0)
                    error = copy.Content.Append(buffer.AsSpan(0, count), out _);
            }
            if (error != WasiErrno.Success)
            {
                copy.ReleaseIfUnused();
                return error;
            }
        }
        node = copy;
        return WasiErrno.Success;
    }

    private WasiErrno CopyLink(string name, out MemoryNode? node)
    {
        node = null;
        var error = lower!.ReadLink(name, out var target);
        if (error != WasiErrno.Success)
            return error;
        if (!System.Quota.TryCharge(MemoryLinkNode.CostOf(target!)))
            return WasiErrno.Nospc;
        node = new MemoryLinkNode(System, System.Now, target!);
        return WasiErrno.Success;
    }

    protected override void Dispose(bool disposing)
    {
        listedLower?.Dispose();
        if (ownsLower)
            lower?.Dispose();
    }
}
