namespace Waxwing.Wasi.FileSystem.Portable;

/// <summary>
/// A directory of the host by means of the base class library, for systems whose own calls are not used. It looks at each name before it uses it, so that no symbolic link is followed;
/// unlike <see cref="Linux.LinuxDirectory"/> it cannot exclude that another process puts a link there in between.
/// </summary>
internal sealed class PortableDirectory(string path) : WasiDirectory
{
    private List<WasiDirectoryEntry>? listed;

    /// <summary>Opens a directory of the host by its path.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    public static PortableDirectory OpenRoot(string path)
    {
        var full = Path.GetFullPath(path);
        return Directory.Exists(full) ? new(full) : throw new DirectoryNotFoundException($"no such directory: {path}");
    }

    public override WasiErrno GetStat(out WasiFileStat stat) => PortableNode.GetStat(path, out stat);

    public override WasiErrno GetStat(string name, out WasiFileStat stat)
    {
        stat = default;
        return Locate(name, out var full) is var error && error != WasiErrno.Success ? error : PortableNode.GetStat(full, out stat);
    }

    public override WasiErrno SetTimes(WasiTimes times) => PortableNode.SetTimes(path, times);

    public override WasiErrno SetTimes(string name, WasiTimes times)
    {
        var error = GetStat(name, out var stat);
        return error != WasiErrno.Success ? error : stat.Type == WasiFileType.SymbolicLink ? WasiErrno.Notsup : PortableNode.SetTimes(Path.Join(path, name), times);
    }

    public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
    {
        directory = null;
        var error = GetStat(name, out var stat);
        if (error != WasiErrno.Success)
            return error;
        if (stat.Type != WasiFileType.Directory)
            return stat.Type == WasiFileType.SymbolicLink ? WasiErrno.Loop : WasiErrno.Notdir;
        directory = new PortableDirectory(Path.GetFullPath(Path.Join(path, name)));
        return WasiErrno.Success;
    }

    public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
    {
        node = null;
        var error = GetStat(name, out var stat);
        if (error != WasiErrno.Success && error != WasiErrno.Noent)
            return error;
        var exists = error == WasiErrno.Success;
        if (exists && (mode.Flags & WasiOpenFlags.Exclusive) != 0 && (mode.Flags & WasiOpenFlags.Create) != 0)
            return WasiErrno.Exist;
        if (!exists && (mode.Flags & WasiOpenFlags.Create) == 0)
            return WasiErrno.Noent;
        if (exists && stat.Type == WasiFileType.SymbolicLink)
            return WasiErrno.Loop;
        if (exists && stat.Type == WasiFileType.Directory)
        {
            if (mode.Write || (mode.Flags & WasiOpenFlags.Truncate) != 0)
                return WasiErrno.Isdir;
            node = new PortableDirectory(Path.GetFullPath(Path.Join(path, name)));
            return WasiErrno.Success;
        }
        if ((mode.Flags & WasiOpenFlags.Directory) != 0)
            return WasiErrno.Notdir;
        return PortableNode.Try(() => PortableFile.Open(Path.Join(path, name), mode, exists), out node);
    }

