namespace Waxwing.Wasi;

/// <summary>Attributes of a file. Times are nanoseconds since 1970-01-01T00:00Z.</summary>
/// <param name="Type">The kind of file.</param>
/// <param name="Size">Length in bytes; for a symbolic link the length of its target.</param>
public readonly record struct WasiFileStat(WasiFileType Type, ulong Size)
{
    /// <summary>Identifies the file system.</summary>
    public ulong Device { get; init; }
    /// <summary>Identifies the file within its file system.</summary>
    public ulong Inode { get; init; }
    /// <summary>Number of hard links.</summary>
    public ulong LinkCount { get; init; } = 1;
    /// <summary>Last access.</summary>
    public ulong AccessTime { get; init; }
    /// <summary>Last change of the data.</summary>
    public ulong ModificationTime { get; init; }
    /// <summary>Last change of data or attributes.</summary>
    public ulong ChangeTime { get; init; }
}

/// <summary>Times to set, in nanoseconds since 1970-01-01T00:00Z; null leaves a time as it is.</summary>
/// <param name="Access">Last access.</param>
/// <param name="Modification">Last change of the data.</param>
public readonly record struct WasiTimes(ulong? Access, ulong? Modification);

/// <summary>One entry of a directory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is, or <see cref="WasiFileType.Unknown"/>.</param>
/// <param name="Inode">Its number in the file system.</param>
/// <param name="NextCookie">The place after it: where to go on reading. Never 0.</param>
public readonly record struct WasiDirectoryEntry(string Name, WasiFileType Type, ulong Inode, ulong NextCookie);
