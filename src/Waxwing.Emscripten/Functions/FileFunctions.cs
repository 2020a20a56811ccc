using System.Buffers.Binary;
using System.Text;
using Waxwing.Emscripten.Files;
using Waxwing.Wasi;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.FileSystem;

namespace Waxwing.Emscripten.Functions;

/// <summary>System calls on files and directories. They return a number or the negative error number.</summary>
internal static class FileFunctions
{
    /// <summary>EOPNOTSUPP, and so ENOTSUP, in Emscripten's C library.</summary>
    public const int NotSupported = 138;

    private const int NoFollow = 0x100, RemoveDirectory = 0x200, EmptyPath = 0x1000;

    public static EmscriptenFunction[] All { get; } =
    [
        new("__syscall_openat", "directory:at path:text flags arguments", static (in c) => Open(c, c.I32(0), c.U32(1), c.I32(2))),
        new("__syscall_open", "path:text flags arguments", static (in c) => Open(c, GuestPaths.Current, c.U32(0), c.I32(1))),
        new("__syscall_stat64", "path:text buffer", static (in c) => Stat(c, GuestPaths.Current, c.U32(0), c.U32(1), 0)),
        new("__syscall_lstat64", "path:text buffer", static (in c) => Stat(c, GuestPaths.Current, c.U32(0), c.U32(1), NoFollow)),
        new("__syscall_fstatat64", "directory:at path:text buffer flags", static (in c) => Stat(c, c.I32(0), c.U32(1), c.U32(2), c.I32(3))),
        new("__syscall_newfstatat", "directory:at path:text buffer flags", static (in c) => Stat(c, c.I32(0), c.U32(1), c.U32(2), c.I32(3))),
        new("__syscall_fstat64", "fd:fd buffer", static (in c) => StatDescriptor(c, c.U32(0), c.U32(1))),
        new("__syscall_mkdir", "path:text mode", static (in c) => OnPath(c, "path_create_directory", GuestPaths.Current, c.U32(0))),
        new("__syscall_mkdirat", "directory:at path:text mode", static (in c) => OnPath(c, "path_create_directory", c.I32(0), c.U32(1))),
        new("__syscall_rmdir", "path:text", static (in c) => OnPath(c, "path_remove_directory", GuestPaths.Current, c.U32(0))),
        new("__syscall_unlink", "path:text", static (in c) => OnPath(c, "path_unlink_file", GuestPaths.Current, c.U32(0))),
        new("__syscall_unlinkat", "directory:at path:text flags", static (in c) =>
            OnPath(c, (c.I32(2) & RemoveDirectory) != 0 ? "path_remove_directory" : "path_unlink_file", c.I32(0), c.U32(1))),
        new("__syscall_rename", "from:text to:text", static (in c) => Rename(c, GuestPaths.Current, c.U32(0), GuestPaths.Current, c.U32(1))),
        new("__syscall_renameat", "fromDirectory:at from:text toDirectory:at to:text", static (in c) => Rename(c, c.I32(0), c.U32(1), c.I32(2), c.U32(3))),
        new("__syscall_link", "from:text to:text", static (in c) => Link(c, GuestPaths.Current, c.U32(0), GuestPaths.Current, c.U32(1))),
        new("__syscall_linkat", "fromDirectory:at from:text toDirectory:at to:text flags", static (in c) => Link(c, c.I32(0), c.U32(1), c.I32(2), c.U32(3))),
        new("__syscall_symlink", "target:text path:text", static (in c) => SymbolicLink(c, c.U32(0), GuestPaths.Current, c.U32(1))),
        new("__syscall_symlinkat", "target:text directory:at path:text", static (in c) => SymbolicLink(c, c.U32(0), c.I32(1), c.U32(2))),
        new("__syscall_readlink", "path:text buffer size", static (in c) => ReadLink(c, GuestPaths.Current, c.U32(0), c.U32(1), c.U32(2))),
        new("__syscall_readlinkat", "directory:at path:text buffer size", static (in c) => ReadLink(c, c.I32(0), c.U32(1), c.U32(2), c.U32(3))),
        new("__syscall_access", "path:text mode", static (in c) => Access(c, GuestPaths.Current, c.U32(0))),
        new("__syscall_faccessat", "directory:at path:text mode flags", static (in c) => Access(c, c.I32(0), c.U32(1))),
        // Modes and owners do not exist here: to set them succeeds on what exists.
        new("__syscall_chmod", "path:text mode", static (in c) => Access(c, GuestPaths.Current, c.U32(0))),
        new("__syscall_fchmodat", "directory:at path:text mode", static (in c) => Access(c, c.I32(0), c.U32(1))),
        new("__syscall_fchmodat", "directory:at path:text mode arguments", static (in c) => Access(c, c.I32(0), c.U32(1))),
        new("__syscall_fchmodat2", "directory:at path:text mode flags", static (in c) => Access(c, c.I32(0), c.U32(1))),
        new("__syscall_fchmod", "fd:fd mode", static (in c) => Check(c, c.U32(0))),
        new("__syscall_chown32", "path:text owner group", static (in c) => Access(c, GuestPaths.Current, c.U32(0))),
        new("__syscall_lchown32", "path:text owner group", static (in c) => Access(c, GuestPaths.Current, c.U32(0))),
        new("__syscall_fchown32", "fd:fd owner group", static (in c) => Check(c, c.U32(0))),
        new("__syscall_fchownat", "directory:at path:text owner group flags", static (in c) => Access(c, c.I32(0), c.U32(1))),
        new("__syscall_truncate64", "path:text size:64", static (in c) => Truncate(c, c.U32(0), c.I64(1))),
        new("__syscall_ftruncate64", "fd:fd size:64", static (in c) => Negative(c.System.Call("fd_filestat_set_size", c.Memory, c.Token, [c.U32(0), c.I64(1)]))),
        new("__syscall_fallocate", "fd:fd mode offset:64 length:64", static (in c) =>
            c.I32(1) != 0 ? Negative(WasiErrno.Notsup) : Negative(c.System.Call("fd_allocate", c.Memory, c.Token, [c.U32(0), c.I64(2), c.I64(3)]))),
        new("__syscall_fadvise64", "fd:fd offset:64 length:64 advice", static (in c) => 0),
        new("__syscall_utimensat", "directory:at path:text times flags", static (in c) => SetTimes(c)),
        new("__syscall_getdents64", "fd:fd buffer size", static (in c) => Directories.List(c)),
        new("__syscall_getcwd", "buffer size", static (in c) => WorkingDirectory(c)),
        new("__syscall_chdir", "path:text", static (in c) => ChangeDirectory(c)),
        new("__syscall_fdatasync", "fd:fd", static (in c) => Negative(c.System.Call("fd_datasync", c.Memory, c.Token, [c.U32(0)]))),
        new("__syscall_fsync", "fd:fd", static (in c) => Negative(c.System.Call("fd_sync", c.Memory, c.Token, [c.U32(0)]))),
        new("__syscall_sync", "", static (in c) => 0),
    ];

