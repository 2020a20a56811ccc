using Waxwing.Wasi;

namespace Waxwing.Cli;

/// <summary>How a folder is given to the guest.</summary>
internal enum GrantMode
{
    /// <summary>For reading and writing.</summary>
    Full,
    /// <summary>For reading only.</summary>
    ReadOnly,
    /// <summary>For reading and writing, but what is written stays in memory and is gone at the end.</summary>
    Overlay,
}

/// <summary>A folder or a zip archive given to the guest: <c>HOST[::GUEST][,ro|,overlay]</c>.</summary>
/// <param name="Host">The folder or archive on this machine.</param>
/// <param name="Guest">The path under which the guest sees it; the host's path as written unless given.</param>
/// <param name="Mode">What the guest may do with it.</param>
internal readonly record struct DirectoryGrant(string Host, string Guest, GrantMode Mode)
{
    private const string ReadOnly = ",ro", Overlay = ",overlay";

    /// <summary>Whether it is an archive; those can only be read.</summary>
    public bool IsArchive => File.Exists(Host);

    public static DirectoryGrant Parse(string text)
    {
        var (left, mode) = text.EndsWith(ReadOnly, StringComparison.Ordinal) ? (text[..^ReadOnly.Length], GrantMode.ReadOnly)
            : text.EndsWith(Overlay, StringComparison.Ordinal) ? (text[..^Overlay.Length], GrantMode.Overlay)
            : (text, GrantMode.Full);
        var grant = left.Split("::") switch
        {
            [{ Length: > 0 } host] => new DirectoryGrant(host, host, mode),
            [{ Length: > 0 } host, { Length: > 0 } guest] => new DirectoryGrant(host, guest, mode),
            _ => throw new UsageException($"`--dir {text}` must have the form HOST, HOST::GUEST or either with ,ro or ,overlay"),
        };
        return Directory.Exists(grant.Host) || (File.Exists(grant.Host) && Path.GetExtension(grant.Host).Equals(".zip", StringComparison.OrdinalIgnoreCase))
            ? grant
            : throw new UsageException($"`--dir {text}`: there is no folder or .zip file `{grant.Host}`");
    }

    /// <summary>Grants it. What is opened for it lives as long as the process.</summary>
    /// <exception cref="LoadException">It is not a zip archive.</exception>
    public WasiOptions AddTo(WasiOptions options)
    {
        if (!IsArchive)
        {
            return Mode == GrantMode.Overlay
                ? options.AddDirectory(MemoryFileSystem.Over(WasiDirectory.OpenHost(Host), Real).Root, Guest)
                : options.AddDirectory(Host, Guest, Mode == GrantMode.ReadOnly);
        }
        try
        {
            var archive = ZipFileSystem.Open(Host).Root;
            return Mode == GrantMode.Overlay ? options.AddDirectory(MemoryFileSystem.Over(archive, Real).Root, Guest) : options.AddDirectory(archive, Guest, readOnly: true);
        }
        catch (InvalidDataException problem)
        {
            throw new LoadException(Host, problem.Message);
        }
    }

    private static MemoryFileSystemOptions Real => new() { TimeProvider = TimeProvider.System };
}
