using System.Text;
using Microsoft.Extensions.FileProviders;
using Waxwing.Wasi;

namespace Waxwing.Extensions.FileProviders;

/// <summary>A directory of a file provider.</summary>
/// <param name="provider">The provider.</param>
/// <param name="path">The directory's path in it; empty for the root.</param>
internal sealed class ProviderDirectory(IFileProvider provider, string path) : WasiDirectory
{
    // A stream that cannot seek is read whole when a file is opened.
    private const int LongestCopy = 256 << 20;
    private const int LongestName = 255; // bytes, as on Linux
    private List<IFileInfo>? listed;

    public override WasiErrno GetStat(out WasiFileStat stat)
    {
        stat = new(WasiFileType.Directory, 0) { Inode = InodeOf(path) };
        return WasiErrno.Success;
    }

    public override WasiErrno GetStat(string name, out WasiFileStat stat)
    {
        var error = Find(name, out var file);
        stat = error != WasiErrno.Success ? default : file is not null ? StatOf(name, file) : new(WasiFileType.Directory, 0) { Inode = InodeOf(Join(name)) };
        return error;
    }

    public override WasiErrno SetTimes(WasiTimes times) => WasiErrno.Rofs;

    public override WasiErrno OpenDirectory(string name, out WasiDirectory? directory)
    {
        var error = Find(name, out var file);
        directory = error == WasiErrno.Success && file is null ? new ProviderDirectory(provider, Join(name)) : null;
        return error == WasiErrno.Success && file is not null ? WasiErrno.Notdir : error;
    }

    public override WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node)
    {
        node = null;
        var creates = (mode.Flags & WasiOpenFlags.Create) != 0;
        var changes = mode.Write || (mode.Flags & WasiOpenFlags.Truncate) != 0;
        var error = Find(name, out var file);
        if (error != WasiErrno.Success)
            return creates && error == WasiErrno.Noent ? WasiErrno.Rofs : error;
        if (creates && (mode.Flags & WasiOpenFlags.Exclusive) != 0)
            return WasiErrno.Exist;
        if (file is null)
        {
            if (changes || creates)
                return WasiErrno.Isdir;
            node = new ProviderDirectory(provider, Join(name));
            return WasiErrno.Success;
        }
        if ((mode.Flags & WasiOpenFlags.Directory) != 0)
            return WasiErrno.Notdir;
        return changes ? WasiErrno.Rofs : OpenFile(name, file, mode.FileFlags, out node);
    }

    public override WasiErrno ReadLink(string name, out string? target)
    {
        target = null;
        var error = Find(name, out _);
        return error == WasiErrno.Success ? WasiErrno.Inval : error;
    }

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        const int dots = 2;
        entry = null;
        var files = Volatile.Read(ref listed);
        if (files is null || cookie == 0)
            Volatile.Write(ref listed, files = [.. provider.GetDirectoryContents(path).Where(file => IsName(file.Name))]);
        if (cookie < dots)
            entry = cookie == 0 ? new(".", WasiFileType.Directory, InodeOf(path), 1) : new("..", WasiFileType.Directory, 0, dots);
        else if (cookie - dots < (ulong)files.Count && files[(int)cookie - dots] is var file)
            entry = new(file.Name, file.IsDirectory ? WasiFileType.Directory : WasiFileType.RegularFile, InodeOf(Join(file.Name)), cookie + 1);
        return WasiErrno.Success;
    }

    /// <summary>What a name stands for; a directory has no file.</summary>
    private WasiErrno Find(string name, out IFileInfo? file)
    {
        file = null;
        if (name == ".")
            return WasiErrno.Success;
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
            return WasiErrno.Nametoolong;
        if (!IsName(name))
            return WasiErrno.Noent;
        var found = provider.GetFileInfo(Join(name));
        // Providers differ in whether they compare case; a guest sees the names that are listed.
        if (found is { Exists: true, IsDirectory: false })
        {
            file = found;
            return found.Name == name ? WasiErrno.Success : WasiErrno.Noent;
        }
        return found is { Exists: true, IsDirectory: true } || provider.GetDirectoryContents(Join(name)).Exists ? WasiErrno.Success : WasiErrno.Noent;
    }

    private WasiErrno OpenFile(string name, IFileInfo file, WasiFileFlags flags, out WasiNode? node)
    {
        node = null;
        Stream? content = null;
        try
        {
            content = file.CreateReadStream();
            if (!content.CanSeek)
            {
                if (file.Length > LongestCopy)
                    return WasiErrno.Fbig;
                using var source = content;
                content = new MemoryStream((int)file.Length);
                var buffer = new byte[64 * 1024];
                for (int count; (count = source.Read(buffer)) > 0;)
                {
                    if (content.Length + count > LongestCopy)
                        return WasiErrno.Fbig;
                    content.Write(buffer, 0, count);
                }
            }
            node = WasiFile.FromStream(content, StatOf(name, file) with { Size = (ulong)content.Length }, flags);
            return WasiErrno.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            content?.Dispose();
            return exception switch { FileNotFoundException or DirectoryNotFoundException => WasiErrno.Noent, UnauthorizedAccessException => WasiErrno.Acces, _ => WasiErrno.Io };
        }
    }

    private WasiFileStat StatOf(string name, IFileInfo file)
    {
        var time = (ulong)Math.Max(0, (file.LastModified - DateTimeOffset.UnixEpoch).Ticks) * 100;
        return new(WasiFileType.RegularFile, (ulong)Math.Max(0, file.Length)) { Inode = InodeOf(Join(name)), AccessTime = time, ModificationTime = time, ChangeTime = time };
    }

    // Separators and what Windows gives a meaning would let a name mean another file to a provider than to WASI.
    private static bool IsName(string name) => name is not ("" or "." or "..") && !name.AsSpan().ContainsAny("/\\:\0");

    private string Join(string name) => name == "." ? path : path.Length == 0 ? name : $"{path}/{name}";

    /// <summary>The same for the same path, in every run.</summary>
    private static ulong InodeOf(string path)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in path)
            hash = (hash ^ unit) * 1099511628211UL;
        return hash == 0 ? 1 : hash;
    }
}
