namespace Waxwing.Compiler;

/// <summary>From which sizes on functions are divided, and into parts of which size.</summary>
/// <param name="Whole">What a method may have that is compiled as it is.</param>
/// <param name="Instructions">Instructions of the largest body that is inlined into a small method rather than cut.</param>
/// <param name="Blocks">Basic blocks of the largest such body.</param>
/// <param name="Temporaries">What RyuJIT may need of them in such a body: it inlines nothing once a method has about 1,000 locals and temporaries. A part that needs more stays within <paramref name="Whole"/>.</param>
/// <param name="PartInstructions">Instructions of a part, about.</param>
/// <param name="PartBlocks">Basic blocks of a part, about.</param>
/// <param name="Tries">Of more tries all share one protected region.</param>
/// <param name="TryDepth">The same of tries in one another.</param>
internal sealed record GiantThresholds(MethodSize Whole, int Instructions, int Blocks, int Temporaries, int PartInstructions, int PartBlocks, int Tries = 64, int TryDepth = 8)
{
    /// <summary>The limits in use. A body of 50,000 instructions or 5,000 blocks takes RyuJIT about 0.3 s; it then gets slower out of proportion.</summary>
    public static GiantThresholds Default { get; } = new(MethodSize.OptimizedByRyuJit, 80_000, 8_000, 600, 40_000, 4_000);
}
