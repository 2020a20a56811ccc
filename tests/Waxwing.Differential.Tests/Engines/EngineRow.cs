namespace Waxwing.Differential.Tests.Engines;

/// <summary>One of the engines that are compared.</summary>
internal abstract class EngineRow(string name)
{
    public string Name { get; } = name;

    /// <summary>Whether this engine is somebody else's: its traps are told apart less finely.</summary>
    public virtual bool IsOracle => false;

    public abstract WasmFeatures Features { get; }

    /// <summary>Instantiates a valid module without imports.</summary>
    /// <param name="module">The binary.</param>
    /// <param name="trap">Why instantiation trapped, or null.</param>
    /// <returns>The instance, or null if instantiation trapped.</returns>
    public abstract Guest? Instantiate(byte[] module, out string? trap);

    public override string ToString() => Name;
}

/// <summary>An instance on one engine. Belongs to one thread.</summary>
internal abstract class Guest : IDisposable
{
    public abstract GuestFunction Function(string export, Signature signature);

    public abstract ReadOnlySpan<byte> Memory(string export);

    public abstract UInt128 Global(string export, char type);

    public abstract void Dispose();
}

internal abstract class GuestFunction
{
    /// <summary>Calls the function.</summary>
    /// <param name="arguments">Bits of each argument.</param>
    /// <param name="results">Receives the bits of each result, unless it trapped.</param>
    /// <returns>The trap, or null.</returns>
    public abstract string? Call(ReadOnlySpan<UInt128> arguments, Span<UInt128> results);
}
