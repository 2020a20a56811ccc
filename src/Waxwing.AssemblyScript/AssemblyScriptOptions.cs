namespace Waxwing.AssemblyScript;

/// <summary>What a guest compiled by AssemblyScript gets. Immutable: change with <c>with</c>. The default is hermetic: no output, a clock that stands still, the same random numbers in each run.</summary>
public sealed record AssemblyScriptOptions
{
    /// <summary>Where <c>console.log</c>, <c>console.debug</c> and <c>console.info</c> write lines; null discards. Used by one thread at a time; not disposed.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>Where <c>console.warn</c>, <c>console.error</c> and failing <c>console.assert</c> write lines; null discards. As <see cref="Output"/>.</summary>
    public TextWriter? Error { get; init; }

    /// <summary>Where <c>trace</c> writes lines; null (the default) discards. As <see cref="Output"/>.</summary>
    public TextWriter? Trace { get; init; }

    /// <summary>The clock of <c>Date.now</c>, <c>performance.now</c> and <c>console.time</c>; null is one that stands at 2022-01-01T00:00Z.</summary>
    public TimeProvider? TimeProvider { get; init; }

    /// <summary>Fills buffers with random bytes, also for the seed of the guest's own generator; called by one thread at a time. Null is a generator that begins with <see cref="RandomSeed"/>; it is not for keys.</summary>
    public Action<Span<byte>>? RandomSource { get; init; }

    /// <summary>Where the deterministic generator begins.</summary>
    public int RandomSeed { get; init; } = 42;
}
