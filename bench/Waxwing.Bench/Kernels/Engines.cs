namespace Waxwing.Bench.Kernels;

/// <summary>What a kernel can be run with, by the names the command line takes.</summary>
internal static class Engines
{
    public const string Native = "native";
    public const string NativeScalar = "native-novec";
    public const string Wasmtime = "wasmtime";
    public const string Node = "node";
    public const string Compiler = "compiler";
    public const string Profiled = "compiler-profiled";
    public const string Tiered = "tiered";
    public const string Interpreter = "interpreter";

    /// <summary>All, in the order of the tables.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Native, NativeScalar, Wasmtime, Node, Compiler, Profiled, "compiler-checked", "compiler-polled", "compiler-metered", Tiered, Interpreter];

    /// <summary>What is measured if nothing is said.</summary>
    public static IEnumerable<string> Ordinary => Names.Where(name => name != Tiered);

    public static string Describe(string engine) => engine switch
    {
        Native => "gcc -O2 -march=x86-64-v3",
        NativeScalar => "the same with -fno-tree-vectorize",
        Wasmtime => "the Wasmtime package",
        Node => "V8 of the node on the path",
        Compiler => "guard pages, no polls",
        Profiled => "guard pages, IsCollectible off: compiled again by .NET with what it saw",
        "compiler-checked" => "explicit bounds checks (GuardRegions off)",
        "compiler-polled" => "guard pages, called with a CancellationToken",
        "compiler-metered" => "guard pages, fuel",
        Tiered => "begun in the interpreter; compiled when called often",
        _ => "",
    };

    /// <summary>Why this build or machine does not have an engine; null if it has.</summary>
    /// <exception cref="ArgumentException">There is no such engine.</exception>
    public static string? Missing(string engine) => engine switch
    {
        Native or NativeScalar => NativeKernels.Missing,
        Node when !Machine.Has("node") => "there is no node on the path",
#if !RIVALS
        Wasmtime => "needs a build with -p:Rivals=true",
#endif
        _ when Names.Contains(engine) => null,
        _ => throw new ArgumentException($"there is no engine `{engine}`; choose from {string.Join(", ", Names)}"),
    };

    public static IKernelRun Start(string engine, Kernel kernel) => engine switch
    {
        Native => NativeKernels.Start(kernel, vectorised: true),
        NativeScalar => NativeKernels.Start(kernel, vectorised: false),
        Node => ProcessRun.Node(kernel),
#if RIVALS
        Wasmtime => new WasmtimeRun(kernel),
#endif
        _ => new WaxwingRun(kernel, Settings(engine), polled: engine == "compiler-polled", isProfiled: engine == Profiled),
    };

    /// <summary>The settings that one of our own engines stands for.</summary>
    public static WasmRuntimeOptions Settings(string engine) => new()
    {
        Engine = engine switch
        {
            Interpreter => WasmEngineKind.Interpreter,
            Tiered => WasmEngineKind.Tiered,
            _ => WasmEngineKind.Compiler,
        },
        GuardRegions = engine != "compiler-checked",
        Fuel = engine == "compiler-metered" ? long.MaxValue : null,
    };
}
