using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Linking;

/// <summary>
/// Dynamic linking: main and side modules in one memory and one table. Each side module gets a place in both; what modules know of each other by address is in a global offset table, one
/// mutable global for each symbol, which is filled as definitions appear. The first definition of a symbol counts.
/// </summary>
internal sealed partial class Linker(EmscriptenHost host) : IDisposable
{
    private const uint GlobalBase = 1024, FirstTableIndex = 1;

    private readonly Dictionary<string, Symbol> symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WasmGlobal> offsets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Library> libraries = new(StringComparer.Ordinal);
    private readonly Dictionary<WasmFunction, uint> indices = new(ReferenceEqualityComparer.Instance);
    private readonly Lock gate = new();
    private WasmGlobal? stackPointer;
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

    private GuestThread Main => host.MainThread;

    /// <summary>Lays out the main module's part of the memory: its data, the stack above, the heap from there.</summary>
    public void PlaceMain(WasmModule module, Dylink dylink)
    {
        const uint SmallestStack = 4096;
        var memory = module.Imports.Select(import => import.Type.Memory).FirstOrDefault(type => type is not null);
        if (memory is not { } type)
            throw new WasmLinkException("incompatible import type: a dynamically linked main module imports its memory, this one does not", []);
        // Each thread would need instances of all modules, with a table, a stack pointer and global offsets of its own.
        if (type.Shared)
        {
            throw new WasmLinkException(
                "threads with dynamic linking: the module is built with -pthread and -sMAIN_MODULE together, which Emscripten calls experimental and this host does not support; build it with one of them", []);
        }
        var data = Align(GlobalBase, dylink.MemoryAlignment);
        var low = Align((long)data + dylink.MemorySize, 4);
        var length = Math.Min(type.Minimum << 16, uint.MaxValue);
        var stack = Math.Min(host.Options.StackBytes, (length - low) / 2) & ~15L;
        if (stack < SmallestStack)
            throw new WasmLinkException($"memory too small: the module's data ends at {low} and its memory of {length} bytes leaves no room for a stack", []);
        var high = (uint)(low + stack);
        mainPlace = new((uint)data, FirstTableIndex);
        SmallestTable = FirstTableIndex + (long)dylink.TableSize;
        stackPointer = Variable(high);
        Offset("__stack_low").Value = (int)low;
        Offset("__stack_high").Value = (int)high;
        Offset("__heap_base").Value = (int)high;
        Offset("__heap_end").Value = (int)length;
    }

    /// <summary>A global that a module imports, or null if it is none of the linker's.</summary>
    public WasmGlobal? Global(ImportType import, Placement place)
    {
        if (!IsActive || import.Type.Global is not { Type.Kind: ValueKind.I32 })
            return null;
        return (import.Module, import.Name) switch
        {
            ("env", "__stack_pointer") => stackPointer,
            ("env", "__memory_base") => Constant(place.MemoryBase),
            ("env", "__table_base") => Constant(place.TableBase),
            ("GOT.mem" or "GOT.func", var name) => Offset(name),
            _ => null,
        };
    }

    /// <summary>A function by its name, of any module that is loaded.</summary>
    public WasmFunction? Function(string name)
    {
        lock (gate)
            return symbols.GetValueOrDefault(name).Function;
    }

    /// <summary>A function that may come with a module loaded later: found at its first call.</summary>
    public WasmFunction Later(ImportType import)
    {
        var type = import.Type.Function!;
        WasmFunction? found = null;
        return WasmFunction.FromRaw([.. type.Parameters], [.. type.Results], (caller, arguments, results) =>
        {
            found ??= Function(import.Name);
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
        Define(Symbols.Of(Main.Instance, mainPlace.MemoryBase));
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
    private uint IndexOf(WasmFunction function)
    {
        var table = Main.Table ?? throw new WasmTrapException(TrapCode.UndefinedElement, "the program has no table for functions");
        for (; indexed < table.Length; indexed++)
        {
            if (table[indexed] is WasmFunction present)
                indices.TryAdd(present, (uint)indexed);
        }
        if (indices.TryGetValue(function, out var index))
            return index;
        var added = table.Grow(1, function);
        if (added < 0)
            throw new WasmLinkException($"table refused: it cannot grow for the address of {function}", []);
        indexed = (int)added + 1;
        return indices[function] = (uint)added;
    }

    private uint AddressOf(Symbol symbol) => symbol.Function is { } function ? IndexOf(function) : symbol.Address;

    /// <summary>Adds definitions; global offsets that waited for them are filled.</summary>
    private void Define(Dictionary<string, Symbol> added)
    {
        lock (gate)
        {
            foreach (var (name, symbol) in added)
                symbols.TryAdd(name, symbol);
            foreach (var (name, offset) in offsets)
            {
                if ((int)offset.Value == 0 && symbols.TryGetValue(name, out var symbol))
                    offset.Value = (int)AddressOf(symbol);
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
                    offset.Value = (int)AddressOf(symbol);
            }
            return offset;
        }
    }

    private static long Align(long address, int power) => (address + (1L << power) - 1) >> power << power;

    private static WasmGlobal Constant(uint value) => new(new(ValueType.I32, false), value);

    private static WasmGlobal Variable(uint value) => new(new(ValueType.I32, true), value);
}
