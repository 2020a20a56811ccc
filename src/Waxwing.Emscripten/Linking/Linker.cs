using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Linking;

/// <summary>
/// Dynamic linking: main and side modules in one memory and one table. Each side module gets a place in both; what modules know of each other by address is in a global offset table, one
/// mutable global for each symbol, which is filled as definitions appear. The first definition of a symbol counts.
/// </summary>
internal sealed partial class Linker(EmscriptenHost host) : ILinkScope, IDisposable
{
    private const uint GlobalBase = 1024, FirstTableIndex = 1;

    private readonly Dictionary<string, Symbol> symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WasmGlobal> offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Library> libraries = new(StringComparer.Ordinal);
    private readonly Dictionary<WasmFunction, uint> indices = new(ReferenceEqualityComparer.Instance);
    private readonly Lock gate = new();

    // In order, and what got a place in the table by itself: threads need the same.
    private readonly List<Library> loaded = [];
    private readonly List<(uint Index, string Name)> added = [];
    private readonly List<ThreadLink> threads = [];
    private WasmGlobal? stackPointer;
    private uint stackTop;
    private Placement mainPlace;
    private int indexed;

    /// <summary>Where a module's data and table entries are.</summary>
    public readonly record struct Placement(uint MemoryBase, uint TableBase);

    /// <summary>Whether the main module is of a version with 32-bit times; decides the layout of structures.</summary>
    public bool IsOldLayout { get; set; }

    /// <summary>Whether the program is linked dynamically.</summary>
    public bool IsActive => stackPointer is not null;

    public Placement MainPlace => mainPlace;

    /// <summary>Entries that the main module puts in a table which the host makes; 0 if it is not linked dynamically.</summary>
    public long SmallestTable { get; private set; }

    /// <summary>The main module's section, if it is linked dynamically.</summary>
    public Dylink MainSection { get; private set; } = null!;

    /// <summary>The side modules in the order in which they were loaded.</summary>
    public IReadOnlyList<Library> Loaded => loaded;

    public WasmTable? Table => host.HasInstance ? Main.Table : null;

    private GuestThread Main => host.MainThread;

    /// <summary>Lays out the main module's part of the memory: its data, the stack above, the heap from there.</summary>
    public void PlaceMain(WasmModule module, Dylink dylink)
    {
        const uint SmallestStack = 4096;
        var memory = module.Imports.Select(import => import.Type.Memory).FirstOrDefault(type => type is not null);
        if (memory is not { } type)
            throw new WasmLinkException("incompatible import type: a dynamically linked main module imports its memory, this one does not", []);
        var data = Align(GlobalBase, dylink.MemoryAlignment);
        var low = Align((long)data + dylink.MemorySize, 4);
        var length = Math.Min(type.Minimum << 16, uint.MaxValue);
        var stack = Math.Min(host.Options.StackBytes, (length - low) / 2) & ~15L;
        if (stack < SmallestStack)
            throw new WasmLinkException($"memory too small: the module's data ends at {low} and its memory of {length} bytes leaves no room for a stack", []);
        var high = (uint)(low + stack);
        mainPlace = new((uint)data, FirstTableIndex);
        SmallestTable = FirstTableIndex + (long)dylink.TableSize;
        MainSection = dylink;
        stackPointer = Variable(stackTop = high);
        Offset("__stack_low").Value = (int)low;
        Offset("__stack_high").Value = (int)high;
        Offset("__heap_base").Value = (int)high;
        Offset("__heap_end").Value = (int)length;
    }

    public WasmGlobal? Global(ImportType import, Placement place) => IsActive ? Global(import, place, stackPointer!, Offset) : null;

    /// <summary>A global that a module imports, of the program or of a thread.</summary>
    public static WasmGlobal? Global(ImportType import, Placement place, WasmGlobal stackPointer, Func<string, WasmGlobal> offsets)
    {
        if (import.Type.Global is not { Type.Kind: ValueKind.I32 })
            return null;
        return (import.Module, import.Name) switch
        {
            ("env", "__stack_pointer") => stackPointer,
            ("env", "__memory_base") => Constant(place.MemoryBase),
            ("env", "__table_base") => Constant(place.TableBase),
            ("GOT.mem" or "GOT.func", var name) => offsets(name),
            _ => null,
        };
    }

    /// <summary>What a thread needs of the program.</summary>
    /// <exception cref="WasmLinkException">A limit is exceeded.</exception>
    public ThreadLink LinkThread(CancellationToken token)
    {
        lock (gate)
        {
            var thread = new ThreadLink(host, this, Main.Table!, stackTop, token);
            thread.Complete(added);
            threads.Add(thread);
            return thread;
        }
    }

    /// <summary>A thread has ended.</summary>
    public void Forget(ThreadLink thread)
    {
        lock (gate)
            threads.Remove(thread);
        thread.Dispose();
    }

    /// <summary>The main thread's own variables of the main module.</summary>
    public void InitialiseThreadLocals(CancellationToken token)
    {
        if (IsActive)
            InitialiseThreadLocals(Main.Instance, Symbols.Of(Main.Instance, mainPlace.MemoryBase, MainSection), Offset, token);
    }

