using System.Diagnostics.CodeAnalysis;
using Waxwing.Runtime;
using Waxwing.Syntax;

namespace Waxwing;

public sealed partial class WasmInstance
{
    /// <summary>The exports, in the module's order.</summary>
    public IReadOnlyList<ExportType> Exports => Module.Exports;

    /// <summary>An export of any kind: a <see cref="WasmFunction"/>, <see cref="WasmMemory"/>, <see cref="WasmTable"/>, <see cref="WasmGlobal"/> or <see cref="WasmTag"/>; null if there is none of the name.</summary>
    /// <param name="name">The export's name.</param>
    public object? GetExport(string name) => !Module.ExportMap.TryGetValue(name, out var export) ? null : export.Kind switch
    {
        ExternKind.Function => GetFunctionRecord(export.Index),
        ExternKind.Memory => Memories[export.Index],
        ExternKind.Table => Tables[export.Index],
        ExternKind.Global => Globals[export.Index],
        _ => Tags[export.Index],
    };

    /// <summary>An exported function.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no function of that name.</exception>
    public WasmFunction GetFunction(string name) => Get<WasmFunction>(name);

    /// <summary>An exported function as a typed delegate; see <see cref="WasmFunction.As{TDelegate}"/>.</summary>
    /// <typeparam name="TDelegate">The delegate type, such as <c>Func&lt;int, int, int&gt;</c>.</typeparam>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no function of that name, or its signature is another.</exception>
    public TDelegate GetFunction<TDelegate>(string name) where TDelegate : Delegate => GetFunction(name).As<TDelegate>();

    /// <summary>An exported function, if there is one.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="function">The function.</param>
    public bool TryGetFunction(string name, [NotNullWhen(true)] out WasmFunction? function) => (function = GetExport(name) as WasmFunction) is not null;

    /// <summary>An exported memory.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no memory of that name.</exception>
    public WasmMemory GetMemory(string name = "memory") => Get<WasmMemory>(name);

    /// <summary>An exported memory, if there is one.</summary>
    /// <param name="name">The export's name.</param>
    /// <param name="memory">The memory.</param>
    public bool TryGetMemory(string name, [NotNullWhen(true)] out WasmMemory? memory) => (memory = GetExport(name) as WasmMemory) is not null;

    /// <summary>The exported memory named "memory", or else memory 0, which may be an imported one: what a host that passes strings and buffers means.</summary>
    /// <exception cref="InvalidOperationException">The instance has no memory.</exception>
    public WasmMemory Memory => TryGetMemory("memory", out var memory) ? memory
        : Memories is [var first, ..] ? first
        : throw new InvalidOperationException($"{this} has no memory.");

    /// <summary>An exported table.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no table of that name.</exception>
    public WasmTable GetTable(string name) => Get<WasmTable>(name);

    /// <summary>An exported global.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no global of that name.</exception>
    public WasmGlobal GetGlobal(string name) => Get<WasmGlobal>(name);

    /// <summary>An exported tag.</summary>
    /// <param name="name">The export's name.</param>
    /// <exception cref="WasmLinkException">There is no tag of that name.</exception>
    public WasmTag GetTag(string name) => Get<WasmTag>(name);

    private T Get<T>(string name) where T : class
    {
        ArgumentNullException.ThrowIfNull(name);
        return GetExport(name) as T ?? throw Missing<T>(name);
    }

    private WasmLinkException Missing<T>(string name)
    {
        var wanted = typeof(T).Name["Wasm".Length..].ToLowerInvariant();
        if (Module.ExportMap.TryGetValue(name, out var other))
            return new($"unknown export: \"{name}\" of {this} is a {other.Kind.ToString().ToLowerInvariant()}, not a {wanted}", null, name);
        var names = Module.ExportMap.Keys;
        return new(
            $"unknown export: {this} exports no {wanted} \"{name}\""
            + (Spelling.Nearest(name, names) is { } near ? $" (did you mean \"{near}\"?)" : names.Count == 0 ? "; it has no exports" : $"; its exports are {Spelling.List(names)}"),
            null, name);
    }
}
