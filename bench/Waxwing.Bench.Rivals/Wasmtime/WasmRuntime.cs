using System.Runtime.CompilerServices;
using Wasmtime;

namespace Waxwing;

/// <summary>
/// As much of Waxwing's runtime as drivers of programs use, over the Wasmtime package. Modules and their descriptions are Waxwing's; code, memories and calls are Wasmtime's.
/// </summary>
internal sealed class WasmRuntime : IDisposable
{
    private static readonly Engine Engine = new(new Config().WithOptimizationLevel(OptimizationLevel.Speed).WithWasmThreads(true));

    // Code is kept with the module, as Waxwing keeps its own.
    private static readonly ConditionalWeakTable<WasmModule, global::Wasmtime.Module> Compiled = [];

    private readonly Store store;
    private readonly Linker linker;

    // The memory of the one guest: what it imports, or exports.
    private WasmMemory? memory;

    public WasmRuntime()
    {
        store = new(Engine);
        linker = new(Engine) { AllowShadowing = true };
    }

    public void ProvideMemories(WasmModule module)
    {
        foreach (var import in module.Imports)
        {
            if (import.Type.Memory is not { } type)
                continue;
            var provided = new Memory(store, type.Minimum, type.Maximum, type.Is64);
            linker.Define(import.Module, import.Name, provided);
            memory = new(provided);
        }
    }

    public void DefineRaw(string module, string name, ReadOnlySpan<ValueType> parameters, ReadOnlySpan<ValueType> results, WasmRawFunction function)
    {
        ValueKind[] kinds = [.. parameters.ToArray().Select(type => type.Kind)], resultKinds = [.. results.ToArray().Select(type => type.Kind)];
        linker.DefineFunction(module, name, (caller, arguments, values) =>
        {
            var given = new WasmValue[arguments.Length];
            for (var i = 0; i < given.Length; i++)
                given[i] = Values.From(kinds[i], arguments[i]);
            var returned = new WasmValue[values.Length];
            function(new(this), given, returned);
            for (var i = 0; i < returned.Length; i++)
                values[i] = Values.To(Values.Of(resultKinds[i], returned[i]));
        }, [.. kinds.Select(Values.KindOf)], [.. resultKinds.Select(Values.KindOf)]);
    }

    /// <exception cref="NotSupportedException">No driver needed such a function yet.</exception>
    public void Define(string module, string name, Delegate function)
    {
        switch (function)
        {
            case Func<double> f:
                linker.DefineFunction(module, name, f);
                break;
            case Action f:
                linker.DefineFunction(module, name, f);
                break;
            case Func<int, int, int> f:
                linker.DefineFunction(module, name, f);
                break;
            case Func<WasmCaller, int, int> f:
                linker.DefineFunction(module, name, (Caller caller, int a) => f(new(this), a));
                break;
            case Action<WasmCaller, int, int, int> f:
                linker.DefineFunction(module, name, (Caller caller, int a, int b, int c) => f(new(this), a, b, c));
                break;
            case Action<WasmCaller, int, int, double> f:
                linker.DefineFunction(module, name, (Caller caller, int a, int b, double c) => f(new(this), a, b, c));
                break;
            default:
                throw new NotSupportedException($"a host function of type {function.GetType()}");
        }
    }

    /// <exception cref="NotSupportedException">Always: no driver needed it yet.</exception>
    public void Define(string module, string name, object definition) => throw new NotSupportedException($"{definition} for \"{module}\" \"{name}\"");

    public WasmInstance Instantiate(WasmModule module, string? name = null)
    {
        var compiled = Compiled.GetValue(module, static module => global::Wasmtime.Module.FromBytes(Engine, "guest", module.Context.Module.Bytes.Span));
        var instance = linker.Instantiate(store, compiled);
        if (instance.GetMemory("memory") is { } exported)
            memory = new(exported);
        if (name is not null)
            linker.DefineInstance(store, name, instance);
        return new(instance, this);
    }

    public void Dispose()
    {
        linker.Dispose();
        store.Dispose();
    }

    internal WasmMemory Memory => memory ?? throw new InvalidOperationException("the guest has no memory");
}

internal delegate void WasmRawFunction(WasmCaller caller, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results);

/// <summary>The guest that is calling a host function.</summary>
internal readonly struct WasmCaller(WasmRuntime runtime)
{
    public WasmMemory Memory => runtime.Memory;
}
