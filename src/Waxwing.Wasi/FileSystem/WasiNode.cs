namespace Waxwing.Wasi;

/// <summary>
/// An open file or directory, as a file system gives it to WASI. Operations return a WASI error number and do not throw; they may be called from several threads at once.
/// </summary>
public abstract class WasiNode : IDisposable
{
    /// <summary>What it is; does not change.</summary>
    public abstract WasiFileType Type { get; }

    /// <summary>The attributes.</summary>
    public abstract WasiErrno GetStat(out WasiFileStat stat);

    /// <summary>Sets times.</summary>
    public virtual WasiErrno SetTimes(WasiTimes times) => WasiErrno.Notsup;

    /// <summary>Writes what was changed to the storage device; may block.</summary>
    /// <param name="dataOnly">Leave out attributes that are not needed to read the data.</param>
    public virtual WasiErrno Sync(bool dataOnly) => WasiErrno.Success;

    /// <summary>Closes it; operations still running on other threads finish or fail with <see cref="WasiErrno.Badf"/>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the node holds.</summary>
    protected virtual void Dispose(bool disposing) { }
}
