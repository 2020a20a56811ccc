using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>Where functions are compiled, seen from an assembly in the making: which methods it can call, and how they are named.</summary>
internal abstract class CodePlacement(CodeUnits units)
{
    /// <summary>The assembly's name.</summary>
    public abstract string Name { get; }

    /// <summary>The functions that the assembly has methods for, in this order; parts of giants come behind.</summary>
    public abstract IReadOnlyList<int> Functions { get; }

    /// <summary>Whether a function can be called directly; if not, it may come to be compiled later.</summary>
    public abstract bool IsPlaced(int function);

    /// <summary>The function's row in the assembly's table of methods, from 1; 0 if it is in another assembly.</summary>
    public abstract int RowOf(int function);

    /// <summary>The other assembly that a function is in.</summary>
    public abstract string AssemblyOf(int function);

    public SubType TypeOf(int function) => units.TypeOf(function);
}

/// <summary>One of the units into which a whole module is divided.</summary>
internal sealed class UnitPlacement(CodeUnits units, int unit) : CodePlacement(units)
{
    private readonly CodeUnits units = units;

    public override string Name => CodeUnits.AssemblyName(unit);

    public override IReadOnlyList<int> Functions { get; } = [.. units.Functions(unit) is var (first, end) ? Enumerable.Range(first, end - first) : []];

    public override bool IsPlaced(int function) => true;

    public override int RowOf(int function) => units.UnitOf(function) == unit ? units.RowOf(function) : 0;

    public override string AssemblyOf(int function) => CodeUnits.AssemblyName(units.UnitOf(function));
}
