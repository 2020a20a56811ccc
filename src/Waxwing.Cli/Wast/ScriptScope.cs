namespace Waxwing.Cli.Wast;

/// <summary>What the commands of one script thread can name: module definitions, instances, and the runtime that imports are resolved from.</summary>
internal sealed class ScriptScope : IDisposable
{
    private readonly Dictionary<string, WasmModule> definitions = [];
    private readonly Dictionary<string, WasmInstance> instances = [];
    private WasmModule? latestDefinition;
    private WasmInstance? latestInstance;

    public ScriptScope(ScriptOptions options, Spectest spectest)
    {
        (Options, Spectest) = (options, spectest);
        Runtime = new(new()
        {
            Engine = options.Engine,
            Tiers = options.Tiers,
            Features = options.Features,
            GuardRegions = !options.ExplicitChecks,
            MemoryPolicy = options.ExplicitChecks ? WasmMemoryPolicy.Portable : WasmMemoryPolicy.Automatic,
        });
        spectest.AddTo(Runtime);
    }

    public ScriptOptions Options { get; }

    public Spectest Spectest { get; }

    public WasmRuntime Runtime { get; }

    /// <summary>The threads that were started here, by name.</summary>
    public Dictionary<string, Thread> Threads { get; } = [];

    /// <summary>A scope for a thread: it knows nothing but the instances it shares.</summary>
    public ScriptScope Fork(IEnumerable<string> shared)
    {
        var scope = new ScriptScope(Options, Spectest);
        foreach (var name in shared)
            scope.instances[name] = Instance(name);
        return scope;
    }

    /// <summary>Later commands that name no module mean nothing, until there is a new one.</summary>
    public void ForgetLatest() => latestInstance = null;

    public void Define(string? name, WasmModule module)
    {
        latestDefinition = module;
        if (name is not null)
            definitions[name] = module;
    }

    public void Add(string? name, WasmInstance instance)
    {
        latestInstance = instance;
        if (name is not null)
            instances[name] = instance;
    }

    public WasmModule Definition(string? name) => (name is null ? latestDefinition : definitions.GetValueOrDefault(name))
        ?? throw new MismatchException(name is null ? "no module was defined before" : $"there is no module {name}");

    public WasmInstance Instance(string? name) => (name is null ? latestInstance : instances.GetValueOrDefault(name))
        ?? throw new MismatchException(name is null ? "no module was instantiated before" : $"there is no instance {name}");

    public void Dispose() => Runtime.Dispose();
}

/// <summary>An assertion does not hold.</summary>
internal sealed class MismatchException(string message) : Exception(message);
