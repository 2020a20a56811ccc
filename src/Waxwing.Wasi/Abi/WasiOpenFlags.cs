namespace Waxwing.Wasi;

/// <summary>How to open a file; preview 1's <c>oflags</c>.</summary>
[Flags]
public enum WasiOpenFlags : ushort
{
    /// <summary>An existing file.</summary>
    None = 0,
    /// <summary>Create the file if it does not exist.</summary>
    Create = 1,
    /// <summary>Fail unless it is a directory.</summary>
    Directory = 2,
    /// <summary>With <see cref="Create"/>: fail if it exists.</summary>
    Exclusive = 4,
    /// <summary>Cut the file to length 0.</summary>
    Truncate = 8,
}

/// <summary>Everything about an open that a directory has to know.</summary>
/// <param name="Flags">What to create, demand or truncate.</param>
/// <param name="FileFlags">Status flags of the open file.</param>
/// <param name="Read">Whether it will be read.</param>
/// <param name="Write">Whether it will be written.</param>
public readonly record struct WasiOpenMode(WasiOpenFlags Flags, WasiFileFlags FileFlags, bool Read, bool Write);
