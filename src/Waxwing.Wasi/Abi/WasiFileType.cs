namespace Waxwing.Wasi;

/// <summary>What a descriptor or a directory entry is; preview 1's <c>filetype</c>.</summary>
public enum WasiFileType : byte
{
    /// <summary>Something else, or not known.</summary>
    Unknown = 0,
    /// <summary>A block device.</summary>
    BlockDevice = 1,
    /// <summary>A character device; standard streams that are terminals.</summary>
    CharacterDevice = 2,
    /// <summary>A directory.</summary>
    Directory = 3,
    /// <summary>A regular file.</summary>
    RegularFile = 4,
    /// <summary>A datagram socket.</summary>
    SocketDatagram = 5,
    /// <summary>A stream socket.</summary>
    SocketStream = 6,
    /// <summary>A symbolic link.</summary>
    SymbolicLink = 7,
}

/// <summary>Status flags of an open file; preview 1's <c>fdflags</c>.</summary>
[Flags]
public enum WasiFileFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Every write goes to the end of the file.</summary>
    Append = 1,
    /// <summary>Writes return once the data are on the storage device.</summary>
    DataSync = 2,
    /// <summary>Operations that would block fail with <see cref="WasiErrno.Again"/>.</summary>
    NonBlocking = 4,
    /// <summary>Reads are synchronised as writes are.</summary>
    ReadSync = 8,
    /// <summary>Writes return once data and metadata are on the storage device.</summary>
    Sync = 16,
}

/// <summary>What a seek offset counts from; the numbers are preview 1's.</summary>
public enum WasiWhence : byte
{
    /// <summary>The beginning.</summary>
    Start = 0,
    /// <summary>The current position.</summary>
    Current = 1,
    /// <summary>The end.</summary>
    End = 2,
}

/// <summary>How a file will be used; preview 1's <c>advice</c>.</summary>
public enum WasiAdvice : byte
{
    /// <summary>Nothing is known.</summary>
    Normal = 0,
    /// <summary>From lower to higher offsets.</summary>
    Sequential = 1,
    /// <summary>In random order.</summary>
    Random = 2,
    /// <summary>Soon.</summary>
    WillNeed = 3,
    /// <summary>Not soon.</summary>
    DontNeed = 4,
    /// <summary>Once.</summary>
    NoReuse = 5,
}
