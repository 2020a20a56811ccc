namespace Waxwing.Bench.Kernels;

/// <summary>A kernel in Waxwing, through the public API alone.</summary>
internal sealed class WaxwingRun : IKernelRun
{
    private readonly WasmRuntime runtime;
    private readonly CancellationTokenSource stop = new();
    private readonly Func<int> run;

    /// <param name="kernel">The kernel.</param>
    /// <param name="options">Engine and settings.</param>
    /// <param name="polled">Whether it is called so that it can be cancelled.</param>
    public WaxwingRun(Kernel kernel, WasmRuntimeOptions options, bool polled)
    {
        runtime = new(options);
        var instance = runtime.Instantiate(WasmModule.Load(kernel.WasmFile));
        var (function, typed) = (instance.GetFunction("run"), instance.GetFunction<Func<int, int>>("run"));
        run = polled ? () => function.Invoke(stop.Token, kernel.N)[0].AsInt32() : () => typed(kernel.N);
    }

    public (double Milliseconds, int Checksum) Run()
    {
        var start = Clock.Now;
        var checksum = run();
        return (Clock.Now - start, checksum);
    }

    public void Dispose()
    {
        runtime.Dispose();
        stop.Dispose();
    }
}
