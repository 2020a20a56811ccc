namespace Waxwing.Wasi;

/// <summary>The guest's random numbers: the embedder's, or always the same.</summary>
internal sealed class WasiRandom(Action<Span<byte>>? source, int seed)
{
    private readonly Lock gate = new();
    private readonly Random? deterministic = source is null ? new Random(seed) : null;

    public void Fill(Span<byte> buffer)
    {
        lock (gate)
        {
            if (source is not null)
                source(buffer);
            else
                deterministic!.NextBytes(buffer);
        }
    }
}
