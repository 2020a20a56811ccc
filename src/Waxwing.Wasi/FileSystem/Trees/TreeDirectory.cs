namespace Waxwing.Wasi.FileSystem.Trees;

/// <summary>An open directory of a tree. Whatever would change it is refused with Rofs by the base class.</summary>
internal sealed class TreeDirectory(TreeFolder folder) : WasiDirectory
{
    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        stat = folder.Stat;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(string name, out WasiFileStat stat)
    {
        var node = folder.Find(name);
        stat = node?.Stat ?? default;
        return node is null ? FileName.NotFound(name) : WasiErrno.Success;
    }

    public override WasiErrno SetTimes(WasiTimes times) => WasiErrno.Rofs;

    public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
    {
        var node = folder.Find(name);
        directory = node is TreeFolder found ? new TreeDirectory(found) : null;
        return directory is not null ? WasiErrno.Success : node switch { null => FileName.NotFound(name), TreeLink => WasiErrno.Loop, _ => WasiErrno.Notdir };
    }

    public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
    {
        node = null;
        var found = folder.Find(name);
        var changes = mode.Write || (mode.Flags & WasiOpenFlags.Truncate) != 0;
        var creates = (mode.Flags & WasiOpenFlags.Create) != 0;
        switch (found)
        {
            case null:
                return FileName.NotFound(name) is var error && error == WasiErrno.Noent && creates ? WasiErrno.Rofs : error;
            case var _ when creates && (mode.Flags & WasiOpenFlags.Exclusive) != 0:
                return WasiErrno.Exist;
            case TreeLink:
                return WasiErrno.Loop;
            case TreeFolder child:
                if (changes || creates)
                    return WasiErrno.Isdir;
                node = new TreeDirectory(child);
                return WasiErrno.Success;
            case var _ when (mode.Flags & WasiOpenFlags.Directory) != 0:
                return WasiErrno.Notdir;
            case var _ when changes:
                return WasiErrno.Rofs;
        }
        var opened = ((TreeFile)found).Open(out var content);
        if (opened == WasiErrno.Success)
            node = new ContentFile(content!, found.Stat, mode.FileFlags);
        return opened;
    }

    public override WasiErrno ReadLink(string name, out string? target)
    {
        var node = folder.Find(name);
        target = (node as TreeLink)?.Target;
        return target is not null ? WasiErrno.Success : node is null ? FileName.NotFound(name) : WasiErrno.Inval;
    }

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        const int dots = 2;
        entry = cookie switch
        {
            0 => new(".", WasiFileType.Directory, folder.Inode, 1),
            1 => new("..", WasiFileType.Directory, folder.ParentInode, dots),
            _ when cookie - dots < (ulong)folder.Names.Count => Entry((int)(cookie - dots)),
            _ => null,
        };
        return WasiErrno.Success;

        WasiDirectoryEntry Entry(int index)
        {
            var node = folder.Find(folder.Names[index])!;
            return new(folder.Names[index], node.Type, node.Inode, cookie + 1);
        }
    }
}
