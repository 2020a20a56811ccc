using Waxwing.AssemblyScript;
using Waxwing.Emscripten;
using Waxwing.Wasi;

namespace Waxwing.Cli.Running;

/// <summary>What <c>waxwing run</c> runs: an instance, and how to run a program or a function of it.</summary>
internal abstract class Guest(WasmInstance instance)
{
    public WasmInstance Instance { get; } = instance;

    /// <summary>Whether there is a program to run.</summary>
    public virtual bool IsProgram => Instance.TryGetFunction("_start", out _) || Instance.TryGetFunction("_initialize", out _);

    public abstract int Run(CancellationToken stop);

    public abstract WasmValue[] Invoke(string name, WasmValue[] arguments, CancellationToken stop);

    public static HostKind KindOf(WasmModule module, HostKind wanted) =>
        wanted != HostKind.Auto ? wanted
        : EmscriptenHost.IsEmscripten(module) ? HostKind.Emscripten
        : AssemblyScriptExtensions.IsAssemblyScript(module) ? HostKind.AssemblyScript
        : HostKind.None;
}

/// <summary>A module with or without threads, as WASI has them.</summary>
internal sealed class PlainGuest(WasmInstance instance, WasiThreads threads) : Guest(instance)
{
    public override int Run(CancellationToken stop) => threads.Run(Instance, stop);

    public override WasmValue[] Invoke(string name, WasmValue[] arguments, CancellationToken stop)
    {
        if (name != "_initialize" && Instance.TryGetFunction("_initialize", out var initialize))
            threads.Invoke(initialize, stop);
        return threads.Invoke(Instance.GetFunction(name), stop, arguments);
    }
}

/// <summary>A module of Emscripten's.</summary>
internal sealed class EmscriptenGuest(EmscriptenHost host) : Guest(host.Instance)
{
    public override bool IsProgram => base.IsProgram || Instance.Exports.Any(export => export.Name is "main" or "__main_argc_argv" or "__main_void" or "_emscripten_proxy_main" or "emscripten_proxy_main");

    public override int Run(CancellationToken stop) => host.Run(stop);

    public override WasmValue[] Invoke(string name, WasmValue[] arguments, CancellationToken stop) => host.Invoke(name, stop, arguments);
}