    /// <summary>A system call's result. Error numbers are WASI's, but that for "not supported" is another.</summary>
    public static int Negative(WasiErrno error) => error == WasiErrno.Notsup ? -NotSupported : -(int)error;

    private static WasmValue Open(in EmscriptenCall call, int directory, uint path, int flags)
    {
        const int AccessMode = 3, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, Truncate = 0x200, Append = 0x400, NonBlocking = 0x800, DataSync = 0x1000, Directory = 0x10000,
            NoFollowLinks = 0x20000, Sync = 0x101000;
        var error = call.System.Paths.Resolve(directory, SystemCalls.ReadPath(call.Memory, path), out var descriptor, out var relative);
        if (error != WasiErrno.Success)
            return Negative(error);
        var (read, write) = ((flags & AccessMode) != WriteOnly, (flags & AccessMode) != 0);
        var openFlags = ((flags & Create) != 0 ? WasiOpenFlags.Create : 0) | ((flags & Exclusive) != 0 ? WasiOpenFlags.Exclusive : 0)
            | ((flags & Truncate) != 0 ? WasiOpenFlags.Truncate : 0) | ((flags & Directory) != 0 ? WasiOpenFlags.Directory : 0);
        var fileFlags = ((flags & Append) != 0 ? WasiFileFlags.Append : 0) | ((flags & NonBlocking) != 0 ? WasiFileFlags.NonBlocking : 0)
            | ((flags & Sync) == Sync ? WasiFileFlags.Sync : (flags & DataSync) != 0 ? WasiFileFlags.DataSync : 0);
        var rights = WasiRights.DirectoryInheriting & ~(read ? 0 : WasiRights.FdRead) & ~(write ? 0 : WasiRights.NeedsWriting);
        var follow = (flags & NoFollowLinks) == 0 ? 1u : 0;
        Span<byte> opened = stackalloc byte[4];
        error = call.System.CallWithPath("path_open", relative, opened, call.Token, (values, place, length) => Fill(
            values, descriptor, follow, place, length, (int)openFlags, (long)rights, (long)WasiRights.DirectoryInheriting, (int)fileFlags, 0));
        if (error != WasiErrno.Success)
            return Negative(error);
        var number = BinaryPrimitives.ReadUInt32LittleEndian(opened);
        call.System.Positions.Forget(number);
        return number;
    }

