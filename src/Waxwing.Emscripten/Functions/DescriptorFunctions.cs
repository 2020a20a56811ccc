using System.Buffers.Binary;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.FileSystem;

namespace Waxwing.Emscripten.Functions;

/// <summary>System calls on descriptors, whatever they stand for: duplicates, pipes, flags, waiting.</summary>
internal static class DescriptorFunctions
{
    private const int CloseOnExecute = 0x80000, NonBlockingOpen = 0x800;

    public static EmscriptenFunction[] All { get; } =
    [
        new("__syscall_fcntl64", "fd:fd command arguments", static (in c) => Control(c)),
        new("__syscall_ioctl", "fd:fd request arguments", static (in c) => DeviceControl(c)),
        new("__syscall_dup", "fd:fd", static (in c) => DuplicateFrom(c, c.U32(0), 0)),
        new("__syscall_dup2", "fd:fd to:fd", static (in c) => DuplicateTo(c, c.U32(0), c.U32(1))),
        new("__syscall_dup3", "fd:fd to:fd flags", static (in c) =>
            c.U32(0) == c.U32(1) || (c.I32(2) & ~CloseOnExecute) != 0 ? FileFunctions.Negative(WasiErrno.Inval) : DuplicateTo(c, c.U32(0), c.U32(1))),
        new("__syscall_pipe", "descriptors", static (in c) => Pipe(c, 0)),
        new("__syscall_pipe2", "descriptors flags", static (in c) => Pipe(c, c.I32(1))),
        new("__syscall_poll", "descriptors count timeout", static (in c) => Waiting.Poll(c)),
        new("__syscall__newselect", "count read write except timeout", static (in c) => Waiting.Select(c)),
    ];

    private static WasmValue DuplicateFrom(in EmscriptenCall call, uint descriptor, int minimum)
    {
        if (minimum < 0)
            return FileFunctions.Negative(WasiErrno.Inval);
        var error = call.System.Process.Descriptors.Duplicate(descriptor, (uint)minimum, out var number);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        call.System.Positions[number] = call.System.Positions[descriptor];
        return number;
    }

    private static WasmValue DuplicateTo(in EmscriptenCall call, uint descriptor, uint number)
    {
        var error = call.System.Process.Descriptors.DuplicateTo(descriptor, number);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        call.System.Positions[number] = call.System.Positions[descriptor];
        return number;
    }

