using Wasmtime;

namespace Waxwing.Bench.Kernels;

/// <summary>A kernel in Wasmtime, through its .NET package. Compiled with <c>-p:Rivals=true</c> only.</summary>
internal sealed class WasmtimeRun : IKernelRun
{
    private readonly Engine engine = new(new Config().WithOptimizationLevel(OptimizationLevel.Speed));
    private readonly Module module;
    private readonly Store store;
    private readonly Func<int, int> run;
    private readonly int n;

    public WasmtimeRun(Kernel kernel)
    {
        module = Module.FromFile(engine, kernel.WasmFile);
        store = new(engine);
        run = new Instance(store, module).GetFunction<int, int>("run")!;
        n = kernel.N;
    }

    public (double Milliseconds, int Checksum) Run()
    {
        var start = Clock.Now;
        var checksum = run(n);
        return (Clock.Now - start, checksum);
    }

    public void Dispose()
    {
        store.Dispose();
        module.Dispose();
        engine.Dispose();
    }
}
