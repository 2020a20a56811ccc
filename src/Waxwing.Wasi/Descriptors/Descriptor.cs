using System.Runtime.CompilerServices;
using Waxwing.Wasi.Abi;

namespace Waxwing.Wasi.Descriptors;

/// <summary>What a guest's file descriptor stands for.</summary>
/// <param name="node">The open file or directory.</param>
/// <param name="rights">What may be done with it.</param>
/// <param name="inheriting">What may be done with what is opened through it.</param>
internal sealed class Descriptor(WasiNode node, WasiRights rights, WasiRights inheriting)
{
    /// <summary>How many descriptors the open file has, once it has had several.</summary>
    private StrongBox<int>? users;

    public WasiNode Node { get; } = node;

    public WasiRights Rights { get; private set; } = rights;

    public WasiRights Inheriting { get; private set; } = inheriting;

    /// <summary>Whether it comes from a read-only grant: like a file system mounted read-only, whatever the rights say.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The guest's name of a granted directory, as UTF-8; null for everything else.</summary>
    public byte[]? PreopenName { get; init; }

    /// <summary>What traces call it.</summary>
    public string Label { get; set; } = "";

    /// <summary>Whether closing the descriptor closes the node (not if it belongs to the embedder).</summary>
    public bool OwnsNode { get; init; } = true;

    /// <summary>Whether the descriptor allows something.</summary>
    public WasiErrno Allows(WasiRights needed)
    {
        if ((needed & WasiRights.Mutating) != 0 && IsReadOnly)
            return WasiErrno.Rofs;
        return (Rights & needed) == needed ? WasiErrno.Success : WasiErrno.Notcapable;
    }

    /// <summary>Gives up rights; none can be gained.</summary>
    public WasiErrno Limit(WasiRights rights, WasiRights inheriting)
    {
        if ((rights & ~Rights) != 0 || (inheriting & ~Inheriting) != 0)
            return WasiErrno.Notcapable;
        (Rights, Inheriting) = (rights, inheriting);
        return WasiErrno.Success;
    }

    /// <summary>Another descriptor of the same open file. Only while this one is in the table, under its gate: the last one that is closed closes the file.</summary>
    public Descriptor Duplicate()
    {
        users ??= new(1);
        Interlocked.Increment(ref users.Value);
        return new(Node, Rights, Inheriting) { IsReadOnly = IsReadOnly, Label = Label, OwnsNode = OwnsNode, users = users };
    }

    public void Close()
    {
        if (OwnsNode && (users is null || Interlocked.Decrement(ref users.Value) == 0))
            Node.Dispose();
    }
}
