using System.Text;

namespace Waxwing.Wasi.FileSystem;

/// <summary>
/// Resolves a guest's path beneath a directory. This is where the guest is contained, for every file system: directories are opened one component at a time, never through a symbolic
/// link; links are read and resolved here; ".." goes back to the directory that was come from (not to what the host believes the parent is), and never above the start.
/// So there is no check that a change of the tree by somebody else could outdate: whatever is opened was an entry of a directory inside the sandbox.
/// </summary>
internal sealed class PathWalk : IDisposable
{
    /// <summary>In bytes, as on Linux; longer paths are refused.</summary>
    public const int MaximumPath = 4096;

    private const int MaximumLinks = 40;

    // A handle is kept for each level so that ".." can go back, but not for so many that a deep path uses up the process's descriptors.
    private const int MaximumHandles = 64;

    private readonly WasiDirectory start;
    private readonly byte[] original;
    private readonly List<Level> levels = [];
    private readonly Stack<string> pending = new();
    private WasiDirectory? jumped;
    private int kept;
    private int links;

    private struct Level(string name, WasiDirectory? directory)
    {
        public readonly string Name = name;
        public WasiDirectory? Directory = directory;
    }

    /// <summary>A walk that begins at a directory, which is not closed by it.</summary>
    /// <param name="root">Where the path begins, and what it cannot leave.</param>
    /// <param name="path">The path; checked by <see cref="Check"/>.</param>
    public PathWalk(WasiDirectory root, byte[] path) => (start, original) = (root, path);

    /// <summary>The directory that the last component is looked up in; valid until the next step.</summary>
    public WasiDirectory Directory { get; private set; } = null!;

    /// <summary>The last component: an entry of <see cref="Directory"/>, or "." for the directory itself.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Whether the path ended in a slash; only set when slashes are not resolved.</summary>
    public bool HasTrailingSlash { get; private set; }

    /// <summary>What is wrong with a path before anything is looked up.</summary>
    public static WasiErrno Check(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
            return WasiErrno.Noent;
        if (path.Length >= MaximumPath)
            return WasiErrno.Nametoolong;
        if (path.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(path))
            return WasiErrno.Ilseq;
        return path[0] == (byte)'/' ? WasiErrno.Perm : WasiErrno.Success;
    }

    /// <summary>Goes to the last component.</summary>
    /// <param name="resolveSlash">Whether a slash at the end means the directory before it (so that a symbolic link there is followed), or is only noted.</param>
    public WasiErrno Start(bool resolveSlash)
    {
        var error = Check(original);
        if (error != WasiErrno.Success)
            return error;
        error = TryJump();
        if (error != WasiErrno.Success || jumped is not null)
            return error;
        return StartSlowly(resolveSlash);
    }

    /// <summary>After an operation found the last component to be a symbolic link: goes to what it refers to.</summary>
    /// <param name="resolveSlash">As for <see cref="Start"/>, at the end of the link's target.</param>
    public WasiErrno Follow(bool resolveSlash = true)
    {
        if (jumped is not null)
        {
            // What lies between is not known; begin again, one by one.
            jumped.Dispose();
            jumped = null;
            var restart = StartSlowly(resolveSlash: true);
            if (restart != WasiErrno.Success)
                return restart;
        }
        var error = Splice(Directory, Name, resolveSlash);
        return error == WasiErrno.Success ? ToLast() : error;
    }

    public void Dispose()
    {
        jumped?.Dispose();
        foreach (var level in levels)
            level.Directory?.Dispose();
        levels.Clear();
    }

    /// <summary>Lets the file system go to the last directory in one step where it can; plain paths only: no slash or dots at the end.</summary>
    private WasiErrno TryJump()
    {
        var slash = original.AsSpan().LastIndexOf((byte)'/');
        if (slash < 0 || slash == original.Length - 1 || original.AsSpan(slash + 1) is [(byte)'.'] or [(byte)'.', (byte)'.'])
            return WasiErrno.Success;
        var error = start.TryOpenDirectoryBeneath(original.AsSpan(0, slash), out jumped);
        if (jumped is not null)
            (Directory, Name) = (jumped, Encoding.UTF8.GetString(original.AsSpan(slash + 1)));
        return error;
    }

