using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Waxwing.Wasi.FileSystem.Linux;

/// <summary>
/// A directory of the host. Every operation is relative to its descriptor and never follows a symbolic link in the name, so that whatever others do to the tree meanwhile, it stays where it is.
/// </summary>
/// <param name="handle">The descriptor; owned.</param>
/// <param name="useKernel">Whether to let the kernel resolve whole paths where it can; the component-wise walk gives the same answers.</param>
internal sealed unsafe partial class LinuxDirectory(LinuxHandle handle, bool useKernel) : WasiDirectory
{
    // Without O_NONBLOCK, opening a pipe would block until somebody opens its other end. It has no effect on regular files.
    private const int AlwaysOpen = Libc.O_CLOEXEC | Libc.O_NOCTTY | Libc.O_NONBLOCK;

    /// <summary>Opens a directory of the host by its path; symbolic links are followed, as the path is the embedder's.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="useKernel">See the type; null is as the kernel can.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be listed.</exception>
    public static LinuxDirectory OpenRoot(string path, bool? useKernel = null)
    {
        var handle = Libc.open(Path.GetFullPath(path), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (!handle.IsInvalid)
            return new(handle, useKernel ?? LinuxPlatform.HasOpenBeneath);
        throw Libc.LastError switch
        {
            WasiErrno.Noent => new DirectoryNotFoundException($"no such directory: {path}"),
            WasiErrno.Notdir => new DirectoryNotFoundException($"not a directory: {path}"),
            WasiErrno.Acces or WasiErrno.Perm => new UnauthorizedAccessException($"permission denied: {path}"),
            var error => new IOException($"cannot open {path}: {error}"),
        };
    }

    public override WasiErrno GetStat(out WasiFileStat stat) => LinuxNode.GetStat(handle, "", out stat);

    public override WasiErrno GetStat(string name, out WasiFileStat stat) => LinuxNode.GetStat(handle, name, out stat);

    public override WasiErrno SetTimes(WasiTimes times) => LinuxNode.SetTimes(handle, null, times);

    public override WasiErrno SetTimes(string name, WasiTimes times) => LinuxNode.SetTimes(handle, name, times);

    public override WasiErrno Sync(bool dataOnly) => LinuxNode.Sync(handle, dataOnly);

    public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
    {
        var opened = Libc.openat(handle, name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
        directory = opened.IsInvalid ? null : new LinuxDirectory(opened, useKernel);
        return opened.IsInvalid ? Libc.LastError : WasiErrno.Success;
    }

    public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
    {
        node = null;
        var opened = Libc.openat(handle, name, OpenFlags(mode) | Libc.O_NOFOLLOW, 0x1B6);
        if (!opened.IsInvalid)
            return LinuxNode.Wrap(opened, mode, useKernel, out node);
        var error = Libc.LastError;
        // With O_DIRECTORY the kernel says "not a directory" of a symbolic link too.
        return error == WasiErrno.Notdir && GetStat(name, out var stat) == WasiErrno.Success && stat.Type == WasiFileType.SymbolicLink ? WasiErrno.Loop : error;
    }

    public override WasiErrno ReadLink(string name, out string? target)
    {
        const int longest = 4096; // the kernel's limit
        target = null;
        var buffer = stackalloc byte[longest];
        var length = Libc.readlinkat(handle, name, buffer, longest);
        if (length < 0)
            return Libc.LastError;
        // A target that is not UTF-8 has no name here that could be resolved.
        try
        {
            target = StrictUtf8.GetString(buffer, (int)length);
        }
        catch (DecoderFallbackException)
        {
            return WasiErrno.Ilseq;
        }
        return WasiErrno.Success;
    }

    public override WasiErrno CreateDirectory(string name) => Libc.ToErrno(Libc.mkdirat(handle, name, 0x1FF));

    public override WasiErrno CreateSymbolicLink(string target, string name) => Libc.ToErrno(Libc.symlinkat(target, handle, name));

    public override WasiErrno Link(string name, WasiDirectory directory, string newName) =>
        directory is LinuxDirectory other ? Libc.ToErrno(Libc.linkat(handle, name, other.Handle, newName, 0)) : WasiErrno.Xdev;

    public override WasiErrno Rename(string name, WasiDirectory directory, string newName) =>
        directory is LinuxDirectory other ? Libc.ToErrno(Libc.renameat(handle, name, other.Handle, newName)) : WasiErrno.Xdev;

    public override WasiErrno RemoveFile(string name) => Libc.ToErrno(Libc.unlinkat(handle, name, 0));

    public override WasiErrno RemoveDirectory(string name) => Libc.ToErrno(Libc.unlinkat(handle, name, Libc.AT_REMOVEDIR));

    internal override WasiErrno TryOpenDirectoryBeneath(ReadOnlySpan<byte> path, out WasiDirectory? directory)
    {
        directory = null;
        if (!useKernel)
            return WasiErrno.Success;
        var error = OpenBeneath(path, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0, out var opened);
        if (opened is not null)
            directory = new LinuxDirectory(opened, useKernel);
        return error;
    }

    internal override WasiErrno TryOpenBeneath(ReadOnlySpan<byte> path, WasiOpenMode mode, bool follow, out WasiNode? node)
    {
        node = null;
        if (!useKernel)
            return WasiErrno.Success;
        var creates = (mode.Flags & WasiOpenFlags.Create) != 0;
        var error = OpenBeneath(path, OpenFlags(mode) | (follow ? 0 : Libc.O_NOFOLLOW), creates ? 0x1B6u : 0, out var opened);
        // Of a symbolic link the kernel says "not a directory" here; the walk tells the two apart.
        if (error == WasiErrno.Notdir && !follow)
            return WasiErrno.Success;
        return opened is null ? error : LinuxNode.Wrap(opened, mode, useKernel, out node);
    }

    private LinuxHandle Handle => handle;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private WasiErrno OpenBeneath(ReadOnlySpan<byte> path, int flags, uint mode, out LinuxHandle? opened)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(path.Length + 1);
        try
        {
            path.CopyTo(buffer);
            buffer[path.Length] = 0;
            var how = new Libc.OpenHow
            {
                Flags = (uint)flags,
                Mode = mode,
                Resolve = Libc.OpenHow.ResolveBeneath | Libc.OpenHow.ResolveNoMagicLinks,
            };
            fixed (byte* pointer = buffer)
                opened = Libc.openat2(handle, pointer, &how);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (!opened.IsInvalid)
            return WasiErrno.Success;
        opened = null;
        return Marshal.GetLastPInvokeError() switch
        {
            LinuxErrno.EXDEV => WasiErrno.Perm, // it would have left the directory
            LinuxErrno.EAGAIN => WasiErrno.Success, // a rename raced with "..": walk instead
            var number => LinuxErrno.ToWasi(number),
        };
    }

    private static int OpenFlags(WasiOpenMode mode)
    {
        var flags = AlwaysOpen;
        if ((mode.Flags & WasiOpenFlags.Create) != 0)
            flags |= Libc.O_CREAT;
        if ((mode.Flags & WasiOpenFlags.Exclusive) != 0)
            flags |= Libc.O_EXCL;
        if ((mode.Flags & WasiOpenFlags.Truncate) != 0)
            flags |= Libc.O_TRUNC;
        if ((mode.Flags & WasiOpenFlags.Directory) != 0)
            flags |= Libc.O_DIRECTORY;
        if ((mode.FileFlags & WasiFileFlags.Append) != 0)
            flags |= Libc.O_APPEND;
        if ((mode.FileFlags & (WasiFileFlags.Sync | WasiFileFlags.ReadSync)) != 0)
            flags |= Libc.O_SYNC;
        else if ((mode.FileFlags & WasiFileFlags.DataSync) != 0)
            flags |= Libc.O_DSYNC;
        var write = mode.Write || (mode.Flags & WasiOpenFlags.Truncate) != 0;
        return flags | (write ? mode.Read ? Libc.O_RDWR : Libc.O_WRONLY : Libc.O_RDONLY);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            handle.Dispose();
    }
}
