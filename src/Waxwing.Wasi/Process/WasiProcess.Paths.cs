using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Descriptors;
using Waxwing.Wasi.FileSystem;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    /// <summary>Preview 1's <c>lookupflags</c>.</summary>
    private const uint SymlinkFollow = 1;

    internal WasiErrno PathOpen(in WasiCall call)
    {
        const uint allOpenFlags = 15;
        call.Memory.Check(call.U32(8), 4);
        var (lookup, openFlags, fileFlags) = (call.U32(1), call.U32(4), call.U32(7));
        if (lookup > SymlinkFollow || openFlags > allOpenFlags || fileFlags > (uint)AllFileFlags)
            return WasiErrno.Inval;
        var flags = (WasiOpenFlags)openFlags;
        if ((flags & WasiOpenFlags.Create) != 0 && (flags & WasiOpenFlags.Directory) != 0)
            return WasiErrno.Inval;

        var needed = WasiRights.PathOpen;
        if ((flags & WasiOpenFlags.Create) != 0)
            needed |= WasiRights.PathCreateFile;
        if ((flags & WasiOpenFlags.Truncate) != 0)
            needed |= WasiRights.PathFilestatSetSize;
        var rights = (WasiRights)call.U64(5);
        var write = (rights & WasiRights.NeedsWriting) != 0;
        var path = call.Memory.Copy(call.U32(2), Math.Min(call.U32(3), PathWalk.MaximumPath));
        var error = GetDirectory(call.U32(0), needed & ~WasiRights.Mutating, out var directory, out var parent);
        if (error != WasiErrno.Success)
            return error;
        if (descriptors.IsFull)
            return WasiErrno.Mfile;

        var missing = WasiErrno.Noent;
        if (parent.IsReadOnly)
        {
            if (write || (flags & (WasiOpenFlags.Truncate | WasiOpenFlags.Exclusive)) != 0)
                return WasiErrno.Rofs;
            // As on a file system mounted read-only: "open or create" is fine with a file that exists.
            if ((flags & WasiOpenFlags.Create) != 0)
                (flags, missing) = (flags & ~WasiOpenFlags.Create, WasiErrno.Rofs);
        }
        else if ((parent.Rights & needed) != needed)
        {
            return WasiErrno.Notcapable;
        }

        // More rights than the directory passes on are not an error but left out: it is for the later use of the descriptor to fail.
        rights &= parent.Inheriting;
        var mode = new WasiOpenMode(flags, (WasiFileFlags)fileFlags, (rights & WasiRights.FdRead) != 0 || !write, write);
        error = OpenNode(directory, path, mode, (lookup & SymlinkFollow) != 0, out var node);
        if (error != WasiErrno.Success)
            return error == WasiErrno.Noent ? missing : error;
        var inheriting = node is WasiDirectory ? (WasiRights)call.U64(6) & parent.Inheriting : WasiRights.None;
        rights &= node!.Type switch
        {
            WasiFileType.Directory => WasiRights.Directory,
            WasiFileType.RegularFile or WasiFileType.BlockDevice => WasiRights.RegularFile,
            _ => WasiRights.Stream,
        };
        error = descriptors.Add(new Descriptor(node, rights, inheriting) { IsReadOnly = parent.IsReadOnly }, out var number);
        if (error == WasiErrno.Success)
            call.Memory.WriteUInt32(call.U32(8), number);
        return error;
    }

    private static WasiErrno OpenNode(WasiDirectory directory, byte[] path, WasiOpenMode mode, bool follow, out WasiNode? node)
    {
        node = null;
        var error = PathWalk.Check(path);
        if (error != WasiErrno.Success)
            return error;
        var creates = (mode.Flags & WasiOpenFlags.Create) != 0;
        if (!creates || path[^1] != (byte)'/')
        {
            error = directory.TryOpenBeneath(path, mode, follow, out node);
            if (error != WasiErrno.Success || node is not null)
                return error;
        }

        using var walk = new PathWalk(directory, path);
        error = walk.Start(resolveSlash: !creates);
        // With "must not exist" a symbolic link is an existing file, wherever it leads.
        follow &= (mode.Flags & (WasiOpenFlags.Create | WasiOpenFlags.Exclusive)) != (WasiOpenFlags.Create | WasiOpenFlags.Exclusive);
        while (error == WasiErrno.Success)
        {
            // The slash demands a directory, and files are what is created here.
            if (creates && walk.HasTrailingSlash)
                return WasiErrno.Isdir;
            error = walk.Directory.Open(walk.Name, mode, out node);
            if (error != WasiErrno.Loop || !follow)
                return error;
            error = walk.Follow(resolveSlash: !creates);
            if (error == WasiErrno.Inval)
                error = WasiErrno.Loop; // the link went away meanwhile
        }
        return error;
    }

    internal WasiErrno PathFilestatGet(in WasiCall call)
    {
        if (call.U32(1) > SymlinkFollow)
            return WasiErrno.Inval;
        call.Memory.Check(call.U32(4), GuestLayout.FilestatSize(call.IsUnstable));
        var error = Walk(call.U32(0), WasiRights.PathFilestatGet, call.Memory, call.U32(2), call.U32(3), resolveSlash: true, out var walk);
        using (walk)
        {
            if (error != WasiErrno.Success)
                return error;
            error = FollowToEnd(walk!, call.U32(1), out var stat);
            if (error == WasiErrno.Success)
                GuestLayout.WriteFilestat(call.Memory, call.U32(4), stat, call.IsUnstable);
            return error;
        }
    }

    internal WasiErrno PathFilestatSetTimes(in WasiCall call)
    {
        if (call.U32(1) > SymlinkFollow)
            return WasiErrno.Inval;
        var error = ParseTimes(call.U64(4), call.U64(5), call.U32(6), out var times);
        if (error != WasiErrno.Success)
            return error;
        error = Walk(call.U32(0), WasiRights.PathFilestatSetTimes, call.Memory, call.U32(2), call.U32(3), resolveSlash: true, out var walk);
        using (walk)
        {
            if (error != WasiErrno.Success)
                return error;
            error = FollowToEnd(walk!, call.U32(1), out _);
            return error == WasiErrno.Success ? walk!.Directory.SetTimes(walk.Name, times) : error;
        }
    }

    /// <summary>Goes on while the last component is a symbolic link, if asked to; gives the attributes of what it ends at.</summary>
    private static WasiErrno FollowToEnd(PathWalk walk, uint lookup, out WasiFileStat stat)
    {
        while (true)
        {
            var error = walk.Directory.GetStat(walk.Name, out stat);
            if (error != WasiErrno.Success || stat.Type != WasiFileType.SymbolicLink || (lookup & SymlinkFollow) == 0)
                return error;
            error = walk.Follow();
            if (error != WasiErrno.Success)
                return error;
        }
    }

    /// <summary>Resolves all of a guest's path but its last component.</summary>
    private WasiErrno Walk(uint number, WasiRights needed, GuestMemory memory, uint path, uint length, bool resolveSlash, out PathWalk? walk)
    {
        walk = null;
        // One byte more than is allowed shows that it is too long.
        var copy = memory.Copy(path, Math.Min(length, PathWalk.MaximumPath));
        var error = GetDirectory(number, needed, out var directory, out _);
        if (error != WasiErrno.Success)
            return error;
        walk = new(directory, copy);
        error = walk.Start(resolveSlash);
        return error;
    }
}