    private static WasmValue Stat(in EmscriptenCall call, int directory, uint path, uint buffer, int flags)
    {
        var bytes = SystemCalls.ReadPath(call.Memory, path);
        if (bytes.Length == 0 && (flags & EmptyPath) != 0 && directory != GuestPaths.Current)
            return StatDescriptor(call, (uint)directory, buffer);
        Span<byte> filestat = stackalloc byte[StatLayout.FilestatSize];
        var error = StatPath(call, directory, bytes, (flags & NoFollow) == 0, filestat);
        if (error == WasiErrno.Success)
            StatLayout.Write(call.Memory, buffer, filestat, call.Host.Linker.IsOldLayout);
        return Negative(error);
    }

    private static WasiErrno StatPath(in EmscriptenCall call, int directory, byte[] path, bool follow, Span<byte> filestat)
    {
        var paths = call.System.Paths;
        var error = paths.Resolve(directory, path, out var descriptor, out var relative);
        if (error == WasiErrno.Success)
            error = call.System.CallWithPath("path_filestat_get", relative, filestat, call.Token, (values, place, length) => Fill(values, descriptor, follow ? 1 : 0, place, length, 0));
        else if (path.Length > 0 && (directory == GuestPaths.Current || path[0] == '/') && paths.IsAncestor(paths.Absolute(SystemCalls.Decode(path))))
        {
            StatLayout.FillAncestor(filestat);
            error = WasiErrno.Success;
        }
        return error;
    }

    private static WasmValue StatDescriptor(in EmscriptenCall call, uint number, uint buffer)
    {
        Span<byte> filestat = stackalloc byte[StatLayout.FilestatSize];
        var error = call.System.CallForResult("fd_filestat_get", filestat, call.Token, number, 0);
        if (error == WasiErrno.Success)
            StatLayout.Write(call.Memory, buffer, filestat, call.Host.Linker.IsOldLayout, isPipe: call.System.Process.Descriptors.Find(number)?.Node is PipeFile);
        return Negative(error);
    }

    private static WasmValue OnPath(in EmscriptenCall call, string function, int directory, uint path)
    {
        var error = call.System.Paths.Resolve(directory, SystemCalls.ReadPath(call.Memory, path), out var descriptor, out var relative);
        if (error == WasiErrno.Success)
            error = call.System.CallWithPath(function, relative, [], call.Token, (values, place, length) => Fill(values, descriptor, place, length));
        return Negative(error);
    }

    private static WasmValue Rename(in EmscriptenCall call, int fromDirectory, uint from, int toDirectory, uint to)
    {
        var error = ResolveBoth(call, fromDirectory, from, toDirectory, to, out var source, out var target);
        if (error == WasiErrno.Success)
        {
            error = call.System.CallWithPaths("path_rename", source.Path, target.Path, call.Token, (values, first, firstLength, second, secondLength) =>
                Fill(values, source.Descriptor, first, firstLength, target.Descriptor, second, secondLength));
        }
        return Negative(error);
    }

    private static WasmValue Link(in EmscriptenCall call, int fromDirectory, uint from, int toDirectory, uint to)
    {
        var error = ResolveBoth(call, fromDirectory, from, toDirectory, to, out var source, out var target);
        if (error == WasiErrno.Success)
        {
            error = call.System.CallWithPaths("path_link", source.Path, target.Path, call.Token, (values, first, firstLength, second, secondLength) =>
                Fill(values, source.Descriptor, 0, first, firstLength, target.Descriptor, second, secondLength));
        }
        return Negative(error);
    }

    private static WasmValue SymbolicLink(in EmscriptenCall call, uint target, int directory, uint path)
    {
        var error = call.System.Paths.Resolve(directory, SystemCalls.ReadPath(call.Memory, path), out var descriptor, out var relative);
        if (error == WasiErrno.Success)
        {
            error = call.System.CallWithPaths("path_symlink", SystemCalls.ReadPath(call.Memory, target), relative, call.Token, (values, first, firstLength, second, secondLength) =>
                Fill(values, first, firstLength, descriptor, second, secondLength));
        }
        return Negative(error);
    }

    private static WasmValue ReadLink(in EmscriptenCall call, int directory, uint path, uint buffer, uint size)
    {
        // The whole of what WASI may give, so that the guest's buffer is written at its real length.
        const int Longest = 4096;
        var error = call.System.Paths.Resolve(directory, SystemCalls.ReadPath(call.Memory, path), out var descriptor, out var relative);
        if (error != WasiErrno.Success)
            return Negative(error);
        var text = new byte[Longest];
        error = call.System.ReadLink(descriptor, relative, text, out var length, call.Token);
        if (error != WasiErrno.Success)
            return Negative(error);
        var used = (int)Math.Min((uint)length, size);
        text.AsSpan(0, used).CopyTo(call.Memory.AsSpan(buffer, used));
        return used;
    }

