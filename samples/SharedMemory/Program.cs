// One module provides a memory, others import it: shared between threads, plain, and defined by the host.
using Waxwing;

var folder = AppContext.BaseDirectory;
SharedBetweenThreads();
Plain();
DefinedByTheHost();
SizedByTheModule();
WhatDoesNotFit();
return 0;

// Several instances of one module, each on a thread of its own, count in one memory and wait for one another.
void SharedBetweenThreads()
{
    const int threads = 4, times = 100_000;
    using var runtime = new WasmRuntime(new WasmRuntimeOptions { Features = WasmFeatures.Default | WasmFeatures.Threads });
    var provider = runtime.Instantiate(WasmModule.Load(Path.Combine(folder, "provider.wat")), name: "env");
    var main = WasmModule.Load(Path.Combine(folder, "main.wat"));

    var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
    {
        var worker = runtime.Instantiate(main);
        worker.GetFunction<Func<int, int>>("count")(times);
        worker.GetFunction<Func<int, int>>("meet")(threads);
    })).ToList();
    workers.ForEach(worker => worker.Start());
    workers.ForEach(worker => worker.Join());

    Console.WriteLine($"shared: {threads} threads counted to {provider.GetMemory().AtomicRead32(0)}");
}

// Without threads the memory is plain. Both instances see the same bytes, and growth by one is growth for both.
void Plain()
{
    using var runtime = new WasmRuntime();
    runtime.Instantiate(WasmModule.Parse("""(module (memory (export "memory") 102 1024))"""), name: "env");
    var module = WasmModule.Load(Path.Combine(folder, "plain-main.wat"));
    var (first, second) = (runtime.Instantiate(module), runtime.Instantiate(module));

    first.GetFunction<Action<int, int>>("write")(4096, 42);
    var before = first.GetFunction<Func<int, int>>("grow")(8);
    Console.WriteLine($"plain: the second instance reads {second.GetFunction<Func<int, int>>("read")(4096)}, grown from {before} to {before + 8} pages");
}

// No provider module at all: the host makes the memory, and its spans see what the guests write, also after growth.
void DefinedByTheHost()
{
    using var runtime = new WasmRuntime();
    using var memory = new WasmMemory(new MemoryType(Minimum: 102, Maximum: 1024));
    runtime.Define("env", "memory", memory);
    var module = runtime.Instantiate(WasmModule.Load(Path.Combine(folder, "plain-main.wat")));

    var view = memory.AsSpan(4096, 4);
    memory.Grow(8);
    module.GetFunction<Action<int, int>>("write")(4096, 42);
    Console.WriteLine($"host-defined: the span taken before growth reads {BitConverter.ToInt32(view)}");
}

// Nor need the host know the size: it is in the module's import.
void SizedByTheModule()
{
    using var runtime = new WasmRuntime();
    var module = WasmModule.Load(Path.Combine(folder, "plain-main.wat"));
    var created = runtime.ProvideMemories(module);
    var instance = runtime.Instantiate(module);
    Console.WriteLine($"provided: {created} memory, grows from {instance.GetFunction<Func<int, int>>("grow")(1)} pages");
}

// An error names the import and says what was wanted and what there is.
void WhatDoesNotFit()
{
    using var runtime = new WasmRuntime(new WasmRuntimeOptions { Features = WasmFeatures.Default | WasmFeatures.Threads });
    runtime.Instantiate(WasmModule.Load(Path.Combine(folder, "provider.wat")), name: "env");
    try
    {
        runtime.Instantiate(WasmModule.Parse("""(module (import "env" "memory" (memory 1024 65536 shared)))"""));
    }
    catch (WasmLinkException error)
    {
        Console.WriteLine($"does not fit: {error.Message}");
    }
}
