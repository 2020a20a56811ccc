namespace Waxwing.Wasi.FileSystem;

/// <summary>A regular file that can only be read, from a seekable stream of its own.</summary>
internal sealed class ContentFile(Stream content, WasiFileStat stat, WasiFileFlags flags) : WasiFile
{
    private readonly Lock gate = new();
    private volatile WasiFileFlags status = flags;
    private long position;

    public override WasiFileType Type => WasiFileType.RegularFile;

    public override WasiFileFlags Flags => status;

    public override WasiErrno SetFlags(WasiFileFlags flags)
    {
        status = flags;
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(out WasiFileStat attributes)
    {
        attributes = stat;
        return WasiErrno.Success;
    }

    public override WasiErrno SetTimes(WasiTimes times) => WasiErrno.Rofs;

    public override WasiErrno SetSize(ulong size) => WasiErrno.Badf;

    public override WasiErrno Allocate(ulong offset, ulong length) => WasiErrno.Badf;

    public override WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        return WasiErrno.Badf;
    }

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation)
    {
        lock (gate)
        {
            var error = ReadAt(buffer, (ulong)position, out count);
            position += count;
            return error;
        }
    }

    public override WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count)
    {
        count = 0;
        if (offset > long.MaxValue)
            return WasiErrno.Inval;
        lock (gate)
        {
            if (offset >= stat.Size)
                return WasiErrno.Success;
            content.Position = (long)offset;
            count = content.Read(buffer);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno Seek(long offset, WasiWhence whence, out ulong result)
    {
        lock (gate)
        {
            result = 0;
            var from = whence switch { WasiWhence.Start => 0, WasiWhence.Current => position, _ => (long)stat.Size };
            if (offset > 0 && from > long.MaxValue - offset)
                return WasiErrno.Overflow;
            if (from + offset < 0)
                return WasiErrno.Inval;
            result = (ulong)(position = from + offset);
            return WasiErrno.Success;
        }
    }

    public override WasiErrno Advise(ulong offset, ulong length, WasiAdvice advice) =>
        offset > long.MaxValue || length > long.MaxValue ? WasiErrno.Inval : WasiErrno.Success;

    public override bool IsReady(bool write, out ulong available, out bool hangup)
    {
        hangup = false;
        lock (gate)
            available = write || stat.Size <= (ulong)position ? 0 : stat.Size - (ulong)position;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
    }
}
