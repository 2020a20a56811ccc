using Waxwing.Emscripten;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>A build of the kernels; one with threads has each on a .NET thread, as another instance over the same shared memory.</summary>
internal sealed class TensorFlowHost : IDisposable
{
    public const int Threads = 4;

    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly EmscriptenHost host;
    private readonly TensorBackend backend;

    public TensorFlowHost(string build)
    {
        host = new(runtime, new() { MaximumThreads = Threads, LogicalCores = 2 * Threads });
        var main = host.Instantiate(Corpus.Load($"tfjs/{build}.wasm"));
        if (host.Memory.IsShared)
            host.Invoke("init_with_threads_count", Threads);
        else
            host.Invoke("init");
        backend = new(main);
    }

    public int RunningThreads => host.ThreadCount;

    /// <summary>Workers wait in memory.atomic.wait32 for more to do: the host's end is theirs.</summary>
    public void Dispose()
    {
        host.Dispose();
        Assert.Equal(0, host.ThreadCount);
        runtime.Dispose();
    }

    public void Invoke(string name, params ReadOnlySpan<WasmValue> arguments) => host.Invoke(name, arguments);

    /// <summary>A tensor of 32-bit floats.</summary>
    public (int Id, int Address) New(float[] values) => backend.New(values);

    public float[] Read(int address, int count) => backend.Read(address, count);

    /// <summary>The address of a shape.</summary>
    public int Shape(params ReadOnlySpan<int> dimensions) => backend.Shape(dimensions);
}
