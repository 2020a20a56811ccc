using System.Collections.Concurrent;

namespace Waxwing.Emscripten.Files;

/// <summary>Where the listing of an open directory goes on: C keeps that with the descriptor, WASI with whoever lists.</summary>
internal sealed class DirectoryPositions
{
    private readonly ConcurrentDictionary<uint, ulong> cookies = new();

    public ulong this[uint descriptor]
    {
        get => cookies.GetValueOrDefault(descriptor);
        set => cookies[descriptor] = value;
    }

    /// <summary>The descriptor was closed: its number may come to mean another directory.</summary>
    public void Forget(uint descriptor) => cookies.TryRemove(descriptor, out _);
}