    private static WasmValue Pipe(in EmscriptenCall call, int flags)
    {
        if ((flags & ~(CloseOnExecute | NonBlockingOpen)) != 0)
            return FileFunctions.Negative(WasiErrno.Inval);
        // Before anything is opened: a bad address leaves nothing behind.
        var place = call.Memory.AsSpan(call.U32(0), 8);
        var (reader, writer) = PipeFile.Create((flags & NonBlockingOpen) != 0 ? WasiFileFlags.NonBlocking : 0);
        var descriptors = call.System.Process.Descriptors;
        var error = descriptors.Add(new Descriptor(reader, WasiRights.Stream & ~WasiRights.FdWrite, WasiRights.None) { Label = "pipe" }, out var first);
        if (error == WasiErrno.Success)
        {
            error = descriptors.Add(new Descriptor(writer, WasiRights.Stream & ~WasiRights.FdRead, WasiRights.None) { Label = "pipe" }, out var second);
            if (error == WasiErrno.Success)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(place, first);
                BinaryPrimitives.WriteUInt32LittleEndian(place[4..], second);
                return 0;
            }
            descriptors.Close(first);
        }
        return FileFunctions.Negative(error);
    }

    private static WasmValue Control(in EmscriptenCall call)
    {
        const int GetDescriptorFlags = 1, SetDescriptorFlags = 2, GetFlags = 3, SetFlags = 4, GetLock = 5, SetLock = 6, SetLockWaiting = 7, GetLock64 = 12, SetLock64 = 13, SetLock64Waiting = 14;
        const int Duplicate = 0, DuplicateToClose = 1030;
        const short Unlocked = 2;
        var descriptor = call.U32(0);
        Span<byte> fdstat = stackalloc byte[24];
        var error = call.System.CallForResult("fd_fdstat_get", fdstat, call.Token, descriptor, 0);
        if (error != WasiErrno.Success)
            return FileFunctions.Negative(error);
        switch (call.I32(1))
        {
            case GetDescriptorFlags or SetDescriptorFlags:
                return 0;
            case GetFlags:
                return Flags(fdstat);
            case SetFlags:
                var flags = call.Memory.Read<int>(call.U32(2));
                var wanted = ((flags & 0x400) != 0 ? WasiFileFlags.Append : 0) | ((flags & 0x800) != 0 ? WasiFileFlags.NonBlocking : 0);
                return FileFunctions.Negative(call.System.Call("fd_fdstat_set_flags", call.Memory, call.Token, [descriptor, (int)wanted]));
            case GetLock or GetLock64:
                // Nobody else is there to hold a lock.
                call.Memory.Write(call.Memory.Read<uint>(call.U32(2)), Unlocked);
                return 0;
            case SetLock or SetLockWaiting or SetLock64 or SetLock64Waiting:
                return 0;
            case Duplicate or DuplicateToClose:
                return DuplicateFrom(call, descriptor, call.Memory.Read<int>(call.U32(2)));
            default:
                return FileFunctions.Negative(WasiErrno.Inval);
        }
    }

    /// <summary>The flags that open had, as C's.</summary>
    private static int Flags(ReadOnlySpan<byte> fdstat)
    {
        var flags = (WasiFileFlags)BinaryPrimitives.ReadUInt16LittleEndian(fdstat[2..]);
        var rights = (WasiRights)BinaryPrimitives.ReadUInt64LittleEndian(fdstat[8..]);
        var access = (rights & (WasiRights.FdRead | WasiRights.FdWrite)) switch { WasiRights.FdRead | WasiRights.FdWrite => 2, WasiRights.FdWrite => 1, _ => 0 };
        return access | ((flags & WasiFileFlags.Append) != 0 ? 0x400 : 0) | ((flags & WasiFileFlags.NonBlocking) != 0 ? 0x800 : 0);
    }

    /// <summary>
    /// The standard streams say that they are terminals, as Emscripten's own do: the C library then writes each line as it ends, which matters to programs that are not built to flush at their end.
    /// </summary>
    private static WasmValue DeviceControl(in EmscriptenCall call)
    {
        const int GetAttributes = 0x5401, SetAttributes = 0x5402, SetAttributesFlushing = 0x5404, WindowSize = 0x5413, Readable = 0x541B, NonBlocking = 0x5421;
        const ushort Rows = 24, Columns = 80;
        var file = call.System.Process.Descriptors.Find(call.U32(0))?.Node as WasiFile;
        switch (call.I32(1))
        {
            case Readable when file is not null:
                _ = file.IsReady(write: false, out var available, out _);
                call.Memory.Write(call.Memory.Read<uint>(call.U32(2)), (int)Math.Min(available, int.MaxValue));
                return 0;
            case NonBlocking when file is not null:
                var wanted = call.Memory.Read<int>(call.Memory.Read<uint>(call.U32(2))) != 0 ? file.Flags | WasiFileFlags.NonBlocking : file.Flags & ~WasiFileFlags.NonBlocking;
                return FileFunctions.Negative(call.System.Call("fd_fdstat_set_flags", call.Memory, call.Token, [call.U32(0), (int)wanted]));
            case var _ when call.System.Process.Descriptors.Find(call.U32(0)) is null:
                return FileFunctions.Negative(WasiErrno.Badf);
            case var _ when call.U32(0) > 2:
                return FileFunctions.Negative(WasiErrno.Notty);
            case WindowSize:
                var size = call.Memory.AsSpan<ushort>(call.Memory.Read<uint>(call.U32(2)), 4);
                (size[0], size[1], size[2], size[3]) = (Rows, Columns, 0, 0);
                return 0;
            case GetAttributes:
                call.Memory.AsSpan(call.Memory.Read<uint>(call.U32(2)), 60).Clear();
                return 0;
            case >= SetAttributes and <= SetAttributesFlushing:
                return 0;
            default:
                return FileFunctions.Negative(WasiErrno.Inval);
        }
    }
}
