using Waxwing.Wasi.Clocks;
using Waxwing.Wasi.FileSystem;
using Waxwing.Wasi.FileSystem.Memory;

namespace Waxwing.Wasi;

/// <summary>How a <see cref="MemoryFileSystem"/> is to be.</summary>
public sealed record MemoryFileSystemOptions
{
    /// <summary>
    /// The most bytes it may hold, 1 to 2^62; writing more fails with <see cref="WasiErrno.Nospc"/>. Files count with their length, holes included; each name counts with 256 bytes and itself.
    /// What lies beneath an overlay is not counted. The default is 256 MiB.
    /// </summary>
    public long MaximumBytes { get; init; } = 256L << 20;

    /// <summary>Where the times of files come from; null is a clock that begins at 2022-01-01T00:00Z and moves 1 ms with each reading, so that runs are the same.</summary>
    public TimeProvider? TimeProvider { get; init; }
}

/// <summary>
/// A file system in memory, alone or over a read-only one: then whatever a guest changes stays in memory, and the one beneath is never written. Grant it with
/// <see cref="WasiOptions.AddDirectory(WasiDirectory, string, bool)"/>; several guests may share one. Thread-safe. Everything is gone with the last reference.
/// </summary>
/// <remarks>
/// Over another file system: a file is copied when it is first opened for writing, gets other times or another name; who has it open for reading goes on reading the original, whose attributes
/// cannot be changed through that descriptor. Its identity (inode) changes then, and its other hard links beneath stay as they were. Directories are never copied, also when they are renamed.
/// </remarks>
public sealed class MemoryFileSystem
{
    private readonly WasiDirectory? lowerRoot;
    private readonly TimeProvider time;
    private readonly MemoryDirectory root;
    private ulong inodes;

    /// <summary>An empty file system.</summary>
    /// <param name="options">How it is to be; null is the default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public MemoryFileSystem(MemoryFileSystemOptions? options = null) : this(null, options) { }

    private MemoryFileSystem(WasiDirectory? lower, MemoryFileSystemOptions? options)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaximumBytes, 1L << 62);
        lowerRoot = lower;
        time = options.TimeProvider ?? new DeterministicTime();
        Quota = new(options.MaximumBytes);
        root = new(new MemoryFolder(this, Now, lower is null ? null : new LowerPath(null, ".")), lower, ownsLower: false);
    }

    /// <summary>A file system over another, which stays as it is.</summary>
    /// <param name="lower">The directory beneath, for example <see cref="WasiDirectory.OpenHost"/>; not closed. Others should not change it meanwhile.</param>
    /// <param name="options">How the upper one is to be; null is the default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static MemoryFileSystem Over(WasiDirectory lower, MemoryFileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(lower);
        return new(lower, options);
    }

    /// <summary>The root directory.</summary>
    public WasiDirectory Root => root;

    /// <summary>Bytes it holds, counted as <see cref="MemoryFileSystemOptions.MaximumBytes"/> says.</summary>
    public long UsedBytes => Quota.Used;

    internal Lock Gate { get; } = new();

    internal ByteQuota Quota { get; }

    internal ulong Device { get; } = DeviceNumbers.Next();

    internal ulong Now => (ulong)Math.Max(0, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks) * 100;

    internal ulong NextInode() => Interlocked.Increment(ref inodes);

    /// <summary>Opens a directory beneath; null if it is not there any more.</summary>
    internal WasiDirectory? OpenLower(LowerPath path)
    {
        var names = new Stack<string>();
        for (var part = path; part is not null; part = part.Parent)
            names.Push(part.Name);
        names.Pop();
        // The root's own handle belongs to the embedder.
        var error = lowerRoot!.Open(".", new(WasiOpenFlags.Directory, WasiFileFlags.None, Read: true, Write: false), out var node);
        var current = node as WasiDirectory;
        while (error == WasiErrno.Success && names.TryPop(out var name))
        {
            using var parent = current;
            error = parent!.OpenDirectory(name, out current);
        }
        return error == WasiErrno.Success ? current : null;
    }

    /// <summary>Writes a file, replacing what is there, and makes the directories it is in.</summary>
    /// <param name="path">Names separated by "/", from the root.</param>
    /// <param name="content">The bytes.</param>
    /// <exception cref="IOException">There is no room, or a name on the way is not a directory.</exception>
    public void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using var directory = Enter(path, out var name, create: true);
        Check(directory.Open(name, new(WasiOpenFlags.Create | WasiOpenFlags.Truncate, WasiFileFlags.None, Read: false, Write: true), out var node), path);
        using (node)
            Check(((WasiFile)node!).WriteAt(content, 0, out _), path);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Names separated by "/", from the root; symbolic links are not followed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">It is not a file, a name on the way is not a directory, or it is longer than an array.</exception>
    public byte[] ReadFile(string path)
    {
        using var directory = Enter(path, out var name, create: false);
        Check(directory.Open(name, new(WasiOpenFlags.None, WasiFileFlags.None, Read: true, Write: false), out var node), path);
        using (node)
        {
            if (node is not WasiFile file)
                throw new IOException($"{path} is a directory");
            Check(file.GetStat(out var stat), path);
            if (stat.Size > (ulong)Array.MaxLength)
                throw new IOException($"{path} is too long to be read at once: {stat.Size} bytes");
            var content = new byte[stat.Size];
            for (var done = 0; done < content.Length;)
            {
                Check(file.ReadAt(content.AsSpan(done), (ulong)done, out var count), path);
                if (count == 0)
                    return content[..done]; // cut meanwhile
                done += count;
            }
            return content;
        }
    }

    /// <summary>Makes a directory, and those it is in. Nothing happens if it is there.</summary>
    /// <param name="path">Names separated by "/", from the root.</param>
    /// <exception cref="IOException">There is no room, or a name on the way is not a directory.</exception>
    public void CreateDirectory(string path) => Enter(path + "/.", out _, create: true).Dispose();

    private MemoryDirectory Enter(string path, out string name, bool create)
    {
        ArgumentNullException.ThrowIfNull(path);
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Contains(".."))
            throw new ArgumentException($"Not the path of a file: '{path}'.", nameof(path));
        name = names[^1];
        Check(root.Open(".", new(WasiOpenFlags.Directory, WasiFileFlags.None, Read: true, Write: false), out var node), path);
        var current = (MemoryDirectory)node!;
        foreach (var part in names[..^1])
        {
            using var parent = current;
            var error = parent.OpenDirectory(part, out var child);
            if (error == WasiErrno.Noent && create)
            {
                Check(parent.CreateDirectory(part), path);
                error = parent.OpenDirectory(part, out child);
            }
            Check(error, path);
            current = (MemoryDirectory)child!;
        }
        return current;
    }

    private static void Check(WasiErrno error, string path)
    {
        if (error != WasiErrno.Success)
            throw error == WasiErrno.Noent ? new FileNotFoundException($"no such file: {path}", path) : new IOException($"{path}: {error}");
    }
}
