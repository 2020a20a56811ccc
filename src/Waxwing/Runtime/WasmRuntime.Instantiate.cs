using Waxwing.Runtime;

namespace Waxwing;

public sealed partial class WasmRuntime
{
    /// <summary>Stands for a name that an instantiation under way has taken.</summary>
    private readonly HashSet<string> pending = new(StringComparer.Ordinal);

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
    /// <exception cref="OperationCanceledException">The guest was stopped; the inner exception is a trap that says where.</exception>
    public WasmInstance Instantiate(WasmModule module, string? name = null, WasmImports? imports = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        ThrowIfDisposed();
        if ((module.KnownFeatures & ~Options.Features) is not 0 and var missing)
            throw new WasmLinkException($"disabled feature: {module} uses {missing}, which this runtime does not enable (WasmRuntimeOptions.Features)");
        var resolved = new ImportResolver(this, imports).ResolveAll(module);
        if (name is not null)
            TakeName(name);
        try
        {
            var instance = Instantiation.Run(module, this, name, resolved, cancellation);
            Register(instance, name);
            return instance;
        }
        finally
        {
            if (name is not null)
            {
                lock (gate)
                    pending.Remove(name);
            }
        }
    }

    /// <summary>Instantiates with imports that are resolved already.</summary>
    internal WasmInstance Instantiate(WasmModule module, object[] imports, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        var instance = Instantiation.Run(module, this, null, imports, cancellation);
        Register(instance, null);
        return instance;
    }

    /// <summary>An instance is gone: its names are free.</summary>
    internal void Forget(WasmInstance instance)
    {
        tracker.Remove(instance);
        lock (gate)
        {
            if (instance.Names is null)
                return;
            foreach (var name in instance.Names)
                instances.TryRemove(new(name, instance));
        }
    }

    private void TakeName(string name)
    {
        lock (gate)
        {
            if (instances.ContainsKey(name) || !pending.Add(name))
                throw new WasmLinkException($"name in use: there is already an instance \"{name}\"; dispose it first, or use another name");
        }
    }

    private void Register(WasmInstance instance, string? name)
    {
        tracker.Add(instance);
        lock (gate)
        {
            if (!disposed)
            {
                if (name is not null)
                    AddName(name, instance);
                return;
            }
        }
        instance.Dispose();
        ThrowIfDisposed();
    }

    private void AddName(string name, WasmInstance instance)
    {
        instances[name] = instance;
        (instance.Names ??= []).Add(name);
    }

    /// <summary>The instance of a module, if there is exactly one.</summary>
    internal WasmInstance? FindOnly(WasmModule module)
    {
        var found = tracker.Live().FindAll(instance => ReferenceEquals(instance.Module, module));
        return found.Count == 1 ? found[0] : null;
    }
}
