using System.Collections;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Waxwing.Wasi;

/// <summary>
/// What a guest gets. Immutable: methods and <c>with</c> return changed copies. The default is hermetic: no arguments, no environment, empty input, discarded output, no files, a clock that
/// begins at 2022-01-01T00:00Z and moves 1 ms with each reading, sleep that returns at once, and the same random numbers in each run.
/// </summary>
public sealed record WasiOptions
{
    /// <summary>The arguments; by convention the first is the program's name. Lone surrogates become U+FFFD.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>The environment variables, in order; a dictionary will do.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Standard input; null is empty. Not closed. A stream that is not a file or in memory is read ahead.</summary>
    public Stream? Stdin { get; init; }

    /// <summary>Standard output; null discards. Flushed when the guest ends through <see cref="WasiProcess.Dispose"/>, and by its own fd_sync; not closed.</summary>
    public Stream? Stdout { get; init; }

    /// <summary>Standard error; null discards. As <see cref="Stdout"/>.</summary>
    public Stream? Stderr { get; init; }

    /// <summary>The clocks, and what sleeping waits for; null is the deterministic one described at the type.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Fills buffers with random bytes; called from any thread, one at a time. Null is a generator that begins with <see cref="RandomSeed"/>; it is not for keys.</summary>
    public Action<Span<byte>>? RandomSource { get; init; }

    /// <summary>Where the deterministic generator begins.</summary>
    public int RandomSeed { get; init; } = 42;

    /// <summary>The most descriptors a guest may have open at once, the standard streams and granted directories included; 3 to 1,000,000. Opening more fails with <see cref="WasiErrno.Mfile"/>.</summary>
    public int MaximumOpenFiles { get; init; } = 1024;

    /// <summary>
    /// The most bytes a guest may write to regular files in all, what it extends them by included; what it removes or writes over does not come back. Then writing fails with
    /// <see cref="WasiErrno.Dquot"/>. Standard streams, pipes and sockets do not count. The default is no limit.
    /// </summary>
    public long MaximumBytesWritten { get; init; } = long.MaxValue;

    /// <summary>Whether the standard streams that are null are those of this process; see <see cref="WithStandardStreams"/>.</summary>
    public bool InheritsStandardStreams { get; init; }

    /// <summary>
    /// Whether a guest may send a terminal anything. By default what it writes to a terminal of this process is filtered: text, colours, cursor movement and erasing pass; sequences that make
    /// a terminal answer (which would be typed into the next program), set titles or the clipboard, or switch on input reports are left out.
    /// </summary>
    public bool AllowsTerminalControl { get; init; }

    internal IReadOnlyList<Socket> Listeners { get; private init; } = [];

    internal IReadOnlyList<Socket> Connections { get; private init; } = [];

    internal IReadOnlyList<WasiGrant> Grants { get; private init; } = [];

    /// <summary>
    /// Grants a directory of the host with everything below it. Nothing outside is reachable through it: not by "..", absolute paths, symbolic links, or changes of the tree by others meanwhile (on 64-bit Linux).
    /// Opened when WASI is added to a runtime. What is inside is granted as it is: hard links, mounts, devices; so do not grant a directory that has the host's <c>/proc</c> or <c>/dev</c> in it.
    /// </summary>
    /// <param name="hostPath">The directory; it must exist then.</param>
    /// <param name="guestPath">What the guest calls it, for example "/" or "/data". Of several that fit a path, C libraries choose the longest.</param>
    /// <param name="readOnly">Refuse every change with <see cref="WasiErrno.Rofs"/>.</param>
    public WasiOptions AddDirectory(string hostPath, string guestPath, bool readOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(hostPath);
        return AddGrant(new(hostPath, null, guestPath, readOnly));
    }

    /// <summary>Grants a directory of a file system of your own. It is not disposed by the guest.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="guestPath">What the guest calls it.</param>
    /// <param name="readOnly">Refuse every change with <see cref="WasiErrno.Rofs"/>.</param>
    public WasiOptions AddDirectory(WasiDirectory directory, string guestPath, bool readOnly = false)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return AddGrant(new(null, directory, guestPath, readOnly));
    }

    /// <summary>Grants a listening socket, from which the guest can accept connections. Listeners have the first numbers after the granted directories. Not closed.</summary>
    /// <param name="listener">The socket, bound and listening.</param>
    public WasiOptions AddListener(Socket listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        return this with { Listeners = [.. Listeners, listener] };
    }

    /// <summary>
    /// Grants a connected socket. A guest cannot connect by itself, as preview 1 has no function for it: this is how it reaches others, and no others than these. Connections have the first
    /// numbers after the granted listeners. Not closed.
    /// </summary>
    /// <param name="connection">The socket, connected.</param>
    public WasiOptions AddConnection(Socket connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return this with { Connections = [.. Connections, connection] };
    }

    /// <summary>Sets an environment variable, after those there are.</summary>
    /// <param name="name">Its name; not empty, without "=" and NUL.</param>
    /// <param name="value">Its value; without NUL.</param>
    public WasiOptions AddEnvironment(string name, string value) => this with { Environment = [.. Environment, new(name, value)] };

    /// <summary>Gives the guest the environment of this process, before what is there.</summary>
    public WasiOptions WithHostEnvironment() => this with
    {
        Environment =
        [
            .. System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(entry => ((string)entry.Key).Length > 0)
                .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? "")),
            .. Environment,
        ],
    };

    /// <summary>Connects the standard streams that are not set to those of this process. On Linux that is without copies or threads in between, and terminals stay terminals.</summary>
    public WasiOptions WithStandardStreams() => this with { InheritsStandardStreams = true };

    /// <summary>The real clocks, and sleep that sleeps.</summary>
    public WasiOptions WithSystemClock() => this with { TimeProvider = TimeProvider.System };

    /// <summary>The operating system's random numbers, fit for keys.</summary>
    public WasiOptions WithSystemRandom() => this with { RandomSource = RandomNumberGenerator.Fill };

    private WasiOptions AddGrant(WasiGrant grant)
    {
        ArgumentException.ThrowIfNullOrEmpty(grant.GuestPath);
        return this with { Grants = [.. Grants, grant] };
    }
}

/// <summary>A directory to open for the guest: a path of the host, or a directory the embedder made.</summary>
internal sealed record WasiGrant(string? HostPath, WasiDirectory? Directory, string GuestPath, bool ReadOnly);