    private WasiErrno StartSlowly(bool resolveSlash)
    {
        var path = Encoding.UTF8.GetString(original);
        Push(resolveSlash ? path : Trim(path));
        return ToLast();
    }

    private string Trim(string path)
    {
        var trimmed = path.TrimEnd('/');
        HasTrailingSlash = trimmed.Length < path.Length;
        return trimmed;
    }

    /// <summary>Puts the components of a path in front of those still to do.</summary>
    private void Push(string path)
    {
        var components = path.Split('/');
        for (var i = components.Length - 1; i >= 0; i--)
        {
            var component = components[i];
            if (component.Length == 0 && i == components.Length - 1)
                component = "."; // a slash at the end
            // "." in the middle is nothing; at the end it demands a directory.
            if (component.Length > 0 && (component != "." || pending.Count == 0))
                pending.Push(component);
        }
    }

    private WasiErrno ToLast()
    {
        while (true)
        {
            var component = pending.Count > 0 ? pending.Pop() : ".";
            WasiErrno error;
            if (component == "..")
            {
                error = Leave();
                if (error != WasiErrno.Success)
                    return error;
                if (pending.Count > 0)
                    continue;
                component = ".";
            }
            error = Current(out var current);
            if (error != WasiErrno.Success)
                return error;
            if (pending.Count == 0)
            {
                (Directory, Name) = (current!, component);
                return WasiErrno.Success;
            }
            error = Enter(current!, component);
            if (error != WasiErrno.Success)
                return error;
        }
    }

    private WasiErrno Enter(WasiDirectory current, string name)
    {
        var error = current.OpenDirectory(name, out var child);
        if (error is WasiErrno.Notdir or WasiErrno.Loop)
        {
            var spliced = Splice(current, name, resolveSlash: true);
            return spliced == WasiErrno.Inval ? WasiErrno.Notdir : spliced;
        }
        if (error != WasiErrno.Success)
            return error;
        levels.Add(new(name, child));
        if (++kept > MaximumHandles)
            DropOldest();
        return WasiErrno.Success;
    }

    private WasiErrno Splice(WasiDirectory directory, string name, bool resolveSlash)
    {
        if (++links > MaximumLinks)
            return WasiErrno.Loop;
        var error = directory.ReadLink(name, out var target);
        if (error != WasiErrno.Success)
            return error;
        if (string.IsNullOrEmpty(target))
            return WasiErrno.Noent;
        if (target[0] == '/')
            return WasiErrno.Perm;
        if (target.Length >= MaximumPath)
            return WasiErrno.Nametoolong;
        Push(resolveSlash ? target : Trim(target));
        return WasiErrno.Success;
    }

    private WasiErrno Leave()
    {
        if (levels.Count == 0)
            return WasiErrno.Perm;
        var last = levels[^1];
        levels.RemoveAt(levels.Count - 1);
        if (last.Directory is not null)
        {
            last.Directory.Dispose();
            kept--;
        }
        return WasiErrno.Success;
    }

    /// <summary>The directory the walk has come to; if its handle was dropped, the levels are entered again.</summary>
    private WasiErrno Current(out WasiDirectory? directory)
    {
        directory = start;
        if (levels.Count == 0 || (directory = levels[^1].Directory) is not null)
            return WasiErrno.Success;

        // Half the handles are kept, so that many ".." one after another do not begin again each time.
        var current = start;
        var keepFrom = Math.Max(0, levels.Count - MaximumHandles / 2);
        for (var i = 0; i < levels.Count; i++)
        {
            var error = current.OpenDirectory(levels[i].Name, out var next);
            if (i > 0 && i <= keepFrom)
                current.Dispose();
            if (error != WasiErrno.Success)
                return error; // somebody changed the tree meanwhile; if this level is a link now, Notdir is a fair answer
            current = next!;
            if (i >= keepFrom)
            {
                levels[i] = new(levels[i].Name, current);
                kept++;
            }
        }
        directory = current;
        return WasiErrno.Success;
    }

    private void DropOldest()
    {
        for (var i = 0; i < levels.Count; i++)
        {
            if (levels[i].Directory is not { } oldest)
                continue;
            oldest.Dispose();
            kept--;
            levels[i] = new(levels[i].Name, null);
            return;
        }
    }
}
