namespace Waxwing.Text;

/// <summary>The identifiers of one index space (functions, types, a function's locals, ...): bytes without the dollar sign to index.</summary>
/// <param name="keyword">The space in "duplicate ..." errors.</param>
/// <param name="noun">The space in "unknown ..." errors.</param>
internal sealed class IdentifierSpace(string keyword, string noun)
{
    private Dictionary<byte[], int> indices = new(ByteSequenceComparer.Instance);

    public string Keyword => keyword;

    public string Noun => noun;

    /// <summary>Entries so far, named or not: the next entry's index.</summary>
    public int Count { get; set; }

    public bool HasNames => indices.Count > 0;

    /// <summary>Names the entry <paramref name="index"/>; false if the name is taken.</summary>
    public bool TryAdd(byte[] name, int index) => indices.TryAdd(name, index);

    public bool TryFind(ReadOnlySpan<byte> name, out int index) => indices.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out index);

    public void Clear()
    {
        // Clearing costs the capacity: one function with many locals must not slow all later ones down.
        if (indices.Count > 64)
            indices = new(ByteSequenceComparer.Instance);
        else
            indices.Clear();
        Count = 0;
    }
}
