using System.Runtime.CompilerServices;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    // What one readv or writev takes; the guest's call transfers less than it asked for, as it may.
    private const int MaximumBuffers = 1024;

    // Looking through more entries than this for one that is not empty would be work for nothing.
    private const uint MaximumListed = 65_536;

    private delegate WasiErrno Transfer(WasiFile file, ReadOnlySpan<GuestBuffer> buffers, in WasiCall call, out nuint total);

    internal WasiErrno FdRead(in WasiCall call) => TransferVector(call, WasiRights.FdRead, 3, isWrite: false, transfer:
        static (file, buffers, in call, out total) => file.ReadVector(buffers, out total, call.Cancellation));

    internal WasiErrno FdWrite(in WasiCall call) => TransferVector(call, WasiRights.FdWrite, 3, isWrite: true, transfer:
        static (file, buffers, in call, out total) => file.WriteVector(buffers, out total, call.Cancellation));

    internal WasiErrno FdPread(in WasiCall call) => TransferVector(call, WasiRights.FdRead | WasiRights.FdSeek, 4, isWrite: false, transfer:
        static (file, buffers, in call, out total) => file.ReadVectorAt(buffers, call.U64(3), out total));

    internal WasiErrno FdPwrite(in WasiCall call) => TransferVector(call, WasiRights.FdWrite | WasiRights.FdSeek, 4, isWrite: true, transfer:
        static (file, buffers, in call, out total) => file.WriteVectorAt(buffers, call.U64(3), out total));

    /// <summary>What the four functions have in common: arguments 0 to 2 are descriptor and buffers, and the total goes where an argument behind them says.</summary>
    private WasiErrno TransferVector(in WasiCall call, WasiRights needed, int totalArgument, bool isWrite, Transfer transfer)
    {
        var memory = call.Memory;
        memory.Check(call.U32(totalArgument), 4);
        var error = GetFile(call.U32(0), needed, out var file);
        if (error != WasiErrno.Success)
            return error;
        var buffers = Few(call.U32(2)) ? stackalloc GuestBuffer[FewBuffers] : new GuestBuffer[MaximumBuffers];
        error = Gather(memory, call.U32(1), call.U32(2), ref buffers);
        if (error != WasiErrno.Success)
            return error;
        nuint total = 0;
        if (buffers.Length > 0)
            error = isWrite && file.Type == WasiFileType.RegularFile ? WriteCharged(file, buffers, call, transfer, out total) : transfer(file, buffers, call, out total);
        if (error == WasiErrno.Success)
            memory.WriteUInt32(call.U32(totalArgument), (uint)total);
        return error;
    }

    private WasiErrno WriteCharged(WasiFile file, Span<GuestBuffer> buffers, in WasiCall call, Transfer transfer, out nuint total)
    {
        total = 0;
        var wanted = 0L;
        foreach (var buffer in buffers)
            wanted += (long)buffer.Length;
        var charged = written.ChargeUpTo(wanted);
        if (charged == 0)
            return WasiErrno.Dquot;
        if (charged < wanted)
            Shorten(ref buffers, charged);
        try
        {
            return transfer(file, buffers, call, out total);
        }
        finally
        {
            written.Refund(charged - (long)total);
        }
    }

    private static unsafe void Shorten(ref Span<GuestBuffer> buffers, long length)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            if ((long)buffers[i].Length >= length)
            {
                buffers[i] = new(buffers[i].Start, (nuint)length);
                buffers = buffers[..(i + 1)];
                return;
            }
            length -= (long)buffers[i].Length;
        }
    }

    /// <summary>Charges what a file would grow by.</summary>
    private WasiErrno ChargeGrowth(WasiFile file, ulong size)
    {
        if (written.Maximum == long.MaxValue || file.GetStat(out var stat) != WasiErrno.Success || size <= stat.Size)
            return WasiErrno.Success;
        return size - stat.Size <= long.MaxValue && written.TryCharge((long)(size - stat.Size)) ? WasiErrno.Success : WasiErrno.Dquot;
    }

    internal WasiErrno FdSeek(in WasiCall call)
    {
        call.Memory.Check(call.U32(3), 8);
        var number = call.U32(2);
        if (number > 2)
            return WasiErrno.Inval;
        // The older snapshot counts: current, end, start.
        var whence = (WasiWhence)(call.IsUnstable ? (number + 1) % 3 : number);
        var offset = (long)call.U64(1);
        var isTell = offset == 0 && whence == WasiWhence.Current;
        var error = GetFile(call.U32(0), isTell ? WasiRights.FdTell : WasiRights.FdSeek, out var file);
        if (error != WasiErrno.Success)
            return error;
        error = file.Seek(offset, whence, out var position);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt64(call.U32(3), position);
        return error;
    }

    internal WasiErrno FdTell(in WasiCall call)
    {
        call.Memory.Check(call.U32(1), 8);
        var error = GetFile(call.U32(0), WasiRights.FdTell, out var file);
        if (error != WasiErrno.Success)
            return error;
        error = file.Seek(0, WasiWhence.Current, out var position);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt64(call.U32(1), position);
        return error;
    }

    internal WasiErrno FdAdvise(in WasiCall call)
    {
        if (call.U32(3) > (uint)WasiAdvice.NoReuse)
            return WasiErrno.Inval;
        var error = GetFile(call.U32(0), WasiRights.FdAdvise, out var file);
        return error == WasiErrno.Success ? file.Advise(call.U64(1), call.U64(2), (WasiAdvice)call.U32(3)) : error;
    }

    internal WasiErrno FdAllocate(in WasiCall call)
    {
        var error = GetFile(call.U32(0), WasiRights.FdAllocate, out var file);
        if (error != WasiErrno.Success)
            return error;
        var (offset, length) = (call.U64(1), call.U64(2));
        if (length == 0 || offset + length < offset)
            return length == 0 ? WasiErrno.Inval : WasiErrno.Fbig;
        error = ChargeGrowth(file, offset + length);
        return error == WasiErrno.Success ? file.Allocate(offset, length) : error;
    }

    internal WasiErrno FdFilestatSetSize(in WasiCall call)
    {
        var error = GetFile(call.U32(0), WasiRights.FdFilestatSetSize, out var file);
        if (error == WasiErrno.Success && call.U64(1) <= long.MaxValue)
            error = ChargeGrowth(file, call.U64(1));
        return error == WasiErrno.Success ? file.SetSize(call.U64(1)) : error;
    }

    private const int FewBuffers = 8;

    private static bool Few(uint count) => count <= FewBuffers;

    /// <summary>The guest's list of buffers, checked; empty ones are left out. Shortens the span to those it found.</summary>
    private static unsafe WasiErrno Gather(GuestMemory memory, uint list, uint count, ref Span<GuestBuffer> buffers)
    {
        if (count > MaximumListed)
            return WasiErrno.Inval;
        // SAFETY: the whole list is checked here; its entries are read once each, as another thread of the guest may change them.
        var entries = (uint*)memory.Locate(list, (ulong)count * GuestLayout.IovecSize);
        var (used, left) = (0, GuestMemory.LongestRange);
        for (var i = 0u; i < count && used < buffers.Length && left > 0; i++)
        {
            var start = Unsafe.ReadUnaligned<uint>(entries + 2 * i);
            var length = Unsafe.ReadUnaligned<uint>(entries + 2 * i + 1);
            if (length == 0)
                continue;
            var address = memory.Locate(start, length);
            length = Math.Min(length, left);
            left -= length;
            buffers[used++] = new(address, length);
        }
        buffers = buffers[..used];
        return WasiErrno.Success;
    }
}