    /// <summary>Has a module make its variables for the current thread, and notes where they are.</summary>
    public static void InitialiseThreadLocals(WasmInstance instance, Dictionary<string, Symbol> symbols, Func<string, WasmGlobal> offsets, CancellationToken token)
    {
        if (!(instance.TryGetFunction("_emscripten_tls_init", out var function) || instance.TryGetFunction("emscripten_tls_init", out function)) || function.Type.Parameters.Count > 0)
            return;
        if (function.Invoke(token) is not [{ Kind: ValueKind.I32 } place] || (int)place == 0)
            return;
        foreach (var (name, symbol) in symbols)
        {
            if (symbol.IsThreadLocal)
                offsets(name).Value = (int)place + (int)symbol.Address;
        }
    }

    /// <summary>What a global offset has for a name: 0 for what is each thread's own.</summary>
    public uint Address(string name)
    {
        lock (gate)
            return symbols.TryGetValue(name, out var symbol) && symbol.IsThreadLocal ? 0 : (uint)Offset(name).Value;
    }

    /// <summary>A function by its name, of any module that is loaded.</summary>
    public WasmFunction? Function(string name)
    {
        lock (gate)
            return symbols.GetValueOrDefault(name).Function;
    }

    /// <summary>A function that may come with a module loaded later: found at its first call.</summary>
    public static WasmFunction Later(ImportType import, ILinkScope scope)
    {
        var type = import.Type.Function!;
        WasmFunction? found = null;
        return WasmFunction.FromRaw([.. type.Parameters], [.. type.Results], (caller, arguments, results) =>
        {
            found ??= scope.Function(import.Name);
            if (found is null)
                throw new WasmTrapException(TrapCode.Unreachable, $"unknown import: {import} is called, and no loaded module exports it");
            if (found.Type != type)
                throw new WasmTrapException(TrapCode.IndirectCallTypeMismatch, $"{import} is called, a loaded module exports it as {found.Type}");
            found.Invoke(arguments, results, caller.CancellationToken);
        });
    }

    /// <summary>The main module is instantiated: its symbols, and its addresses in data.</summary>
    public void FinishMain(Dylink dylink, CancellationToken token)
    {
        Define(Symbols.Of(Main.Instance, mainPlace.MemoryBase, dylink));
        Main.CallIfExported(token, "__wasm_apply_data_relocs", []);
        foreach (var name in dylink.Libraries)
            Load(name, Resolve(name, token) ?? throw new WasmLinkException($"unknown import: the main module needs the side module \"{name}\", which nobody provides", []), token);
    }

    public void Dispose()
    {
        foreach (var library in libraries.Values.Distinct())
            library.Instance.Dispose();
    }

    /// <summary>The index in the table by which guests call a function; one is added if it has none.</summary>
    private uint IndexOf(string name, WasmFunction function)
    {
        var table = Main.Table ?? throw new WasmTrapException(TrapCode.UndefinedElement, "the program has no table for functions");
        for (; indexed < table.Length; indexed++)
        {
            if (table[indexed] is WasmFunction present)
                indices.TryAdd(present, (uint)indexed);
        }
        if (indices.TryGetValue(function, out var index))
            return index;
        var place = table.Grow(1, function);
        if (place < 0)
            throw new WasmLinkException($"table refused: it cannot grow for the address of {function}", []);
        indexed = (int)place + 1;
        added.Add(((uint)place, name));
        foreach (var thread in threads)
            thread.Complete([((uint)place, name)]);
        return indices[function] = (uint)place;
    }

    private uint AddressOf(string name, Symbol symbol) =>
        symbol.IsThreadLocal ? (uint)(offsets.TryGetValue(name, out var offset) ? (int)offset.Value : 0) : symbol.Function is { } function ? IndexOf(name, function) : symbol.Address;

    /// <summary>Adds definitions; global offsets that waited for them are filled.</summary>
    private void Define(Dictionary<string, Symbol> defined)
    {
        lock (gate)
        {
            foreach (var (name, symbol) in defined)
                symbols.TryAdd(name, symbol);
            foreach (var (name, offset) in offsets)
            {
                if ((int)offset.Value == 0 && symbols.TryGetValue(name, out var symbol))
                    offset.Value = (int)AddressOf(name, symbol);
            }
        }
    }

    private WasmGlobal Offset(string name)
    {
        lock (gate)
        {
            if (!offsets.TryGetValue(name, out var offset))
            {
                offsets[name] = offset = Variable(0);
                if (symbols.TryGetValue(name, out var symbol))
                    offset.Value = (int)AddressOf(name, symbol);
            }
            return offset;
        }
    }

    private static long Align(long address, int power) => (address + (1L << power) - 1) >> power << power;

    private static WasmGlobal Constant(uint value) => new(new(ValueType.I32, false), value);

    /// <summary>A global of a module's linker: it can be set.</summary>
    public static WasmGlobal Variable(uint value) => new(new(ValueType.I32, true), value);
}
