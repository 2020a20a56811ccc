using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;

namespace Waxwing.Compiler;

/// <summary>
/// The units of one module and variant: emitted when they are needed, and given back with this object. Thread-safe: different units are emitted at the same time.
/// </summary>
internal sealed class CodeLoader
{
    private readonly string name;
    private readonly bool isCollectible;
    private readonly Lock gate = new();
    private readonly Func<int, byte[]> emit;
    private readonly Assembly?[] loaded;
    private CodeLoadContext? context;
    private readonly ConcurrentDictionary<string, Assembly> further = [];

    // Few locks for many units: nothing waits for a second one while it holds one.
    private readonly Lock[] gates;

    /// <param name="name">For debuggers.</param>
    /// <param name="isCollectible">Whether the code is given back when it is not used any more.</param>
    /// <param name="units">How many units there are.</param>
    /// <param name="emit">Makes a unit's assembly; called once for each unit, on several threads. It loads no unit.</param>
    public CodeLoader(string name, bool isCollectible, int units, Func<int, byte[]> emit)
    {
        (this.name, this.isCollectible, this.emit) = (name, isCollectible, emit);
        loaded = new Assembly?[units];
        gates = new Lock[Math.Min(units, 64)];
        for (var i = 0; i < gates.Length; i++)
            gates[i] = new();
    }

    /// <summary>What the code is of; for backtraces.</summary>
    public CompiledCode? Code { get; init; }

    public int Units => loaded.Length;

    ~CodeLoader()
    {
        if (context is not null && isCollectible)
            CodeBudget.Release(Units, further.Count);
    }

    /// <summary>Whether code can be loaded: false if the process has no room for more.</summary>
    public bool TryOpen()
    {
        if (Volatile.Read(ref context) is not null)
            return true;
        lock (gate)
        {
            if (context is null && CodeBudget.TryAcquire(Units))
                Volatile.Write(ref context, new(name, isCollectible, this));
            return context is not null;
        }
    }

    /// <summary>A unit, emitted if it was not yet. The loader is open.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    public Assembly LoadUnit(int unit)
    {
        if (Volatile.Read(ref loaded[unit]) is { } known)
            return known;
        lock (gates[unit % gates.Length])
        {
            if (loaded[unit] is not { } assembly)
                Volatile.Write(ref loaded[unit], assembly = context!.LoadFromStream(new MemoryStream(emit(unit))));
            return assembly;
        }
    }

    /// <summary>Loads code that is no unit, but may call into them. The loader is open.</summary>
    /// <returns>Null if the process has no room for more code.</returns>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    public Assembly? TryLoadFurther(string assemblyName, byte[] image) =>
        CodeBudget.TryAcquireUnit() ? further[assemblyName] = context!.LoadFromStream(new MemoryStream(image)) : null;

    /// <summary>What <see cref="TryLoadFurther"/> loaded.</summary>
    public Assembly? FindFurther(string assemblyName) => further.GetValueOrDefault(assemblyName);
}

/// <summary>
/// Asked by the CLR for a unit when it compiles a function that calls into one: so calls between units are ordinary calls. It must not hold what it loaded, nor anything that does: while
/// it is unloaded, the CLR holds it until its code is collected.
/// </summary>
internal sealed class CodeLoadContext(string name, bool isCollectible, CodeLoader loader) : AssemblyLoadContext(name, isCollectible)
{
    private readonly WeakReference<CodeLoader> loader = new(loader);

    /// <summary>What the code is of, as long as somebody uses it.</summary>
    public CompiledCode? Code => loader.TryGetTarget(out var owner) ? owner.Code : null;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // This library may itself be loaded in a context of its own.
        var core = typeof(CodeLoadContext).Assembly;
        if (assemblyName.Name == core.GetName().Name)
            return core;
        if (!loader.TryGetTarget(out var owner))
            return null;
        return CodeUnits.UnitOf(assemblyName.Name) is var unit and >= 0 && unit < owner.Units ? owner.LoadUnit(unit) : owner.FindFurther(assemblyName.Name ?? "");
    }
}
