using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    private const WasiFileFlags AllFileFlags = WasiFileFlags.Append | WasiFileFlags.DataSync | WasiFileFlags.NonBlocking | WasiFileFlags.ReadSync | WasiFileFlags.Sync;

    internal WasiErrno FdClose(in WasiCall call) => descriptors.Close(call.U32(0));

    internal WasiErrno FdRenumber(in WasiCall call) => descriptors.Renumber(call.U32(0), call.U32(1));

    internal WasiErrno FdSync(in WasiCall call) => Sync(call.U32(0), WasiRights.FdSync, dataOnly: false);

    internal WasiErrno FdDatasync(in WasiCall call) => Sync(call.U32(0), WasiRights.FdDatasync, dataOnly: true);

    private WasiErrno Sync(uint number, WasiRights needed, bool dataOnly)
    {
        var error = Get(number, WasiRights.None, out var descriptor);
        if (error != WasiErrno.Success)
            return error;
        // Streams do without the right: programs sync their standard output as a matter of course.
        error = descriptor.Node.Type is WasiFileType.RegularFile or WasiFileType.Directory ? descriptor.Allows(needed) : WasiErrno.Success;
        return error == WasiErrno.Success ? descriptor.Node.Sync(dataOnly) : error;
    }

    internal WasiErrno FdFdstatGet(in WasiCall call)
    {
        var error = Get(call.U32(0), WasiRights.None, out var descriptor);
        if (error == WasiErrno.Success)
            GuestLayout.WriteFdstat(call.Memory, call.U32(1), descriptor.Node.Type, (descriptor.Node as WasiFile)?.Flags ?? 0, descriptor.Rights, descriptor.Inheriting);
        return error;
    }

    internal WasiErrno FdFdstatSetFlags(in WasiCall call)
    {
        var flags = (WasiFileFlags)call.U32(1);
        if (call.U32(1) > (uint)AllFileFlags)
            return WasiErrno.Inval;
        var error = Get(call.U32(0), WasiRights.FdFdstatSetFlags, out var descriptor);
        return error != WasiErrno.Success ? error : descriptor.Node is WasiFile file ? file.SetFlags(flags) : flags == 0 ? WasiErrno.Success : WasiErrno.Inval;
    }

    internal WasiErrno FdFdstatSetRights(in WasiCall call)
    {
        var error = Get(call.U32(0), WasiRights.None, out var descriptor);
        return error == WasiErrno.Success ? descriptor.Limit((WasiRights)call.U64(1), (WasiRights)call.U64(2)) : error;
    }

    internal WasiErrno FdFilestatGet(in WasiCall call)
    {
        call.Memory.Check(call.U32(1), GuestLayout.FilestatSize(call.IsUnstable));
        var error = Get(call.U32(0), WasiRights.FdFilestatGet, out var descriptor);
        if (error != WasiErrno.Success)
            return error;
        error = descriptor.Node.GetStat(out var stat);
        if (error == WasiErrno.Success)
            GuestLayout.WriteFilestat(call.Memory, call.U32(1), stat, call.IsUnstable);
        return error;
    }

    internal WasiErrno FdFilestatSetTimes(in WasiCall call)
    {
        var error = ParseTimes(call.U64(1), call.U64(2), call.U32(3), out var times);
        if (error != WasiErrno.Success)
            return error;
        error = Get(call.U32(0), WasiRights.FdFilestatSetTimes, out var descriptor);
        return error == WasiErrno.Success ? descriptor.Node.SetTimes(times) : error;
    }

    internal WasiErrno FdPrestatGet(in WasiCall call)
    {
        const byte directory = 0;
        var error = GetPreopen(call.U32(0), out var name);
        if (error != WasiErrno.Success)
            return error;
        call.Memory.Check(call.U32(1), GuestLayout.PrestatSize);
        call.Memory.WriteUInt32(call.U32(1) + 4, (uint)name.Length);
        call.Memory.WriteUInt32(call.U32(1), directory);
        return WasiErrno.Success;
    }

    internal WasiErrno FdPrestatDirName(in WasiCall call)
    {
        var error = GetPreopen(call.U32(0), out var name);
        if (error != WasiErrno.Success)
            return error;
        if (call.U32(2) < name.Length)
            return WasiErrno.Nametoolong;
        name.CopyTo(call.Memory.Span(call.U32(1), (uint)name.Length));
        return WasiErrno.Success;
    }

    private WasiErrno GetPreopen(uint number, out byte[] name)
    {
        name = descriptors.Find(number)?.PreopenName!;
        return name is null ? WasiErrno.Badf : WasiErrno.Success;
    }

    /// <summary>Preview 1's <c>fstflags</c> with their times.</summary>
    private WasiErrno ParseTimes(ulong access, ulong modification, uint flags, out WasiTimes times)
    {
        const uint setAccess = 1, accessNow = 2, setModification = 4, modificationNow = 8;
        times = default;
        if (flags > 15 || (flags & (setAccess | accessNow)) == (setAccess | accessNow) || (flags & (setModification | modificationNow)) == (setModification | modificationNow))
            return WasiErrno.Inval;
        ulong now = 0;
        if ((flags & (accessNow | modificationNow)) != 0 && clocks.GetTime(WasiClock.Realtime, out now) is var error && error != WasiErrno.Success)
            return error;
        times = new(
            (flags & setAccess) != 0 ? access : (flags & accessNow) != 0 ? now : null,
            (flags & setModification) != 0 ? modification : (flags & modificationNow) != 0 ? now : null);
        return WasiErrno.Success;
    }
}
