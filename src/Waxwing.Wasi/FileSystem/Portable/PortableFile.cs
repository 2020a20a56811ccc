using Microsoft.Win32.SafeHandles;

namespace Waxwing.Wasi.FileSystem.Portable;

/// <summary>A file of the host by means of the base class library.</summary>
internal sealed class PortableFile(SafeFileHandle handle, string path, WasiOpenMode mode) : WasiFile
{
    private const WasiFileFlags SyncFlags = WasiFileFlags.DataSync | WasiFileFlags.Sync | WasiFileFlags.ReadSync;
    private readonly Lock gate = new();
    private long current;
    private WasiFileFlags status = mode.FileFlags;

    public static WasiNode Open(string path, WasiOpenMode mode, bool exists)
    {
        var truncate = (mode.Flags & WasiOpenFlags.Truncate) != 0;
        var access = mode.Write || truncate || !exists ? mode.Read ? FileAccess.ReadWrite : FileAccess.Write : FileAccess.Read;
        // CreateNew follows no link that somebody put there since the caller looked.
        var handle = File.OpenHandle(path, exists ? FileMode.Open : FileMode.CreateNew, access, FileShare.ReadWrite | FileShare.Delete);
        if (truncate)
            RandomAccess.SetLength(handle, 0);
        return new PortableFile(handle, path, mode);
    }

    public override WasiFileType Type => WasiFileType.RegularFile;

    public override WasiFileFlags Flags => status;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        var error = PortableNode.GetStat(path, out stat);
        // Removed or renamed while open: the handle still knows the length.
        if (error == WasiErrno.Noent)
        {
            stat = new(WasiFileType.RegularFile, 0) { Device = 1, Inode = PortableNode.Inode(path), LinkCount = 0 };
            error = WasiErrno.Success;
        }
        stat = stat with { Type = WasiFileType.RegularFile, Size = (ulong)RandomAccess.GetLength(handle) };
        return error;
    }

    public override WasiErrno SetTimes(WasiTimes times) => PortableNode.Try(() =>
    {
        if (times.Access is { } access)
            File.SetLastAccessTimeUtc(handle, DateTime.UnixEpoch.AddTicks((long)(access / 100)));
        if (times.Modification is { } modification)
            File.SetLastWriteTimeUtc(handle, DateTime.UnixEpoch.AddTicks((long)(modification / 100)));
        return true;
    }, out _);

    public override WasiErrno Sync(bool dataOnly)
    {
        RandomAccess.FlushToDisk(handle);
        return WasiErrno.Success;
    }

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        lock (gate)
        {
            var error = ReadAt(buffer, (ulong)current, out count);
            current += count;
            return error;
        }
    }

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (IsAppending)
                current = RandomAccess.GetLength(handle);
            var error = WriteAt(buffer, (ulong)current, out count);
            current += count;
            return error;
        }
    }

    public override WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (!mode.Read)
            return WasiErrno.Badf;
        if (offset > long.MaxValue)
            return WasiErrno.Inval;
        count = RandomAccess.Read(handle, buffer, (long)offset);
        return WasiErrno.Success;
    }

    public override WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (!mode.Write)
            return WasiErrno.Badf;
        if (offset > (ulong)(long.MaxValue - buffer.Length))
            return WasiErrno.Fbig;
        // As Linux does, whose files cannot do otherwise; POSIX would have the offset count.
        if (IsAppending)
            offset = (ulong)RandomAccess.GetLength(handle);
        RandomAccess.Write(handle, buffer, (long)offset);
        count = buffer.Length;
        if ((status & SyncFlags) != 0)
            RandomAccess.FlushToDisk(handle);
        return WasiErrno.Success;
    }

    private bool IsAppending => (status & WasiFileFlags.Append) != 0;

    public override WasiErrno Seek(long offset, WasiWhence whence, out ulong position)
    {
        lock (gate)
        {
            var from = whence switch { WasiWhence.Start => 0, WasiWhence.Current => current, _ => RandomAccess.GetLength(handle) };
            position = 0;
            if (offset > 0 && from > long.MaxValue - offset)
                return WasiErrno.Overflow;
            if (from + offset < 0)
                return WasiErrno.Inval;
            position = (ulong)(current = from + offset);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno SetSize(ulong size)
    {
        if (!mode.Write)
            return WasiErrno.Badf;
        if (size > long.MaxValue)
            return WasiErrno.Fbig;
        RandomAccess.SetLength(handle, (long)size);
        return WasiErrno.Success;
    }

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        hangup = false;
        available = write ? 0 : (ulong)Math.Max(0, RandomAccess.GetLength(handle) - current);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();
    }
}
