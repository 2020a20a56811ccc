using Waxwing.Wasi.FileSystem.Linux;
using Waxwing.Wasi.FileSystem.Portable;

namespace Waxwing.Wasi;

/// <summary>
/// An open directory. A file system implements operations on its direct entries only: names have no separators, are not empty, hold no NUL and are never "..";
/// "." (the directory itself) comes to <see cref="Open"/>, <see cref="GetStat(string, out WasiFileStat)"/> and <see cref="SetTimes(string, WasiTimes)"/> only. No operation follows a
/// symbolic link: where one is met, <see cref="WasiErrno.Loop"/> (or Notdir, from <see cref="OpenDirectory"/>) is returned and WASI resolves it by itself, within the granted directory. That is what contains the guest.
/// </summary>
public abstract class WasiDirectory : WasiNode
{
    /// <inheritdoc/>
    public sealed override WasiFileType Type => WasiFileType.Directory;

    /// <summary>
    /// Opens a directory of the host, as <see cref="WasiOptions.AddDirectory(string, string, bool)"/> does: for an overlay, or to grant it to several guests. Dispose it when they are done.
    /// </summary>
    /// <param name="path">The directory; symbolic links in it are followed.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static WasiDirectory OpenHost(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return LinuxPlatform.IsSupported ? LinuxDirectory.OpenRoot(path) : PortableDirectory.OpenRoot(path);
    }

    /// <summary>Opens a subdirectory in order to go on to its entries; it needs not be listable.</summary>
    public abstract WasiErrno OpenDirectory(string name, out WasiDirectory? directory);

    /// <summary>Opens or creates an entry. A directory cannot be opened for writing (<see cref="WasiErrno.Isdir"/>).</summary>
    public abstract WasiErrno Open(string name, WasiOpenMode mode, out WasiNode? node);

    /// <summary>Attributes of an entry.</summary>
    public abstract WasiErrno GetStat(string name, out WasiFileStat stat);

    /// <summary>The target of a symbolic link; <see cref="WasiErrno.Inval"/> if the entry is something else.</summary>
    public virtual WasiErrno ReadLink(string name, out string? target)
    {
        target = null;
        return WasiErrno.Inval;
    }

    /// <summary>The entry at a place in the directory.</summary>
    /// <param name="cookie">0 for the first (the directory is read afresh), or the <see cref="WasiDirectoryEntry.NextCookie"/> of another entry.</param>
    /// <param name="entry">The entry; null at the end.</param>
    public abstract WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry);

    /// <summary>Sets times of an entry.</summary>
    public virtual WasiErrno SetTimes(string name, WasiTimes times) => WasiErrno.Rofs;

    /// <summary>Makes a directory.</summary>
    public virtual WasiErrno CreateDirectory(string name) => WasiErrno.Rofs;

    /// <summary>Makes a symbolic link; the target is not looked at.</summary>
    public virtual WasiErrno CreateSymbolicLink(string target, string name) => WasiErrno.Rofs;

    /// <summary>Makes another name for an entry that is not a directory.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="directory">Where the new name goes: <see cref="WasiErrno.Xdev"/> if it belongs to another file system.</param>
    /// <param name="newName">The new name.</param>
    public virtual WasiErrno Link(string name, WasiDirectory directory, string newName) => WasiErrno.Rofs;

    /// <summary>Moves an entry, replacing what has the new name if it is of the same kind.</summary>
    /// <param name="name">The entry.</param>
    /// <param name="directory">Where it goes: <see cref="WasiErrno.Xdev"/> if it belongs to another file system.</param>
    /// <param name="newName">The new name.</param>
    public virtual WasiErrno Rename(string name, WasiDirectory directory, string newName) => WasiErrno.Rofs;

    /// <summary>Removes an entry that is not a directory.</summary>
    public virtual WasiErrno RemoveFile(string name) => WasiErrno.Rofs;

    /// <summary>Removes an empty directory.</summary>
    public virtual WasiErrno RemoveDirectory(string name) => WasiErrno.Rofs;

    /// <summary>
    /// Opens a directory some levels below in one step, if the file system itself can guarantee that nothing outside this directory is reached; otherwise null and Success: the levels are walked one by one.
    /// </summary>
    internal virtual WasiErrno TryOpenDirectoryBeneath(ReadOnlySpan<byte> path, out WasiDirectory? directory)
    {
        directory = null;
        return WasiErrno.Success;
    }

    /// <summary>The same for <see cref="Open"/>, with or without following a symbolic link at the end.</summary>
    internal virtual WasiErrno TryOpenBeneath(ReadOnlySpan<byte> path, WasiOpenMode mode, bool follow, out WasiNode? node)
    {
        node = null;
        return WasiErrno.Success;
    }
}
