namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>What files and directories of the host have in common.</summary>
internal static unsafe class LinuxNode
{
    public static WasiErrno GetStat(LinuxHandle handle, string name, out WasiFileStat stat)
    {
        Libc.Statx raw;
        if (Libc.statx(handle, name, Libc.AT_SYMLINK_NOFOLLOW | (name.Length == 0 ? Libc.AT_EMPTY_PATH : 0), &raw) != 0)
        {
            stat = default;
            return Libc.LastError;
        }
        stat = new WasiFileStat(TypeOf(raw.Mode), raw.Size)
        {
            Device = ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor,
            Inode = raw.Inode,
            LinkCount = raw.LinkCount,
            AccessTime = raw.AccessTime.SinceEpoch,
            ModificationTime = raw.ModificationTime.SinceEpoch,
            ChangeTime = raw.ChangeTime.SinceEpoch,
        };
        return WasiErrno.Success;
    }

    public static WasiErrno SetTimes(LinuxHandle handle, string? name, WasiTimes times)
    {
        var values = stackalloc Libc.Timespec[2] { ToTimespec(times.Access), ToTimespec(times.Modification) };
        return Libc.ToErrno(name is null ? Libc.futimens(handle, values) : Libc.utimensat(handle, name, values, Libc.AT_SYMLINK_NOFOLLOW));
    }

    public static WasiErrno Sync(LinuxHandle handle, bool dataOnly) => Libc.ToErrno(dataOnly ? Libc.fdatasync(handle) : Libc.fsync(handle));

    public static WasiFileType TypeOf(uint mode) => (mode & 0xF000) switch
    {
        0x2000 => WasiFileType.CharacterDevice,
        0x4000 => WasiFileType.Directory,
        0x6000 => WasiFileType.BlockDevice,
        0x8000 => WasiFileType.RegularFile,
        0xA000 => WasiFileType.SymbolicLink,
        0xC000 => WasiFileType.SocketStream,
        _ => WasiFileType.Unknown, // pipes have no type in preview 1
    };

    /// <summary>An opened descriptor as the node it is. The handle is owned by the node, or closed.</summary>
    public static WasiErrno Wrap(LinuxHandle handle, WasiOpenMode mode, bool useKernel, out WasiNode? node)
    {
        var error = GetStat(handle, "", out var stat);
        if (error != WasiErrno.Success)
        {
            handle.Dispose();
            node = null;
            return error;
        }
        node = stat.Type == WasiFileType.Directory ? new LinuxDirectory(handle, useKernel) : new LinuxFile(handle, stat.Type, mode.FileFlags, mode.Read, mode.Write, isShared: false);
        return WasiErrno.Success;
    }

    // Any 64-bit number of nanoseconds fits; what the file system cannot represent it clamps.
    private static Libc.Timespec ToTimespec(ulong? time) => time is { } value
        ? new() { Seconds = (long)(value / 1_000_000_000), Nanoseconds = (long)(value % 1_000_000_000) }
        : new() { Nanoseconds = Libc.UTIME_OMIT };
}
