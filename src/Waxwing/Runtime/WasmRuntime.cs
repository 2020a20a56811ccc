using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// An engine and a namespace of instances and host definitions from which imports are resolved. Thread-safe. Disposing it disposes the instances that have a name in it.
/// </summary>
public sealed partial class WasmRuntime : WasmDefinitions, IDisposable
{
    /// <summary>A runtime with the default settings.</summary>
    public WasmRuntime() : this(WasmRuntimeOptions.Default) { }

    /// <summary>A runtime.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="PlatformNotSupportedException">The engine asked for does not exist on this platform.</exception>
    public WasmRuntime(WasmRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Engine = Engines.Resolve(options.Engine);
    }

    /// <summary>The settings.</summary>
    public WasmRuntimeOptions Options { get; }

    internal Engine Engine { get; }

    internal bool Metered => Options.Fuel is not null;

    /// <summary>Bytes of all linear memories that belong to this runtime's instances now; bounded by <see cref="WasmLimits.TotalMemoryBytes"/>.</summary>
    public long MemoryBytes => throw new NotImplementedException();

    /// <summary>Makes an existing instance's exports importable under a (further) name, as the script command <c>register</c> does; replaces an instance of that name.</summary>
    /// <param name="name">The module name that imports use.</param>
    /// <param name="instance">The instance.</param>
    public void Define(string name, WasmInstance instance) => throw new NotImplementedException();

    /// <summary>
    /// Instantiates a module: resolves its imports, allocates, initialises, copies the active segments and calls the start function. All imports are checked before anything else
    /// happens, and all that do not fit are reported at once.
    /// </summary>
    /// <param name="module">The module.</param>
    /// <param name="name">The name under which other modules can import the instance's exports, until it is disposed; null for none.</param>
    /// <param name="imports">Definitions for this instantiation only; they come before those of the runtime.</param>
    /// <param name="cancellation">Stops a start function that runs too long.</param>
    /// <exception cref="WasmLinkException">An import is missing or does not fit, the name is taken, a limit is exceeded or memory was refused.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit its memory or table, or the start function trapped.</exception>
    public WasmInstance Instantiate(WasmModule module, string? name = null, WasmImports? imports = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>The instance of a name, or null.</summary>
    /// <param name="name">The name it was instantiated or defined under.</param>
    public WasmInstance? GetInstance(string name) => throw new NotImplementedException();

    /// <summary>Creates every memory that the module imports and nobody defined, of exactly the type it asks for, and defines it.</summary>
    /// <param name="module">The module.</param>
    /// <returns>How many memories were created.</returns>
    /// <exception cref="WasmLinkException">A memory was refused.</exception>
    public int ProvideMemories(WasmModule module) => throw new NotImplementedException();

    /// <summary>Disposes the named instances, frees all names and refuses further use. Guests that are running end at their next call into the runtime.</summary>
    public void Dispose() => throw new NotImplementedException();

    internal override void Add(string module, string name, object definition) => throw new NotImplementedException();
}
