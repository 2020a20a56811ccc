using Wasmtime;

namespace Waxwing.Bench.Rivals;

/// <summary>A WASI program in Wasmtime, with Wasmtime's own WASI.</summary>
public static class WasmtimeCommand
{
    /// <summary>Compiles a program.</summary>
    /// <param name="path">The module.</param>
    /// <param name="usr">The host's folder that the guest sees as /usr.</param>
    /// <param name="work">The host's folder that the guest sees as /src.</param>
    /// <returns>What runs it once, with arguments, to its end.</returns>
    public static Action<string[]> Load(string path, string usr, string work)
    {
        var engine = new Engine(new Config().WithOptimizationLevel(OptimizationLevel.Speed).WithMaximumStackSize(2 << 20));
        var module = global::Wasmtime.Module.FromFile(engine, path);
        var linker = new Linker(engine);
        linker.DefineWasi();
        return arguments =>
        {
            using var store = new Store(engine);
            store.SetWasiConfiguration(new WasiConfiguration().WithArgs(arguments).WithInheritedStandardOutput().WithInheritedStandardError()
                .WithPreopenedDirectory(usr, "/usr", mutable: false).WithPreopenedDirectory(work, "/src", mutable: true));
            try
            {
                linker.Instantiate(store, module).GetAction("_start")!();
            }
            catch (WasmtimeException exit) when (exit.ExitCode == 0)
            {
            }
        };
    }
}
