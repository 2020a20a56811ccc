namespace Waxwing.Tests.Runtime;

/// <summary>Short cuts for tests that run modules written in the text format.</summary>
internal static class Modules
{
    public static WasmModule Parse(string text) => WasmModule.Parse(text);

    public static WasmRuntime NewRuntime(WasmLimits? limits = null, WasmMemoryPolicy policy = WasmMemoryPolicy.Automatic) => new(new WasmRuntimeOptions
    {
        Features = WasmFeatures.All,
        Limits = limits ?? WasmLimits.Default,
        MemoryPolicy = policy,
    });

    public static WasmInstance Instantiate(this WasmRuntime runtime, string text, string? name = null) => runtime.Instantiate(Parse(text), name);
}
