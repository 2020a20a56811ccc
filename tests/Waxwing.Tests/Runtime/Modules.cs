namespace Waxwing.Tests.Runtime;

/// <summary>Short cuts for tests that run modules written in the text format.</summary>
internal static class Modules
{
    public static WasmModule Parse(string text) => WasmModule.Parse(text);

    /// <summary>The engine of tests that are not about one. The project Waxwing.Interpreter.Tests compiles and runs these files too.</summary>
#if INTERPRETER
    private const WasmEngineKind DefaultEngine = WasmEngineKind.Interpreter;
#else
    private const WasmEngineKind DefaultEngine = WasmEngineKind.Tiered;
#endif

    public static WasmRuntime NewRuntime(WasmLimits? limits = null, WasmMemoryPolicy policy = WasmMemoryPolicy.Automatic, WasmEngineKind? engine = null) => new(new WasmRuntimeOptions
    {
        Engine = engine ?? DefaultEngine,
        Features = WasmFeatures.All,
        Limits = limits ?? WasmLimits.Default,
        MemoryPolicy = policy,
    });

    public static WasmInstance Instantiate(this WasmRuntime runtime, string text, string? name = null) => runtime.Instantiate(Parse(text), name);
}
