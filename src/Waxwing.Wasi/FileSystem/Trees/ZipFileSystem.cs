using System.IO.Compression;
using System.Text;
using Waxwing.Wasi.FileSystem.Trees;

namespace Waxwing.Wasi;

/// <summary>Limits of a <see cref="ZipFileSystem"/>. What is beyond them fails when it is opened, not when the archive is.</summary>
public sealed record ZipFileSystemOptions
{
    /// <summary>The largest file that can be opened, in bytes after decompression, at most 2^31 - 64 KiB; opening a larger one fails with <see cref="WasiErrno.Fbig"/>. The default is 256 MiB.</summary>
    public long MaximumFileBytes { get; init; } = 256L << 20;

    /// <summary>Bytes of all the different files open at once; opening more fails with <see cref="WasiErrno.Nomem"/>. The default is 1 GiB.</summary>
    public long MaximumOpenBytes { get; init; } = 1L << 30;

    /// <summary>The most entries, directories that are only parts of paths included; an archive with more is refused. The default is 1,000,000.</summary>
    public int MaximumEntries { get; init; } = 1_000_000;
}

/// <summary>
/// A zip archive as a read-only file system. Files are decompressed when they are opened. Archives need not be trusted: names that would lead out are left out, symbolic links are resolved as everywhere,
/// and what a file decompresses to is bounded by what the archive promises and by <see cref="ZipFileSystemOptions"/>. Thread-safe.
/// </summary>
public sealed class ZipFileSystem : IDisposable
{
    private const int LongestLink = 4096;
    private readonly ZipArchive archive;
    private readonly ZipFileSystemOptions options;
    private long open;

    private ZipFileSystem(ZipArchive archive, ZipFileSystemOptions options)
    {
        (this.archive, this.options) = (archive, options);
        var builder = TreeBuilder.Create(options.MaximumEntries);
        foreach (var entry in archive.Entries)
            builder.Add(entry.FullName, entry.FullName.EndsWith('/') ? null : Node(entry));
        Root = new TreeDirectory(builder.Root);
    }

    /// <summary>Opens an archive.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits; null is the default.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="InvalidDataException">It is not a zip archive, or has too many entries.</exception>
    public static ZipFileSystem Open(string path, ZipFileSystemOptions? options = null) => Open(File.OpenRead(path), leaveOpen: false, options);

    /// <summary>Opens an archive.</summary>
    /// <param name="stream">The archive; seekable.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream open.</param>
    /// <param name="options">Limits; null is the default.</param>
    /// <exception cref="InvalidDataException">It is not a zip archive, or has too many entries.</exception>
    public static ZipFileSystem Open(Stream stream, bool leaveOpen = false, ZipFileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumFileBytes, int.MaxValue - 0xFFFF);
        ZipArchive? archive = null;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen);
            return new(archive, options);
        }
        catch
        {
            archive?.Dispose();
            if (!leaveOpen)
                stream.Dispose();
            throw;
        }
    }

    /// <summary>The root directory.</summary>
    public WasiDirectory Root { get; }

    /// <summary>Closes the archive. Files that are open can be read on; opening others fails with <see cref="WasiErrno.Badf"/>.</summary>
    public void Dispose()
    {
        lock (Gate)
            archive.Dispose();
    }

    /// <summary>Guards the archive, which is not thread-safe, and the count of open bytes.</summary>
    internal Lock Gate { get; } = new();

    internal WasiErrno TryTake(long bytes)
    {
        if (bytes > options.MaximumFileBytes)
            return WasiErrno.Fbig;
        if (bytes > options.MaximumOpenBytes - open)
            return WasiErrno.Nomem;
        open += bytes;
        return WasiErrno.Success;
    }

    internal void GiveBack(long bytes) => open -= bytes;

    private TreeNode? Node(ZipArchiveEntry entry)
    {
        const int unixType = 0xF000, directory = 0x4000, link = 0xA000;
        var type = (entry.ExternalAttributes >> 16) & unixType;
        if (type == directory)
            return null;
        // Archives have local times without a zone; taken as they are, they are the same everywhere.
        var time = (ulong)Math.Max(0, (entry.LastWriteTime.DateTime - DateTime.UnixEpoch).Ticks) * 100;
        if (type != link || entry.Length is <= 0 or > LongestLink)
            return new ZipFileEntry(this, entry) { Time = time };
        var target = new byte[entry.Length];
        using var content = entry.Open();
        content.ReadExactly(target);
        return new TreeLink(Encoding.UTF8.GetString(target)) { Time = time };
    }
}
