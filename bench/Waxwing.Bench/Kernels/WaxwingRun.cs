namespace Waxwing.Bench.Kernels;

/// <summary>A kernel in Waxwing, through the public API alone.</summary>
internal sealed class WaxwingRun : IKernelRun
{
    private readonly WasmRuntime runtime;
    private readonly Func<int, int> run;
    private readonly int n;

    public WaxwingRun(Kernel kernel, WasmEngineKind engine)
    {
        runtime = new(new WasmRuntimeOptions { Engine = engine });
        run = runtime.Instantiate(WasmModule.Load(kernel.WasmFile)).GetFunction<Func<int, int>>("run");
        n = kernel.N;
    }

    public (double Milliseconds, int Checksum) Run()
    {
        var start = Clock.Now;
        var checksum = run(n);
        return (Clock.Now - start, checksum);
    }

    public void Dispose() => runtime.Dispose();
}
