using System.Buffers.Binary;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;

namespace Waxwing.Emscripten.Functions;

/// <summary>System calls that are not about paths: descriptors, mappings, the process; and those that there are not, which say so by ENOSYS.</summary>
internal static class OtherSystemCalls
{
    private const int DuplicateDescriptor = 0;

    public static EmscriptenFunction[] All { get; } =
    [
        new("__syscall_fcntl64", "fd command arguments", static (in c) => Control(c)),
        new("__syscall_ioctl", "fd request arguments", static (in c) => DeviceControl(c)),
        new("__syscall_poll", "descriptors count timeout", static (in c) => Poll(c)),
        new("__syscall_dup", "fd", static (in c) => NotHere),
        new("__syscall_dup3", "fd to flags", static (in c) => NotHere),
        new("__syscall_dup2", "fd to", static (in c) => NotHere),
        new("__syscall_pipe", "descriptors", static (in c) => NotHere),
        new("__syscall_pipe2", "descriptors flags", static (in c) => NotHere),
        new("__syscall_mknod", "path mode device", static (in c) => NotHere),
        new("__syscall_mknodat", "directory path mode device", static (in c) => NotHere),
        new("__syscall_statfs64", "path size buffer", static (in c) => NotHere),
        new("__syscall_fstatfs64", "fd size buffer", static (in c) => NotHere),
        new("__syscall_wait4", "process status options usage", static (in c) => NotHere),
        new("__syscall_socket", "family type protocol a b c", static (in c) => NotHere),
        new("__syscall_socketpair", "family type protocol pair a b", static (in c) => NotHere),
        new("__syscall_bind", "fd address length a b c", static (in c) => NotHere),
        new("__syscall_connect", "fd address length a b c", static (in c) => NotHere),
        new("__syscall_listen", "fd backlog a b c d", static (in c) => NotHere),
        new("__syscall_accept4", "fd address length flags a b", static (in c) => NotHere),
        new("__syscall_getsockname", "fd address length a b c", static (in c) => NotHere),
        new("__syscall_getpeername", "fd address length a b c", static (in c) => NotHere),
        new("__syscall_getsockopt", "fd level name value length a", static (in c) => NotHere),
        new("__syscall_setsockopt", "fd level name value length a", static (in c) => NotHere),
        new("__syscall_sendto", "fd buffer length flags address addressLength", static (in c) => NotHere),
        new("__syscall_recvfrom", "fd buffer length flags address addressLength", static (in c) => NotHere),
        new("__syscall_sendmsg", "fd message flags a b c", static (in c) => NotHere),
        new("__syscall_recvmsg", "fd message flags a b c", static (in c) => NotHere),
        new("__syscall_shutdown", "fd how a b c d", static (in c) => NotHere),
        new("__syscall__newselect", "count read write except timeout", static (in c) => NotHere),
        new("__syscall_umask", "mask", static (in c) => 0x12),
        new("__syscall_getpid", "", static (in c) => 42),
        new("__syscall_getppid", "", static (in c) => 1),
        new("__syscall_getuid32", "", static (in c) => 0),
        new("__syscall_getegid32", "", static (in c) => 0),
        new("__syscall_getrusage", "who usage", static (in c) => Clear(c, c.U32(1), 72)),
        new("__syscall_uname", "names", static (in c) => SystemName(c)),
        new("_mmap_js", "length protection flags fd offset:64 allocated address", static (in c) => Map(c)),
        new("_munmap_js", "address length protection flags fd offset:64", static (in c) => Unmap(c)),
        new("_msync_js", "address length protection flags fd offset:64", static (in c) => Unmap(c)),
        new("__syscall_madvise", "address length advice", static (in c) => 0),
        new("__syscall_mprotect", "address length protection", static (in c) => 0),
        new("__syscall_prlimit64", "process resource newLimit oldLimit", static (in c) => NotHere),
    ];

    private static int NotHere => FileFunctions.Negative(WasiErrno.Nosys);

    private static WasmValue Control(in EmscriptenCall call)
    {
        const int GetDescriptorFlags = 1, SetDescriptorFlags = 2, GetFlags = 3, SetFlags = 4, GetLock = 5, SetLock = 6, SetLockWaiting = 7, GetLock64 = 12, SetLock64 = 13, SetLock64Waiting = 14;
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
            case DuplicateDescriptor:
                return NotHere;
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
        const int GetAttributes = 0x5401, SetAttributes = 0x5402, SetAttributesFlushing = 0x5404, WindowSize = 0x5413, Readable = 0x541B;
        const ushort Rows = 24, Columns = 80;
        if (call.U32(0) > 2)
            return FileFunctions.Negative(WasiErrno.Notty);
        switch (call.I32(1))
        {
            case WindowSize:
                var size = call.Memory.AsSpan<ushort>(call.Memory.Read<uint>(call.U32(2)), 4);
                (size[0], size[1], size[2], size[3]) = (Rows, Columns, 0, 0);
                return 0;
            case GetAttributes:
                return Clear(call, call.Memory.Read<uint>(call.U32(2)), 60);
            case >= SetAttributes and <= SetAttributesFlushing:
                return 0;
            case Readable:
                call.Memory.Write(call.Memory.Read<uint>(call.U32(2)), 0);
                return 0;
            default:
                return FileFunctions.Negative(WasiErrno.Inval);
        }
    }

