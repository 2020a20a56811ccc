using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi.FileSystem.Memory;

/// <summary>A file of the file system beneath, opened for reading: nothing about it can be changed.</summary>
internal sealed class LowerFile(WasiFile file) : WasiFile
{
    public override WasiFileType Type => file.Type;

    public override WasiFileFlags Flags => file.Flags;

    internal override int PollDescriptor => file.PollDescriptor;

    public override WasiErrno GetStat(out WasiFileStat stat) => file.GetStat(out stat);

    public override WasiErrno SetFlags(WasiFileFlags flags) => file.SetFlags(flags);

    public override WasiErrno SetTimes(WasiTimes times) => WasiErrno.Rofs;

    public override WasiErrno Read(Span<byte> buffer, out int count, CancellationToken cancellation) => file.Read(buffer, out count, cancellation);

    public override WasiErrno ReadAt(Span<byte> buffer, ulong offset, out int count) => file.ReadAt(buffer, offset, out count);

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation) => Refuse(out count);

    public override WasiErrno WriteAt(ReadOnlySpan<byte> buffer, ulong offset, out int count) => Refuse(out count);

    public override WasiErrno SetSize(ulong size) => WasiErrno.Badf;

    public override WasiErrno Allocate(ulong offset, ulong length) => WasiErrno.Badf;

    public override WasiErrno Seek(long offset, WasiWhence whence, out ulong position) => file.Seek(offset, whence, out position);

    public override WasiErrno Advise(ulong offset, ulong length, WasiAdvice advice) => file.Advise(offset, length, advice);

    public override bool IsReady(bool write, out ulong available, out bool hangup) => file.IsReady(write, out available, out hangup);

    public override IDisposable? WatchReadiness(bool write, Action changed) => file.WatchReadiness(write, changed);

    internal override WasiErrno ReadVector(ReadOnlySpan<GuestBuffer> buffers, out nuint total, CancellationToken cancellation) => file.ReadVector(buffers, out total, cancellation);

    internal override WasiErrno ReadVectorAt(ReadOnlySpan<GuestBuffer> buffers, ulong offset, out nuint total) => file.ReadVectorAt(buffers, offset, out total);

    private static WasiErrno Refuse(out int count)
    {
        count = 0;
        return WasiErrno.Badf;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
    }
}
