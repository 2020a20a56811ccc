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
    /// <param name="isProfiled">Whether .NET may watch the code and compile it again; that is done when this returns.</param>
    public WaxwingRun(Kernel kernel, WasmRuntimeOptions options, bool polled, bool isProfiled)
    {
        runtime = new(options);
        var instance = runtime.Instantiate(WasmModule.Load(kernel.WasmFile, new WasmModuleOptions { IsCollectible = !isProfiled }));
        var (function, typed) = (instance.GetFunction("run"), instance.GetFunction<Func<int, int>>("run"));
        run = polled ? () => function.Invoke(stop.Token, kernel.N)[0].AsInt32() : () => typed(kernel.N);
        if (isProfiled)
            Settle(() => typed(kernel.N));
    }

    /// <summary>Calls until nothing is compiled any more: each step up takes some dozens of calls and a tenth of a second without news.</summary>
    private static void Settle(Action call)
    {
        foreach (var calls in (int[])[1, 35, 35])
        {
            for (var i = 0; i < calls; i++)
                call();
            Thread.Sleep(250);
        }
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
