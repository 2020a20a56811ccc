namespace Waxwing.Wasi.FileSystem.Memory;

internal sealed partial class MemoryDirectory
{
    public override WasiErrno CreateDirectory(string name)
    {
        lock (System.Gate)
        {
            var error = Find(name, out _, out _);
            return error == WasiErrno.Noent ? TryMake(name, () => new MemoryFolder(System, System.Now), out _) : error == WasiErrno.Success ? WasiErrno.Exist : error;
        }
    }

    public override WasiErrno CreateSymbolicLink(string target, string name)
    {
        lock (System.Gate)
        {
            var error = Find(name, out _, out _);
            if (error != WasiErrno.Noent)
                return error == WasiErrno.Success ? WasiErrno.Exist : error;
            if (!System.Quota.TryCharge(MemoryLinkNode.CostOf(target)))
                return WasiErrno.Nospc;
            error = TryMake(name, () => new MemoryLinkNode(System, System.Now, target), out _);
            if (error != WasiErrno.Success)
                System.Quota.Refund(MemoryLinkNode.CostOf(target));
            return error;
        }
    }

    public override WasiErrno Link(string name, WasiDirectory directory, string newName)
    {
        if (directory is not MemoryDirectory other || other.System != System)
            return WasiErrno.Xdev;
        lock (System.Gate)
        {
            var error = Find(name, out var node, out _);
            if (error != WasiErrno.Success)
                return error;
            if (node is MemoryFolder)
                return WasiErrno.Perm;
            error = other.Find(newName, out _, out _);
            if (error != WasiErrno.Noent)
                return error == WasiErrno.Success ? WasiErrno.Exist : error;
            error = FindToChange(name, out node);
            return error == WasiErrno.Success ? other.TryMake(newName, () => node!, out _) : error;
        }
    }

    public override WasiErrno Rename(string name, WasiDirectory directory, string newName)
    {
        if (directory is not MemoryDirectory other || other.System != System)
            return WasiErrno.Xdev;
        lock (System.Gate)
        {
            var error = Find(name, out var node, out var stat);
            if (error != WasiErrno.Success)
                return error;
            var missing = other.Find(newName, out var old, out var oldStat);
            if (missing is not (WasiErrno.Success or WasiErrno.Noent))
                return missing;
            if (node is MemoryFolder moved && moved.Contains(other.Folder))
                return WasiErrno.Inval;
            if (old is MemoryFolder above && above.Contains(folder))
                return WasiErrno.Notempty;
            if (missing == WasiErrno.Success)
            {
                // Both names of one file: nothing is to be done.
                if (old is not null ? old == node : node is null && folder == other.Folder && name == newName)
                    return WasiErrno.Success;
                error = CanReplace(node is MemoryFolder, newName, old, other);
                if (error != WasiErrno.Success)
                    return error;
            }
            else if (other.Folder.IsRemoved)
            {
                return WasiErrno.Noent;
            }
            if (node is null)
                error = CopyUp(name, stat, withContent: true, out node);
            if (error != WasiErrno.Success)
                return error;
            if (!System.Quota.TryCharge(MemoryFolder.CostOf(newName)))
                return WasiErrno.Nospc;
            if (missing == WasiErrno.Success)
                other.Remove(newName, old);
            folder.Detach(name);
            other.Folder.Attach(newName, node!);
            return WasiErrno.Success;
        }
    }

    private static WasiErrno CanReplace(bool movesFolder, string name, MemoryNode? old, MemoryDirectory parent)
    {
        if (old is not MemoryFolder folder)
            return movesFolder ? WasiErrno.Notdir : WasiErrno.Success;
        if (!movesFolder)
            return WasiErrno.Isdir;
        using var opened = parent.OpenFolder(name, folder);
        return opened.IsEmpty() ? WasiErrno.Success : WasiErrno.Notempty;
    }

    public override WasiErrno RemoveFile(string name)
    {
        lock (System.Gate)
        {
            var error = Find(name, out var node, out _);
            if (error != WasiErrno.Success)
                return error;
            if (node is MemoryFolder)
                return WasiErrno.Isdir;
            Remove(name, node);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno RemoveDirectory(string name)
    {
        lock (System.Gate)
        {
            var error = Find(name, out var node, out _);
            if (error != WasiErrno.Success)
                return error;
            if (node is not MemoryFolder child)
                return WasiErrno.Notdir;
            using (var opened = OpenFolder(name, child))
            {
                if (!opened.IsEmpty())
                    return WasiErrno.Notempty;
            }
            Remove(name, child);
            return WasiErrno.Success;
        }
    }

    private void Remove(string name, MemoryNode? node)
    {
        folder.Detach(name);
        (node as MemoryFolder)?.MarkRemoved();
        node?.ReleaseIfUnused();
    }
}
