namespace Waxwing.Wasi;

/// <summary>The guest's random numbers: the embedder's, or always the same.</summary>
internal sealed class WasiRandom(Action<Span<byte>>? source, int seed)
{
    private readonly Lock _lock = new();
    private readonly Random? _deterministic = source is null ? new Random(seed) : null;

    public void Fill(Span<byte> buffer)
    {
        lock (_lock)
        {
            if (source is not null)
                source(buffer);
            else
                _deterministic!.NextBytes(buffer);
        }
    }
}
