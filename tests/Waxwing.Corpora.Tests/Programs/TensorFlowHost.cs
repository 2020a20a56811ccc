using System.Collections.Concurrent;

namespace Waxwing.Corpora.Tests.Programs;

/// <summary>
/// Emscripten's threads on .NET threads: a guest that creates a thread gets another instance of the module over the same shared memory, on a thread of its own.
/// </summary>
internal sealed class TensorFlowHost : IDisposable
{
    public const int Threads = 4;

    private readonly WasmRuntime runtime = new(new() { Features = WasmFeatures.All });
    private readonly WasmModule module;
    private readonly WasmInstance main;
    private readonly TensorBackend backend;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<Thread> threads = [];
    private readonly ConcurrentQueue<Exception> problems = [];

    public TensorFlowHost(string build)
    {
        module = Corpus.Load($"tfjs/{build}.wasm");
        runtime.DefineEmscripten(module);
        runtime.Define("env", "abort", () => Assert.Fail("the guest aborted"));
        runtime.Define("env", "emscripten_memcpy_big", (WasmCaller caller, int target, int source, int count) =>
            caller.Memory.AsSpan((uint)source, count).CopyTo(caller.Memory.AsSpan((uint)target, count)));
        runtime.Define("env", "emscripten_num_logical_cores", () => 2 * Threads);
        runtime.Define("env", "_emscripten_default_pthread_stack_size", () => 65536);
        runtime.Define("env", "__emscripten_init_main_thread_js", (WasmCaller caller, int thread) =>
        {
            caller.GetFunction("_emscripten_thread_init").Invoke(thread, 1, 1, 1, 0);
            caller.GetFunction("_emscripten_tls_init").Invoke();
        });
        runtime.Define("env", "__pthread_create_js", (int thread, int attributes, int start, int argument) => StartThread(thread, start, argument));
        main = runtime.Instantiate(module);
        main.Invoke("__wasm_call_ctors");
        if (IsThreaded)
            main.Invoke("init_with_threads_count", Threads);
        else
            main.Invoke("init");
        backend = new(main);
    }

    public int StartedThreads => threads.Count;

    private bool IsThreaded => module.Imports.Any(import => import.Type.Memory is { Shared: true });

    /// <summary>Workers wait in memory.atomic.wait32 for more to do: only cancellation gets them out.</summary>
    public void Dispose()
    {
        stop.Cancel();
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "a guest thread did not stop");
        Assert.Empty(problems);
        runtime.Dispose();
    }

    public void Invoke(string name, params ReadOnlySpan<WasmValue> arguments)
    {
        main.GetFunction(name).Invoke(stop.Token, arguments);
        Assert.Empty(problems);
    }

    /// <summary>A tensor of 32-bit floats.</summary>
    public (int Id, int Address) New(float[] values) => backend.New(values);

    public float[] Read(int address, int count) => backend.Read(address, count);

    /// <summary>The address of a shape.</summary>
    public int Shape(params ReadOnlySpan<int> dimensions) => backend.Shape(dimensions);

    private int StartThread(int thread, int start, int argument)
    {
        var worker = new Thread(() => RunThread(thread, start, argument)) { IsBackground = true, Name = $"guest thread {thread:x}" };
        threads.Enqueue(worker);
        worker.Start();
        return 0;
    }

    private void RunThread(int thread, int start, int argument)
    {
        // Where the thread's descriptor keeps its stack, in this version of Emscripten.
        const int StackTop = 52, StackSize = 56;
        try
        {
            var worker = runtime.Instantiate(module);
            worker.Invoke("_emscripten_thread_init", thread, 0, 0, 1, 0);
            var (top, size) = (worker.Memory.Read<int>(thread + StackTop), worker.Memory.Read<int>(thread + StackSize));
            worker.Invoke("emscripten_stack_set_limits", top, top - size);
            worker.Invoke("stackRestore", top);
            worker.Invoke("_emscripten_tls_init");
            var result = worker.GetTable("__indirect_function_table").GetFunction(start)!.Invoke(stop.Token, argument);
            worker.Invoke("_emscripten_thread_exit", result[0]);
        }
        catch (Exception problem)
        {
            // Stopped while it waited: the end of each of them here.
            if (!stop.IsCancellationRequested)
                problems.Enqueue(problem);
        }
    }
}
