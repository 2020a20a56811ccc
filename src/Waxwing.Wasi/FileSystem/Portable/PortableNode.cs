namespace Waxwing.Wasi.FileSystem.Portable;

/// <summary>What files and directories have in common.</summary>
internal static class PortableNode
{
    public static WasiErrno GetStat(string path, out WasiFileStat stat)
    {
        var error = Try(() => Stat(path), out var found);
        stat = found ?? default;
        return error != WasiErrno.Success ? error : found is null ? WasiErrno.Noent : WasiErrno.Success;
    }

    public static WasiErrno SetTimes(string path, WasiTimes times) => Try(() =>
    {
        if (times.Access is { } access)
            File.SetLastAccessTimeUtc(path, ToDateTime(access));
        if (times.Modification is { } modification)
            File.SetLastWriteTimeUtc(path, ToDateTime(modification));
        return true;
    }, out _);

    public static WasiErrno Try<T>(Func<T> action, out T? result)
    {
        result = default;
        try
        {
            result = action();
            return WasiErrno.Success;
        }
        catch (ArgumentException)
        {
            return WasiErrno.Inval;
        }
        catch (Exception exception) when (HostExceptions.TryMap(exception, out var error))
        {
            return error;
        }
    }

    public static WasiFileType TypeOf(FileSystemInfo info) =>
        (info.Attributes & FileAttributes.ReparsePoint) != 0 ? WasiFileType.SymbolicLink
        : (info.Attributes & FileAttributes.Directory) != 0 ? WasiFileType.Directory
        : (info.Attributes & FileAttributes.Device) != 0 ? WasiFileType.CharacterDevice
        : WasiFileType.RegularFile;

    /// <summary>The base class library does not tell a file's number: one made from its path (FNV-1a) is as good as long as the file is not renamed.</summary>
    public static ulong Inode(string path)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in path)
            hash = (hash ^ character) * 1099511628211UL;
        return hash;
    }

    private static WasiFileStat? Stat(string path)
    {
        // Looks at a link itself, whatever it points to.
        var info = new FileInfo(path);
        if (!info.Exists && (info.Attributes == (FileAttributes)(-1)))
            return null;
        var type = TypeOf(info);
        return new(type, type switch { WasiFileType.RegularFile => (ulong)info.Length, WasiFileType.SymbolicLink => (ulong)(info.LinkTarget?.Length ?? 0), _ => 0 })
        {
            Device = 1,
            Inode = Inode(Path.GetFullPath(path)),
            AccessTime = FromDateTime(info.LastAccessTimeUtc),
            ModificationTime = FromDateTime(info.LastWriteTimeUtc),
            ChangeTime = FromDateTime(info.LastWriteTimeUtc),
        };
    }

    private static ulong FromDateTime(DateTime time) => (ulong)Math.Max(0, (time - DateTime.UnixEpoch).Ticks) * 100;

    // 2^64 ns end in the year 2554, well inside DateTime's range.
    private static DateTime ToDateTime(ulong nanoseconds) => DateTime.UnixEpoch.AddTicks((long)(nanoseconds / 100));
}
