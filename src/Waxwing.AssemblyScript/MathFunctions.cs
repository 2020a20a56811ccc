namespace Waxwing.AssemblyScript;

/// <summary>JavaScript's <c>Math</c>, which the compiler's bindings can import instead of its own.</summary>
internal static class MathFunctions
{
    private const string Env = "env";

    public static void DefineIn(WasmDefinitions definitions)
    {
        foreach (var (name, function) in One)
            definitions.Define(Env, "Math." + name, WasmFunction.FromDelegate(function).WithFormat(new AssemblyScriptCallFormat("Math." + name, "x")));
        foreach (var (name, function) in Two)
            definitions.Define(Env, "Math." + name, WasmFunction.FromDelegate(function).WithFormat(new AssemblyScriptCallFormat("Math." + name, "x y")));
        foreach (var (name, value) in Constants)
            definitions.Define(Env, "Math." + name, new WasmGlobal(new(ValueType.F64, false), value));
        definitions.Define(Env, "Math.fround", WasmFunction.FromDelegate((double x) => (float)x).WithFormat(new AssemblyScriptCallFormat("Math.fround", "x")));
    }

    private static (string Name, double Value)[] Constants =>
    [
        ("E", Math.E), ("PI", Math.PI), ("LN2", 0.6931471805599453), ("LN10", 2.302585092994046), ("LOG2E", 1.4426950408889634), ("LOG10E", 0.4342944819032518),
        ("SQRT1_2", 0.7071067811865476), ("SQRT2", 1.4142135623730951),
    ];

    private static (string Name, Func<double, double> Function)[] One =>
    [
        ("abs", Math.Abs), ("acos", Math.Acos), ("acosh", Math.Acosh), ("asin", Math.Asin), ("asinh", Math.Asinh), ("atan", Math.Atan), ("atanh", Math.Atanh), ("cbrt", Math.Cbrt),
        ("ceil", Math.Ceiling), ("clz32", x => uint.LeadingZeroCount((uint)ToInt32(x))), ("cos", Math.Cos), ("cosh", Math.Cosh), ("exp", Math.Exp), ("expm1", ExponentialMinusOne), ("floor", Math.Floor),
        ("log", Math.Log), ("log10", Math.Log10), ("log1p", LogarithmOfOnePlus), ("log2", Math.Log2), ("round", Round), ("sign", Sign), ("sin", Math.Sin), ("sinh", Math.Sinh),
        ("sqrt", Math.Sqrt), ("tan", Math.Tan), ("tanh", Math.Tanh), ("trunc", Math.Truncate),
    ];

    private static (string Name, Func<double, double, double> Function)[] Two =>
    [
        ("atan2", Math.Atan2), ("hypot", double.Hypot), ("imul", (x, y) => ToInt32(x) * ToInt32(y)), ("max", Math.Max), ("min", Math.Min), ("pow", Power),
    ];

    /// <summary>JavaScript rounds halves up.</summary>
    private static double Round(double x) => Math.Floor(x) is var below && x - below >= 0.5 ? Math.CopySign(below + 1, x) : Math.CopySign(below, x);

    private static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x;

    /// <summary>JavaScript says that 1 to the power of infinity is not a number; IEEE 754, 1.</summary>
    private static double Power(double x, double y) => double.IsNaN(y) || (Math.Abs(x) == 1 && double.IsInfinity(y)) ? double.NaN : Math.Pow(x, y);

    /// <summary>Exact to the last bits also where e to the power of x is nearly 1 (W. Kahan's way).</summary>
    private static double ExponentialMinusOne(double x)
    {
        var power = Math.Exp(x);
        if (power == 1)
            return x;
        var less = power - 1;
        return less == -1 || double.IsInfinity(power) ? less : less * x / Math.Log(power);
    }

    private static double LogarithmOfOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : double.IsInfinity(sum) ? sum : Math.Log(sum) * x / (sum - 1);
    }

    private static int ToInt32(double x) => double.IsFinite(x) ? (int)(uint)(long)Math.IEEERemainder(Math.Truncate(x), 4294967296.0) : 0;
}
