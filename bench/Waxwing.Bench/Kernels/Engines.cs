namespace Waxwing.Bench.Kernels;

/// <summary>What a kernel can be run with, by the names the command line takes.</summary>
internal static class Engines
{
    public const string Native = "native";

    public static IEnumerable<string> Names => ["interpreter", "compiler", "tiered", "node", "wasmtime"];

    /// <exception cref="NotSupportedException">This build or machine does not have the engine.</exception>
    public static IKernelRun Start(string engine, Kernel kernel, string? nativeFolder) => engine switch
    {
        Native => ProcessRun.Native(nativeFolder!, kernel),
        "interpreter" => new WaxwingRun(kernel, WasmEngineKind.Interpreter),
        "compiler" => new WaxwingRun(kernel, WasmEngineKind.Compiler),
        "tiered" => new WaxwingRun(kernel, WasmEngineKind.Tiered),
        "node" => Machine.Has("node") ? ProcessRun.Node(kernel) : throw new NotSupportedException("there is no node on the path"),
#if RIVALS
        "wasmtime" => new WasmtimeRun(kernel),
#else
        "wasmtime" => throw new NotSupportedException("wasmtime needs a build with -p:Rivals=true"),
#endif
        _ => throw new NotSupportedException($"there is no engine `{engine}`; choose from {string.Join(", ", Names)}"),
    };
}
