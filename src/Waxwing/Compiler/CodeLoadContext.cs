using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace Waxwing.Compiler;

/// <summary>
/// Where the units of one module and variant live. The CLR asks it for a unit when it compiles a function that calls into one: so units are emitted when they are needed, and calls between
/// them are ordinary calls. Collected with the module. Thread-safe: different units are emitted at the same time.
/// </summary>
/// <param name="name">For debuggers.</param>
/// <param name="isCollectible">Whether the code is given back when it is not used any more.</param>
/// <param name="units">How many units there are.</param>
/// <param name="emit">Makes a unit's assembly; called once for each unit, on several threads. It loads no unit.</param>
internal sealed class CodeLoadContext(string name, bool isCollectible, int units, Func<int, byte[]> emit) : AssemblyLoadContext(name, isCollectible)
{
    private readonly Assembly?[] loaded = new Assembly?[units];

    // Few locks for many units: nothing waits for a second one while it holds one.
    private readonly Lock[] gates = [.. Enumerable.Range(0, Math.Min(units, 64)).Select(_ => new Lock())];

    /// <summary>What the code is of; for backtraces.</summary>
    public CompiledCode? Code { get; init; }

    /// <summary>A unit, emitted if it was not yet.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    public Assembly LoadUnit(int unit)
    {
        if (Volatile.Read(ref loaded[unit]) is { } known)
            return known;
        lock (gates[unit % gates.Length])
        {
            if (loaded[unit] is not { } assembly)
                Volatile.Write(ref loaded[unit], assembly = LoadFromStream(new MemoryStream(emit(unit))));
            return assembly;
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // This library may itself be loaded in a context of its own.
        var core = typeof(CodeLoadContext).Assembly;
        if (assemblyName.Name == core.GetName().Name)
            return core;
        return CodeUnits.UnitOf(assemblyName.Name) is var unit and >= 0 && unit < loaded.Length ? LoadUnit(unit) : null;
    }
}