    /// <summary>Files are always ready; whether streams are is asked of them by reading.</summary>
    private static WasmValue Poll(in EmscriptenCall call)
    {
        const int MaximumDescriptors = 1024, EntrySize = 8;
        const short Ready = 0x45, Invalid = 0x20;
        if (call.U32(1) > MaximumDescriptors)
            return FileFunctions.Negative(WasiErrno.Inval);
        Span<byte> fdstat = stackalloc byte[24];
        var count = 0;
        for (var i = 0u; i < call.U32(1); i++)
        {
            var entry = call.U32(0) + (long)i * EntrySize;
            var (descriptor, events) = (call.Memory.Read<int>(entry), call.Memory.Read<short>(entry + 4));
            var found = descriptor < 0 ? (short)0
                : call.System.CallForResult("fd_fdstat_get", fdstat, call.Token, descriptor, 0) == WasiErrno.Success ? (short)(events & Ready) : Invalid;
            call.Memory.Write(entry + 6, found);
            count += found != 0 ? 1 : 0;
        }
        return count;
    }

    private static WasmValue SystemName(in EmscriptenCall call)
    {
        const int FieldSize = 65;
        Clear(call, call.U32(0), 6 * FieldSize);
        foreach (var (index, text) in ((string[])["Emscripten", "emscripten", "1.0", "#1", "wasm32"]).Index())
            call.Memory.WriteCString(call.U32(0) + (long)index * FieldSize, text);
        return 0;
    }

    /// <summary>A mapping is a copy in the heap; changes to a shared one are written back when it is synchronised or ends.</summary>
    private static WasmValue Map(in EmscriptenCall call)
    {
        const uint PageSize = 65536;
        var (length, descriptor, offset) = (call.U32(0), call.U32(3), call.I64(4));
        if (call.Thread.Find("emscripten_builtin_memalign") is null)
            return NotHere;
        var address = call.Thread.Call(call.Token, "emscripten_builtin_memalign", [PageSize, length]);
        if (address == 0)
            return FileFunctions.Negative(WasiErrno.Nomem);
        for (var cleared = 0L; cleared < length;)
        {
            var piece = (int)Math.Min(length - cleared, 1 << 30);
            call.Memory.AsSpan(address + cleared, piece).Clear();
            cleared += piece;
        }
        var error = Transfer(call, "fd_pread", descriptor, address, length, offset);
        if (error != WasiErrno.Success)
        {
            call.Thread.CallIfExported(call.Token, "free", [address]);
            return FileFunctions.Negative(error);
        }
        call.Memory.Write(call.U32(5), 1);
        call.Memory.Write(call.U32(6), address);
        return 0;
    }

    private static WasmValue Unmap(in EmscriptenCall call)
    {
        const int Write = 2, Shared = 1;
        return (call.I32(2) & Write) == 0 || (call.I32(3) & Shared) == 0 ? 0 : FileFunctions.Negative(Transfer(call, "fd_pwrite", call.U32(4), call.U32(0), call.U32(1), call.I64(5)));
    }

    /// <summary>Reads or writes a range of the guest's memory through a list of one buffer on the guest's stack.</summary>
    private static WasiErrno Transfer(in EmscriptenCall call, string function, uint descriptor, uint address, uint length, long offset)
    {
        var stack = call.Thread.SaveStack(call.Token);
        var list = call.Thread.AllocateStack(16, call.Token);
        try
        {
            while (length > 0)
            {
                call.Memory.Write(list, address);
                call.Memory.Write(list + 4L, length);
                var error = call.System.Call(function, call.Memory, call.Token, [descriptor, list, 1, offset, list + 8]);
                var count = call.Memory.Read<uint>(list + 8L);
                if (error != WasiErrno.Success || count == 0)
                    return error;
                count = Math.Min(count, length);
                (address, length, offset) = (address + count, length - count, offset + count);
            }
            return WasiErrno.Success;
        }
        finally
        {
            call.Thread.RestoreStack(stack, call.Token);
        }
    }

    private static WasmValue Clear(in EmscriptenCall call, uint address, int size)
    {
        call.Memory.AsSpan(address, size).Clear();
        return 0;
    }
}
