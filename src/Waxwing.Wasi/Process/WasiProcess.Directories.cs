using System.Text;
using Waxwing.Wasi.Abi;
using Waxwing.Wasi.Functions;

namespace Waxwing.Wasi;

public sealed partial class WasiProcess
{
    internal WasiErrno FdReaddir(in WasiCall call)
    {
        call.Memory.Check(call.U32(4), 4);
        var error = GetDirectory(call.U32(0), WasiRights.FdReaddir, out var directory, out _);
        if (error != WasiErrno.Success)
            return error;
        var buffer = call.Memory.Span(call.U32(1), Math.Min(call.U32(2), GuestMemory.LongestRange));
        // The largest entry: a name of 255 UTF-16 units, or of 255 bytes with each malformed one replaced by three.
        Span<byte> record = stackalloc byte[(int)GuestLayout.DirentSize + 1024];
        var (used, cookie) = (0, call.U64(3));
        while (used < buffer.Length)
        {
            error = directory.ReadEntry(cookie, out var found);
            if (error != WasiErrno.Success)
                return error;
            if (found is not { } entry)
                break;
            cookie = entry.NextCookie;
            if (!Encoding.UTF8.TryGetBytes(entry.Name, record[(int)GuestLayout.DirentSize..], out var length))
                continue; // no host has such names
            GuestLayout.WriteDirent(record, entry, length);
            // What does not fit is cut off: the guest sees a full buffer and comes back with the cookie of the entry before.
            var size = Math.Min((int)GuestLayout.DirentSize + length, buffer.Length - used);
            record[..size].CopyTo(buffer[used..]);
            used += size;
        }
        call.Memory.WriteUInt32(call.U32(4), (uint)used);
        return WasiErrno.Success;
    }

    internal WasiErrno PathCreateDirectory(in WasiCall call)
    {
        var error = Walk(call.U32(0), WasiRights.PathCreateDirectory, call.Memory, call.U32(1), call.U32(2), resolveSlash: false, out var walk);
        using (walk)
            return error != WasiErrno.Success ? error : walk!.Name == "." ? WasiErrno.Exist : walk.Directory.CreateDirectory(walk.Name);
    }

    internal WasiErrno PathRemoveDirectory(in WasiCall call)
    {
        var error = Walk(call.U32(0), WasiRights.PathRemoveDirectory, call.Memory, call.U32(1), call.U32(2), resolveSlash: false, out var walk);
        using (walk)
            return error != WasiErrno.Success ? error : walk!.Name == "." ? WasiErrno.Inval : walk.Directory.RemoveDirectory(walk.Name);
    }

    internal WasiErrno PathUnlinkFile(in WasiCall call)
    {
        var error = Walk(call.U32(0), WasiRights.PathUnlinkFile, call.Memory, call.U32(1), call.U32(2), resolveSlash: false, out var walk);
        using (walk)
        {
            if (error != WasiErrno.Success)
                return error;
            if (walk!.Name == ".")
                return WasiErrno.Isdir;
            if (walk.HasTrailingSlash)
                return walk.Directory.GetStat(walk.Name, out var stat) is var missing && missing != WasiErrno.Success ? missing
                    : stat.Type == WasiFileType.Directory ? WasiErrno.Isdir : WasiErrno.Notdir;
            return walk.Directory.RemoveFile(walk.Name);
        }
    }

    internal WasiErrno PathRename(in WasiCall call)
    {
        var error = Walk(call.U32(0), WasiRights.PathRenameSource, call.Memory, call.U32(1), call.U32(2), resolveSlash: false, out var source);
        using (source)
        {
            if (error != WasiErrno.Success)
                return error;
            error = Walk(call.U32(3), WasiRights.PathRenameTarget, call.Memory, call.U32(4), call.U32(5), resolveSlash: false, out var target);
            using (target)
            {
                if (error != WasiErrno.Success)
                    return error;
                if (source!.Name == "." || target!.Name == ".")
                    return WasiErrno.Busy;
                // A slash behind either name says that it is a directory that is moved.
                if (source.HasTrailingSlash || target.HasTrailingSlash)
                {
                    error = source.Directory.GetStat(source.Name, out var stat);
                    if (error != WasiErrno.Success)
                        return error;
                    if (stat.Type != WasiFileType.Directory)
                        return WasiErrno.Notdir;
                }
                return source.Directory.Rename(source.Name, target.Directory, target.Name);
            }
        }
    }

