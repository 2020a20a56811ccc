namespace Waxwing.Wasi.FileSystem.Memory;

internal sealed partial class MemoryDirectory
{
    // Places: 0 is ".", 1 is "..", 2 begins the directory beneath, whose own places have this bit; from FirstOwn on they are the folder's orders.
    private const ulong LowerBit = 1UL << 63, FirstLower = 2, FirstOwn = 3;
    private WasiDirectory? listedLower;

    public override WasiErrno ReadEntry(ulong cookie, out WasiDirectoryEntry? entry)
    {
        entry = null;
        lock (System.Gate)
        {
            if (folder.IsRemoved)
                return WasiErrno.Success;
            switch (cookie)
            {
                case 0:
                    entry = new(".", WasiFileType.Directory, folder.Inode, 1);
                    return WasiErrno.Success;
                case 1:
                    // What lies above the root is none of the guest's business.
                    entry = new("..", WasiFileType.Directory, folder.Parent?.Inode ?? 0, FirstLower);
                    return WasiErrno.Success;
            }
            if (lower is not null && (cookie == FirstLower || cookie >= LowerBit))
            {
                var error = ReadLower(cookie == FirstLower ? 0 : cookie & ~LowerBit, out entry);
                if (error != WasiErrno.Success || entry is not null)
                    return error;
                cookie = FirstOwn;
            }
            if (cookie < LowerBit && folder.TryList(cookie, out var name, out var node, out var next))
                entry = new(name, node.Type, node.Inode, next);
            return WasiErrno.Success;
        }
    }

    /// <summary>The next entry beneath that is not hidden; those copied since are listed here too, so that nothing is missed that changes while it is listed.</summary>
    private WasiErrno ReadLower(ulong cookie, out WasiDirectoryEntry? entry)
    {
        entry = null;
        // The embedder's can be listed itself; what was opened on the way to entries perhaps not.
        var listing = ownsLower ? listedLower : lower;
        if (listing is null)
        {
            var error = lower!.Open(".", new(WasiOpenFlags.Directory, WasiFileFlags.None, Read: true, Write: false), out var opened);
            if (error != WasiErrno.Success)
                return error;
            listing = listedLower = (WasiDirectory)opened!;
        }
        while (true)
        {
            var error = listing.ReadEntry(cookie, out var found);
            if (error != WasiErrno.Success || found is not { } beneath)
                return error;
            cookie = beneath.NextCookie;
            if (cookie >= LowerBit)
                return WasiErrno.Overflow; // a file system with places that cannot be told from ours
            if (beneath.Name is "." or "..")
                continue;
            if (!folder.TryGet(beneath.Name, out var own))
                entry = beneath with { NextCookie = cookie | LowerBit };
            else if (own.Node is { } node)
                entry = new(beneath.Name, node.Type, node.Inode, cookie | LowerBit);
            else
                continue;
            return WasiErrno.Success;
        }
    }

    /// <summary>Whether the directory has no entries, here or beneath.</summary>
    private bool IsEmpty()
    {
        if (!folder.HasNoNodes)
            return false;
        return lower is null || (ReadLower(0, out var entry) == WasiErrno.Success && entry is null);
    }
}
