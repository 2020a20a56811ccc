using System.Buffers;

namespace Waxwing.Wasi.FileSystem;

/// <summary>A terminal that a guest writes to, behind a <see cref="TerminalFilter"/>.</summary>
internal sealed class TerminalFile(WasiFile terminal) : WasiFile
{
    private readonly Lock gate = new();
    private readonly TerminalFilter filter = new();

    public override WasiFileType Type => terminal.Type;

    public override WasiFileFlags Flags => terminal.Flags;

    public override WasiErrno SetFlags(WasiFileFlags flags) => terminal.SetFlags(flags);

    public override WasiErrno GetStat(out WasiFileStat stat) => terminal.GetStat(out stat);

    public override WasiErrno Sync(bool dataOnly) => terminal.Sync(dataOnly);

    public override bool IsReady(bool write, out ulong available, out bool hangup) => terminal.IsReady(write, out available, out hangup);

    public override IDisposable? WatchReadiness(bool write, Action changed) => terminal.WatchReadiness(write, changed);

    internal override int PollDescriptor => terminal.PollDescriptor;

    public override WasiErrno Write(ReadOnlySpan<byte> buffer, out int count, CancellationToken cancellation)
    {
        const int piece = 4096;
        count = 0;
        var text = buffer[..Math.Min(buffer.Length, piece)];
        var filtered = ArrayPool<byte>.Shared.Rent(TerminalFilter.LongestResult(text.Length));
        try
        {
            lock (gate)
            {
                var left = filtered.AsSpan(0, filter.Filter(text, filtered));
                // The whole piece goes out: the filter has seen it already, so that the guest must not send part of it again.
                while (!left.IsEmpty)
                {
                    var error = terminal.Write(left, out var written, cancellation);
                    if (error == WasiErrno.Again && !cancellation.IsCancellationRequested)
                        Thread.Yield(); // not blocking was asked for, but a terminal is soon ready again
                    else if (error != WasiErrno.Success)
                        return error;
                    left = left[written..];
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(filtered);
        }
        count = text.Length;
        return WasiErrno.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            terminal.Dispose();
    }
}