    internal WasiErrno PathLink(in WasiCall call)
    {
        var flags = call.U32(1);
        if (flags > SymlinkFollow)
            return WasiErrno.Inval;
        var error = Walk(call.U32(0), WasiRights.PathLinkSource, call.Memory, call.U32(2), call.U32(3), resolveSlash: false, out var source);
        using (source)
        {
            if (error != WasiErrno.Success)
                return error;
            error = FollowToEnd(source!, flags, out var stat);
            if (error != WasiErrno.Success)
                return error;
            error = Walk(call.U32(4), WasiRights.PathLinkTarget, call.Memory, call.U32(5), call.U32(6), resolveSlash: false, out var target);
            using (target)
            {
                if (error != WasiErrno.Success)
                    return error;
                if (target!.Name == ".")
                    return WasiErrno.Exist;
                if (stat.Type == WasiFileType.Directory)
                    return WasiErrno.Perm;
                if (source!.HasTrailingSlash)
                    return WasiErrno.Notdir;
                return target.HasTrailingSlash ? SlashAtNewName(target) : source.Directory.Link(source.Name, target.Directory, target.Name);
            }
        }
    }

    internal WasiErrno PathSymlink(in WasiCall call)
    {
        var text = call.Memory.Copy(call.U32(0), call.U32(1));
        // An absolute target could never be followed by the guest, but would lead others on the host astray.
        var error = FileSystem.PathWalk.Check(text);
        if (error != WasiErrno.Success)
            return error;
        error = Walk(call.U32(2), WasiRights.PathSymlink, call.Memory, call.U32(3), call.U32(4), resolveSlash: false, out var walk);
        using (walk)
        {
            if (error != WasiErrno.Success)
                return error;
            if (walk!.Name == ".")
                return WasiErrno.Exist;
            return walk.HasTrailingSlash ? SlashAtNewName(walk) : walk.Directory.CreateSymbolicLink(Encoding.UTF8.GetString(text), walk.Name);
        }
    }

    internal WasiErrno PathReadlink(in WasiCall call)
    {
        call.Memory.Check(call.U32(5), 4);
        var buffer = call.Memory.Span(call.U32(3), Math.Min(call.U32(4), GuestMemory.LongestRange));
        var error = Walk(call.U32(0), WasiRights.PathReadlink, call.Memory, call.U32(1), call.U32(2), resolveSlash: true, out var walk);
        using (walk)
        {
            if (error != WasiErrno.Success)
                return error;
            if (walk!.Name == ".")
                return WasiErrno.Inval;
            error = walk.Directory.ReadLink(walk.Name, out var target);
            if (error != WasiErrno.Success)
                return error;
            // What does not fit is cut off, as readlink does.
            var bytes = Encoding.UTF8.GetBytes(target!);
            var used = Math.Min(bytes.Length, buffer.Length);
            bytes.AsSpan(0, used).CopyTo(buffer);
            call.Memory.WriteUInt32(call.U32(5), (uint)used);
            return WasiErrno.Success;
        }
    }

    /// <summary>Something that is not a directory cannot be made under a name with a slash at its end.</summary>
    private static WasiErrno SlashAtNewName(FileSystem.PathWalk walk)
    {
        var error = walk.Directory.GetStat(walk.Name, out var stat);
        return error != WasiErrno.Success ? error : stat.Type == WasiFileType.Directory ? WasiErrno.Exist : WasiErrno.Notdir;
    }
}
