using System.Collections.Concurrent;
using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// An engine and a namespace of instances and host definitions from which imports are resolved. Thread-safe. Disposing it disposes all of its instances.
/// </summary>
public sealed partial class WasmRuntime : WasmDefinitions, IDisposable
{
    private readonly ConcurrentDictionary<ImportKey, object> definitions = new();
    private readonly ConcurrentDictionary<string, WasmInstance> instances = new(StringComparer.Ordinal);
    private readonly InstanceTracker tracker = new();
    private readonly List<WasmMemory> provided = [];
    private readonly Lock gate = new();
    private volatile bool disposed;

    /// <summary>A runtime with the default settings.</summary>
    public WasmRuntime() : this(WasmRuntimeOptions.Default) { }

    /// <summary>A runtime.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist on this platform.</exception>
    public WasmRuntime(WasmRuntimeOptions options) : this(options, Engines.Resolve(options ?? throw new ArgumentNullException(nameof(options)))) { }

    /// <summary>A runtime with an engine that no setting means.</summary>
    internal WasmRuntime(WasmRuntimeOptions options, Engine engine)
    {
        Options = options;
        Engine = engine;
        Budget = new(options.Limits.TotalMemoryBytes);
        TableBudget = new(options.Limits.TotalTableEntries);
        MemorySettings = new(options.MemoryPolicy, options.GuardRegions, options.Limits, Budget);
    }

    /// <summary>The settings.</summary>
    public WasmRuntimeOptions Options { get; }

    /// <summary>
    /// Bytes of all linear memories that count for this runtime: those of its instances, those it provided and those defined in it. Bounded by <see cref="WasmLimits.TotalMemoryBytes"/>.
    /// </summary>
    public long MemoryBytes => Budget.Used;

    internal Engine Engine { get; }

    internal MemoryBudget Budget { get; }

    internal TableBudget TableBudget { get; }

    internal MemorySettings MemorySettings { get; }

    internal bool Metered => Options.Fuel is not null;

    /// <summary>Module names that imports can use, for suggestions.</summary>
    internal IEnumerable<string> ModuleNames => definitions.Keys.Select(key => key.Module).Concat(instances.Keys).Distinct();

    /// <summary>Makes an existing instance's exports importable under a (further) name, as the script command <c>register</c> does; replaces an instance of that name.</summary>
    /// <param name="name">The module name that imports use.</param>
    /// <param name="instance">The instance.</param>
    /// <exception cref="ObjectDisposedException">The runtime or the instance is disposed.</exception>
    public void Define(string name, WasmInstance instance)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(instance);
        ThrowIfDisposed();
        instance.ThrowIfDisposed();
        lock (gate)
            AddName(name, instance);
    }

    /// <summary>The instance of a name, or null.</summary>
    /// <param name="name">The name it was instantiated or defined under.</param>
    public WasmInstance? GetInstance(string name) => instances.GetValueOrDefault(name);

    /// <summary>Creates every memory that the module imports and nobody defined, of exactly the type it asks for, and defines it; it goes with the runtime.</summary>
    /// <param name="module">The module.</param>
    /// <returns>How many memories were created.</returns>
    /// <exception cref="WasmLinkException">A memory was refused.</exception>
    public int ProvideMemories(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ThrowIfDisposed();
        var count = 0;
        foreach (var import in module.ImportList)
        {
            if (import.Type.Memory is not { } type || Find(import.Module, import.Name) is not null)
                continue;
            var memory = new WasmMemory(type, MemorySettings);
            lock (gate)
                provided.Add(memory);
            definitions[new(import.Module, import.Name)] = memory;
            count++;
        }
        return count;
    }

    /// <summary>A memory, zeroed, that counts for this runtime and keeps to its limits; dispose it when the host needs it no more.</summary>
    /// <param name="type">Its type.</param>
    /// <exception cref="ArgumentException">The type is not one of memories: minimum above maximum, shared without maximum, too large for its address type.</exception>
    /// <exception cref="WasmLinkException">The memory is larger than a limit, or the system refused it.</exception>
    public WasmMemory CreateMemory(MemoryType type)
    {
        ThrowIfDisposed();
        return new(MemoryTypes.Check(type), MemorySettings) { IsHostDefined = true };
    }

    /// <summary>Disposes the instances, frees all names and refuses further use. Guests that are running on other threads keep what they use until they leave it.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }
        foreach (var instance in tracker.Live())
            instance.Dispose();
        instances.Clear();
        definitions.Clear();
        foreach (var memory in provided)
            memory.RemoveUser();
        provided.Clear();
    }

    /// <summary>A definition, or else an export of the instance of that name.</summary>
    internal override object? Find(string module, string name)
    {
        if (definitions.TryGetValue(new(module, name), out var definition))
            return definition;
        return GetInstance(module)?.GetExport(name);
    }

    /// <summary>The names that can be imported under a module name, for suggestions.</summary>
    internal IEnumerable<string> NamesIn(string module) =>
        definitions.Keys.Where(key => key.Module == module).Select(key => key.Name).Concat(GetInstance(module)?.Module.ExportMap.Keys ?? Enumerable.Empty<string>());

    internal override void Add(string module, string name, object definition)
    {
        ThrowIfDisposed();
        if (definition is WasmMemory memory && !memory.TryJoin(Budget))
            throw new WasmLinkException($"memory too large: {memory.Type} would exceed the {Budget.Limit} bytes allowed to the runtime", module, name);
        definitions[new(module, name)] = definition;
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(disposed, this);
}
