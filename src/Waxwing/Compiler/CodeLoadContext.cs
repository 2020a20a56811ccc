using System.Reflection;
using System.Runtime.Loader;

namespace Waxwing.Compiler;

/// <summary>
/// Where the units of one module and variant live. The CLR asks it for a unit when it compiles a function that calls into one: so units are emitted when they are needed, and calls between
/// them are ordinary calls. Collected with the module.
/// </summary>
internal sealed class CodeLoadContext(string name, bool isCollectible, Func<string, byte[]?> emit) : AssemblyLoadContext(name, isCollectible)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Assembly> loaded = [];

    /// <summary>What the code is of; for backtraces.</summary>
    public CompiledCode? Code { get; init; }

    /// <summary>A unit, emitted if it was not yet. Thread-safe.</summary>
    public Assembly LoadUnit(string unit)
    {
        lock (gate)
        {
            if (!loaded.TryGetValue(unit, out var assembly))
                loaded.Add(unit, assembly = LoadFromStream(new MemoryStream(emit(unit)!)));
            return assembly;
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // This library may itself be loaded in a context of its own.
        var core = typeof(CodeLoadContext).Assembly;
        if (assemblyName.Name == core.GetName().Name)
            return core;
        return CodeUnits.UnitOf(assemblyName.Name) >= 0 ? LoadUnit(assemblyName.Name!) : null;
    }
}
