using Waxwing.Syntax;
using Waxwing.Validation;

namespace Waxwing.Compiler;

/// <summary>
/// How a module's functions are divided into units of code: runs of neighbours (which linkers place so that they call each other) that are emitted together, when the first of them
/// is wanted. Immutable.
/// </summary>
internal sealed class CodeUnits
{
    /// <summary>
    /// Bytes of function bodies in a unit, about. To compile a function, RyuJIT wants the units of all that it calls: smaller units mean less work in vain before the first call returns, and more
    /// mappings. (Static constructors of a 10 MB module: 450 ms with 48 KB, 330 with 16, 290 with 8.)
    /// </summary>
    private const int UnitBytes = 16 << 10;

    /// <summary>Of very large modules the units are larger.</summary>
    private const int MostUnits = 1024;

    public const string TypeName = "Code";

    private readonly ModuleContext context;
    private readonly int[] firsts;

    public CodeUnits(ModuleContext context)
    {
        this.context = context;
        var firsts = new List<int>();
        var total = 0L;
        foreach (var body in context.Module.Code)
            total += body.Range.Length;
        var most = (int)Math.Max(UnitBytes, total / MostUnits);
        var bytes = most;
        for (var i = 0; i < context.Module.Code.Count; i++)
        {
            if (bytes >= most)
            {
                firsts.Add(i);
                bytes = 0;
            }
            bytes += context.Module.Code[i].Range.Length + 16;
        }
        this.firsts = [.. firsts];
    }

    public int Count => firsts.Length;

    /// <summary>The functions of a unit, in the module's index space.</summary>
    public (int First, int End) Functions(int unit) =>
        (context.ImportedFunctions + firsts[unit], context.ImportedFunctions + (unit + 1 < firsts.Length ? firsts[unit + 1] : context.Module.Code.Count));

    public int UnitOf(int function)
    {
        var index = Array.BinarySearch(firsts, function - context.ImportedFunctions);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>The function's row in its unit's table of methods, from 1.</summary>
    public int RowOf(int function) => function - context.ImportedFunctions - firsts[UnitOf(function)] + 1;

    /// <summary>Bytes of a function's body.</summary>
    public int BodyBytes(int function) => context.Module.Code[function - context.ImportedFunctions].Range.Length;

    public SubType TypeOf(int function) => context.FunctionType(function);

    public static string AssemblyName(int unit) => $"unit{unit}";

    public static string MethodName(int function) => $"f{function}";

    /// <summary>The name of a further method that a giant function has.</summary>
    public static string PartName(int function, int part) => $"f{function}.{part}";

    /// <summary>Whether a method is a function or a part of one, rather than a way in.</summary>
    public static bool IsGuest(string methodName) => methodName[0] == 'f';

    /// <summary>The function that a method belongs to.</summary>
    public static int FunctionOf(string methodName, out bool isPart)
    {
        var dot = methodName.IndexOf('.');
        isPart = dot >= 0;
        return int.Parse(methodName.AsSpan(1, (isPart ? dot : methodName.Length) - 1), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>The name of an assembly of <see cref="HotCode"/>.</summary>
    public static string HotName(int number) => $"hot{number}";

    /// <summary>The number of such an assembly, or -1.</summary>
    public static int HotOf(string? assemblyName) => NumberOf(assemblyName, "hot");

    /// <summary>The unit that an assembly name stands for, or -1.</summary>
    public static int UnitOf(string? assemblyName) => NumberOf(assemblyName, "unit");

    private static int NumberOf(string? assemblyName, string kind) =>
        assemblyName is not null && assemblyName.StartsWith(kind, StringComparison.Ordinal) && int.TryParse(assemblyName.AsSpan(kind.Length), out var number) ? number : -1;
}
