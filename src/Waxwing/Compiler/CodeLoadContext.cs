using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// Where the units of one module and variant live. The CLR asks it for a unit when it compiles a function that calls into one: so units are emitted when they are needed, and calls between
/// them are ordinary calls. Collected with the module. Thread-safe: different units are emitted at the same time.
/// </summary>
internal sealed class CodeLoadContext : AssemblyLoadContext
{
    /// <summary>Bytes that a context counts for when it is about having the garbage collector look for dropped ones: it takes about 20 of a process's 65,530 mappings.</summary>
    private const int Weight = 1 << 20;

    private readonly Assembly?[] loaded;
    private readonly Func<int, byte[]> emit;

    // Few locks for many units: nothing waits for a second one while it holds one.
    private readonly Lock[] gates;

    /// <param name="name">For debuggers.</param>
    /// <param name="isCollectible">Whether the code is given back when it is not used any more.</param>
    /// <param name="units">How many units there are.</param>
    /// <param name="emit">Makes a unit's assembly; called once for each unit, on several threads. It loads no unit.</param>
    public CodeLoadContext(string name, bool isCollectible, int units, Func<int, byte[]> emit) : base(name, isCollectible)
    {
        this.emit = emit;
        loaded = new Assembly?[units];
        gates = [.. Enumerable.Range(0, Math.Min(units, 64)).Select(_ => new Lock())];
        if (!isCollectible)
            return;
        CollectionTrigger.Add(Weight);
        // The CLR holds a context until all of its assemblies are gone: if it held them in turn, they would never go.
        Unloading += static context =>
        {
            ((CodeLoadContext)context).loaded.AsSpan().Clear();
            CollectionTrigger.Remove(Weight);
        };
    }

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