    private static WasmValue Access(in EmscriptenCall call, int directory, uint path)
    {
        Span<byte> filestat = stackalloc byte[StatLayout.FilestatSize];
        return Negative(StatPath(call, directory, SystemCalls.ReadPath(call.Memory, path), follow: true, filestat));
    }

    private static WasmValue Check(in EmscriptenCall call, uint number)
    {
        Span<byte> fdstat = stackalloc byte[24];
        return Negative(call.System.CallForResult("fd_fdstat_get", fdstat, call.Token, number, 0));
    }

    private static WasmValue Truncate(in EmscriptenCall call, uint path, long size)
    {
        const int WriteOnly = 1;
        var opened = (int)Open(call, GuestPaths.Current, path, WriteOnly);
        if (opened < 0)
            return opened;
        var error = call.System.Call("fd_filestat_set_size", call.Memory, call.Token, [opened, size]);
        call.System.Call("fd_close", call.Memory, call.Token, [opened]);
        return Negative(error);
    }

    private static WasmValue SetTimes(in EmscriptenCall call)
    {
        const int Now = 0x3FFFFFFF, Omit = 0x3FFFFFFE;
        const uint SetAccess = 1, AccessNow = 2;
        var (flags, access, modification) = (AccessNow | (AccessNow << 2), 0L, 0L);
        if (call.U32(2) is not 0 and var times)
        {
            flags = 0;
            var isOld = call.Host.Linker.IsOldLayout;
            for (var i = 0; i < 2; i++)
            {
                var place = times + i * (isOld ? 8L : 16L);
                var seconds = isOld ? call.Memory.Read<int>(place) : call.Memory.Read<long>(place);
                var nanoseconds = call.Memory.Read<int>(place + (isOld ? 4 : 8));
                flags |= (nanoseconds switch { Now => AccessNow, Omit => 0, _ => SetAccess }) << (2 * i);
                var time = unchecked(seconds * 1_000_000_000 + nanoseconds);
                (access, modification) = i == 0 ? (time, 0L) : (access, time);
            }
        }
        if (call.U32(1) == 0)
            return Negative(call.System.Call("fd_filestat_set_times", call.Memory, call.Token, [call.I32(0), access, modification, flags]));
        var error = call.System.Paths.Resolve(call.I32(0), SystemCalls.ReadPath(call.Memory, call.U32(1)), out var descriptor, out var relative);
        var follow = (call.I32(3) & NoFollow) == 0 ? 1 : 0;
        if (error == WasiErrno.Success)
        {
            error = call.System.CallWithPath("path_filestat_set_times", relative, [], call.Token, (values, place, length) =>
                Fill(values, descriptor, follow, place, length, access, modification, flags));
        }
        return Negative(error);
    }

    private static WasmValue WorkingDirectory(in EmscriptenCall call)
    {
        var bytes = Encoding.UTF8.GetBytes(call.System.Paths.WorkingDirectory + "\0");
        if (call.U32(1) == 0)
            return Negative(WasiErrno.Inval);
        if (call.U32(1) < bytes.Length)
            return Negative(WasiErrno.Range);
        bytes.CopyTo(call.Memory.AsSpan(call.U32(0), bytes.Length));
        return bytes.Length;
    }

    private static WasmValue ChangeDirectory(in EmscriptenCall call)
    {
        const byte directory = 3;
        var path = SystemCalls.ReadPath(call.Memory, call.U32(0));
        Span<byte> filestat = stackalloc byte[StatLayout.FilestatSize];
        var error = StatPath(call, GuestPaths.Current, path, follow: true, filestat);
        if (error != WasiErrno.Success)
            return Negative(error);
        if (filestat[16] != directory)
            return Negative(WasiErrno.Notdir);
        call.System.Paths.WorkingDirectory = call.System.Paths.Absolute(SystemCalls.Decode(path));
        return 0;
    }

    private static WasiErrno ResolveBoth(in EmscriptenCall call, int fromDirectory, uint from, int toDirectory, uint to, out (uint Descriptor, byte[] Path) source, out (uint Descriptor, byte[] Path) target)
    {
        target = default;
        var error = call.System.Paths.Resolve(fromDirectory, SystemCalls.ReadPath(call.Memory, from), out var descriptor, out var path);
        source = (descriptor, path);
        if (error != WasiErrno.Success)
            return error;
        error = call.System.Paths.Resolve(toDirectory, SystemCalls.ReadPath(call.Memory, to), out descriptor, out path);
        target = (descriptor, path);
        return error;
    }

    private static int Fill(Span<WasmValue> values, params ReadOnlySpan<WasmValue> arguments)
    {
        arguments.CopyTo(values);
        return arguments.Length;
    }
}