    public override WasiErrno ReadLink(string name, out string? target)
    {
        target = null;
        var error = Locate(name, out var full);
        if (error != WasiErrno.Success)
            return error;
        error = PortableNode.Try(() => new FileInfo(full).LinkTarget, out target);
        if (error == WasiErrno.Success && target is null)
            return PortableNode.GetStat(full, out _) is var missing && missing != WasiErrno.Success ? missing : WasiErrno.Inval;
        if (target is not null && OperatingSystem.IsWindows())
            target = Path.IsPathRooted(target) ? "/" : target.Replace('\\', '/');
        return error;
    }

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        entry = null;
        var entries = Volatile.Read(ref listed);
        if (cookie == 0 || entries is null)
        {
            var error = PortableNode.Try(List, out entries);
            if (error != WasiErrno.Success)
                return error;
            Volatile.Write(ref listed, entries);
        }
        if (cookie < (ulong)entries!.Count)
            entry = entries[(int)cookie];
        return WasiErrno.Success;
    }

    public override WasiErrno CreateDirectory(string name) => Change(name, full =>
    {
        if (PortableNode.GetStat(full, out _) == WasiErrno.Success)
            return WasiErrno.Exist;
        Directory.CreateDirectory(full);
        return WasiErrno.Success;
    });

    public override WasiErrno CreateSymbolicLink(string target, string name) => Change(name, full =>
    {
        if (PortableNode.GetStat(full, out _) == WasiErrno.Success)
            return WasiErrno.Exist;
        File.CreateSymbolicLink(full, target);
        return WasiErrno.Success;
    });

    // The base class library cannot make hard links.
    public override WasiErrno Link(string name, WasiDirectory directory, string newName) => WasiErrno.Notsup;

    public override WasiErrno Rename(string name, WasiDirectory directory, string newName)
    {
        if (directory is not PortableDirectory other)
            return WasiErrno.Xdev;
        return Change(name, full => other.Change(newName, newFull =>
        {
            var error = PortableNode.GetStat(full, out var stat);
            if (error != WasiErrno.Success)
                return error;
            var replaces = PortableNode.GetStat(newFull, out var old) == WasiErrno.Success;
            if (full == newFull)
                return WasiErrno.Success;
            if (stat.Type != WasiFileType.Directory)
            {
                if (replaces && old.Type == WasiFileType.Directory)
                    return WasiErrno.Isdir;
                File.Move(full, newFull, overwrite: true);
                return WasiErrno.Success;
            }
            if (replaces && old.Type != WasiFileType.Directory)
                return WasiErrno.Notdir;
            if (newFull.StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return WasiErrno.Inval;
            if (replaces)
                Directory.Delete(newFull, recursive: false);
            Directory.Move(full, newFull);
            return WasiErrno.Success;
        }));
    }

    public override WasiErrno RemoveFile(string name) => Change(name, full =>
    {
        var error = PortableNode.GetStat(full, out var stat);
        if (error != WasiErrno.Success)
            return error;
        if (stat.Type == WasiFileType.Directory)
            return WasiErrno.Isdir;
        File.Delete(full);
        return WasiErrno.Success;
    });

    public override WasiErrno RemoveDirectory(string name) => Change(name, full =>
    {
        var error = PortableNode.GetStat(full, out var stat);
        if (error != WasiErrno.Success)
            return error;
        if (stat.Type != WasiFileType.Directory)
            return WasiErrno.Notdir;
        if (Directory.EnumerateFileSystemEntries(full).Any())
            return WasiErrno.Notempty;
        Directory.Delete(full, recursive: false);
        return WasiErrno.Success;
    });

    private WasiErrno Change(string name, Func<string, WasiErrno> change)
    {
        var error = Locate(name, out var full);
        if (error != WasiErrno.Success)
            return error;
        error = PortableNode.Try(() => change(full), out var result);
        return error != WasiErrno.Success ? error : result;
    }

    private WasiErrno Locate(string name, out string full)
    {
        full = name == "." ? path : Path.Join(path, name);
        return PortableName.IsAllowed(name, OperatingSystem.IsWindows()) ? WasiErrno.Success : WasiErrno.Inval;
    }

    private List<WasiDirectoryEntry> List()
    {
        List<WasiDirectoryEntry> entries = [new(".", WasiFileType.Directory, PortableNode.Inode(path), 1), new("..", WasiFileType.Directory, 0, 2)];
        foreach (var info in new DirectoryInfo(path).EnumerateFileSystemInfos())
            entries.Add(new(info.Name, PortableNode.TypeOf(info), PortableNode.Inode(info.FullName), (ulong)entries.Count + 1));
        return entries;
    }
}
