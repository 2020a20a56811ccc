using Wasmtime;

namespace Waxwing.Bench.Wasi;

/// <summary>In Wasmtime, through its .NET package. Compiled with <c>-p:Rivals=true</c> only.</summary>
internal sealed class WasmtimeWasiRun : IWasiRun
{
    private readonly Engine engine = new();
    private readonly Linker linker;
    private readonly Store store;
    private readonly Module module;
    private readonly Instance instance;

    public WasmtimeWasiRun(string file, string folder)
    {
        linker = new(engine);
        linker.DefineWasi();
        store = new(engine);
        store.SetWasiConfiguration(new WasiConfiguration().WithPreopenedDirectory(folder, "/", true));
        module = Module.FromFile(engine, file);
        instance = linker.Instantiate(store, module);
        instance.GetAction("_initialize")!();
    }

    public string Name => "wasmtime";

    public int Call(string export, int count) => instance.GetFunction<int, int>(export)!(count);

    public void Dispose()
    {
        store.Dispose();
        module.Dispose();
        linker.Dispose();
        engine.Dispose();
    }
}
