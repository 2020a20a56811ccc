using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Linking;

/// <summary>
/// What a thread has of a dynamically linked program: an instance of each module, over the same memory and at the same places, with a table, a stack pointer and global offsets of its own.
/// Function pointers mean the same in the tables of all threads, each its own instance's function.
/// </summary>
internal sealed class ThreadLink : ILinkScope, IDisposable
{
    private readonly Linker root;
    private readonly Dictionary<string, Symbol> symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WasmGlobal> offsets = new(StringComparer.Ordinal);
    private readonly List<(WasmInstance Instance, Dictionary<string, Symbol> Symbols)> modules = [];
    private readonly WasmGlobal stackPointer;

    /// <summary>Instantiates all modules of the program again; under the linker's gate, so that none is loaded meanwhile.</summary>
    /// <exception cref="WasmLinkException">A limit is exceeded.</exception>
    public ThreadLink(EmscriptenHost host, Linker root, WasmTable table, uint stackTop, CancellationToken token)
    {
        this.root = root;
        Table = new(table.Type with { Minimum = table.Length }, null, host.Runtime.Options.Limits);
        stackPointer = Linker.Variable(stackTop);
        try
        {
            var main = host.MainThread.Instance.Module;
            Add(host.Runtime.Instantiate(main, imports: host.Supply.For(main, root.MainPlace, this), cancellation: token), root.MainSection, root.MainPlace.MemoryBase);
            foreach (var library in root.Loaded)
                Add(host.Runtime.Instantiate(library.Module, imports: host.Supply.For(library.Module, library.Place, this), cancellation: token), library.Section, library.Place.MemoryBase);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The main module's instance.</summary>
    public WasmInstance Instance => modules[0].Instance;

    /// <summary>The instances of all modules.</summary>
    public IEnumerable<WasmInstance> Instances => modules.Select(module => module.Instance);

    public WasmTable Table { get; }

    public WasmGlobal? Global(ImportType import, Linker.Placement place) => Linker.Global(import, place, stackPointer, Offset);

    public WasmFunction? Function(string name) => symbols.GetValueOrDefault(name).Function;

    /// <summary>Where a variable that each thread has for itself is in this one; 0 if there is none of the name.</summary>
    public uint ThreadLocal(string name) => symbols.GetValueOrDefault(name).IsThreadLocal ? (uint)Offset(name).Value : 0;

    /// <summary>Puts functions that got their pointers later than their modules their places into this thread's table too.</summary>
    public void Complete(IReadOnlyList<(uint Index, string Name)> added)
    {
        foreach (var (index, name) in added)
        {
            var function = Function(name);
            if (index >= (uint)Table.Length)
                _ = Table.Grow(index + 1 - Table.Length);
            if (index < (uint)Table.Length)
                Table[(int)index] = function;
        }
    }

    /// <summary>Gives the thread its own variables; on it, with its stack.</summary>
    public void InitialiseThreadLocals(CancellationToken token)
    {
        foreach (var (instance, defined) in modules)
            Linker.InitialiseThreadLocals(instance, defined, Offset, token);
    }

    public void Dispose()
    {
        foreach (var (instance, _) in modules)
            instance.Dispose();
    }

    private void Add(WasmInstance instance, Dylink section, uint memoryBase)
    {
        var defined = Symbols.Of(instance, memoryBase, section);
        modules.Add((instance, defined));
        foreach (var (name, symbol) in defined)
            symbols.TryAdd(name, symbol);
    }

    private WasmGlobal Offset(string name)
    {
        if (!offsets.TryGetValue(name, out var offset))
            offsets[name] = offset = Linker.Variable(root.Address(name));
        return offset;
    }
}

/// <summary>Where a module that is linked dynamically finds what it imports: in the program, or in what a thread has of it.</summary>
internal interface ILinkScope
{
    /// <summary>The table; null if there is none yet.</summary>
    WasmTable? Table { get; }

    /// <summary>A global that a module imports, or null if it is none of the linker's.</summary>
    WasmGlobal? Global(ImportType import, Linker.Placement place);

    /// <summary>A function by its name, of any module that is loaded.</summary>
    WasmFunction? Function(string name);
}
