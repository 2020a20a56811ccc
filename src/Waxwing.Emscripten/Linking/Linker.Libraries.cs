using Waxwing.Emscripten.Files;
using Waxwing.Emscripten.Threads;

namespace Waxwing.Emscripten.Linking;

// Side modules: finding, loading, dlopen and dlsym.
internal sealed partial class Linker
{
    private const int MaximumLibraries = 10_000;

    private readonly Dictionary<uint, Library> handles = [];

    /// <summary>The side module of a name, loaded with all that it needs; the one there is, if it is loaded.</summary>
    /// <exception cref="WasmLinkException">It, or one that it needs, is missing or cannot be linked.</exception>
    public Library Load(string name, WasmModule module, CancellationToken token)
    {
        if (libraries.TryGetValue(name, out var found))
            return found;
        // Modules may need each other in chains of any length: what waits is on a stack of our own.
        var waiting = new Stack<(string Name, WasmModule Module, Dylink Dylink, bool HasNeeds)>();
        var seen = new HashSet<string>(StringComparer.Ordinal) { name };
        waiting.Push((name, module, SectionOf(name, module), false));
        while (waiting.TryPop(out var next))
        {
            if (next.HasNeeds)
            {
                found = Instantiate(next.Name, next.Module, next.Dylink, token);
                continue;
            }
            waiting.Push(next with { HasNeeds = true });
            foreach (var needed in next.Dylink.Libraries.Reverse())
            {
                if (libraries.ContainsKey(needed) || !seen.Add(needed))
                    continue;
                var side = Resolve(needed, token) ?? throw new WasmLinkException($"unknown import: \"{next.Name}\" needs the side module \"{needed}\", which nobody provides", []);
                waiting.Push((needed, side, SectionOf(needed, side), false));
            }
        }
        return found!;
    }

    /// <summary>dlopen: 1, or 0 with the guest's error text set.</summary>
    public int Open(GuestThread caller, uint handle, string name, CancellationToken token)
    {
        // The library's own name for the program itself, which it opens first: what it finds there are the symbols of all.
        if (name == "__main__")
            return 1;
        try
        {
            if (!libraries.TryGetValue(name, out var library))
            {
                var module = Resolve(name, token);
                if (module is null)
                    return Fail(caller, $"Could not load dynamic lib: {name}: there is no such file", token);
                library = Load(name, module, token);
            }
            lock (gate)
                handles[handle] = library;
            return 1;
        }
        catch (WasmException problem) when (problem is WasmLinkException or WasmFormatException or WasmValidationException)
        {
            return Fail(caller, $"Could not load dynamic lib: {name}: {problem.Message}", token);
        }
    }

    /// <summary>dlsym: an address, or 0 with the guest's error text set.</summary>
    public int FindSymbol(GuestThread caller, uint handle, string name, CancellationToken token)
    {
        lock (gate)
        {
            if ((handles.TryGetValue(handle, out var library) ? library.Symbols : symbols).TryGetValue(name, out var symbol))
                return (int)(symbol.IsThreadLocal && caller.Link is { } link ? link.ThreadLocal(name) : AddressOf(name, symbol));
        }
        return Fail(caller, $"Tried to lookup unknown symbol \"{name}\" in dynamic lib", token);
    }

    private Library Instantiate(string name, WasmModule module, Dylink dylink, CancellationToken token)
    {
        if (libraries.Count == MaximumLibraries)
            throw new WasmLinkException($"too many side modules: {MaximumLibraries} are loaded", []);
        // Its instances for threads would have to be made, and their variables, while these run.
        if (host.Threads.Count > 0)
            throw new WasmLinkException($"threads with dynamic linking: \"{name}\" is to be loaded while {host.Threads.Count} other threads run; load side modules before, or list them when linking", []);
        var place = Place(name, dylink, token);
        var instance = host.Runtime.Instantiate(module, imports: host.Supply.For(module, place, this), cancellation: token);
        var library = new Library(instance, Symbols.Of(instance, place.MemoryBase, dylink), module, dylink, place);
        libraries[name] = library;
        loaded.Add(library);
        Define(library.Symbols);
        InitialiseThreadLocals(instance, library.Symbols, Offset, token);
        Check(name, module, dylink);
        foreach (var initialiser in (ReadOnlySpan<string>)["__wasm_apply_data_relocs", "__wasm_call_ctors", "__post_instantiate"])
        {
            if (instance.TryGetFunction(initialiser, out var function))
                function.Invoke(token);
        }
        return library;
    }

    /// <summary>Room in the heap and the table.</summary>
    private Placement Place(string name, Dylink dylink, CancellationToken token)
    {
        var memory = 0L;
        if (dylink.MemorySize > 0)
        {
            var size = dylink.MemorySize + (1L << dylink.MemoryAlignment);
            var block = size > uint.MaxValue ? 0 : Main.Allocate((uint)size, token);
            if (block == 0)
                throw new WasmLinkException($"memory refused: the program's heap has no {size} bytes for \"{name}\"", []);
            memory = Align(block, dylink.MemoryAlignment);
            // Data that starts as zero is in no segment.
            for (var cleared = 0L; cleared < dylink.MemorySize;)
            {
                var piece = (int)Math.Min(dylink.MemorySize - cleared, 1 << 30);
                Main.Memory.AsSpan(memory + cleared, piece).Clear();
                cleared += piece;
            }
        }
        if (Main.Table is not { } table)
            throw new WasmLinkException("incompatible import type: the main module neither imports nor exports __indirect_function_table", []);
        var first = table.Grow(dylink.TableSize);
        return first >= 0 ? new((uint)memory, (uint)first) : throw new WasmLinkException($"table refused: it cannot grow by {dylink.TableSize} entries for \"{name}\"", []);
    }

    /// <summary>What a side module knows by address must be somewhere by now, unless it may be missing.</summary>
    private void Check(string name, WasmModule module, Dylink dylink)
    {
        var missing = module.Imports.Where(import => import.Module is "GOT.mem" or "GOT.func" && (int)Offset(import.Name).Value == 0 && !dylink.IsWeak(import.Name)).ToList();
        lock (gate)
            missing.RemoveAll(import => symbols.ContainsKey(import.Name));
        if (missing.Count > 0)
            throw new WasmLinkException($"unknown import: no loaded module defines what \"{name}\" refers to: {string.Join(", ", missing.Select(import => import.Name))}", missing);
    }

    private Dylink SectionOf(string name, WasmModule module)
    {
        if (!IsActive)
            throw new WasmLinkException($"the main module is not built for dynamic linking (-sMAIN_MODULE), so \"{name}\" cannot be loaded", []);
        return Dylink.Find(module) ?? throw new WasmLinkException($"\"{name}\" is not a side module: it has no section dylink.0 (-sSIDE_MODULE)", []);
    }

    private WasmModule? Resolve(string name, CancellationToken token) =>
        host.Options.LibraryResolver?.Invoke(name) is { } module ? module
        : host.System.ReadFile(name, token) is { } bytes ? WasmModule.Load(bytes, WasmModuleOptions.Default with { Features = host.Runtime.Options.Features })
        : null;

    private static int Fail(GuestThread caller, string message, CancellationToken token)
    {
        var stack = caller.SaveStack(token);
        var text = message.Replace("%", "%%");
        var address = caller.AllocateStack((uint)System.Text.Encoding.UTF8.GetByteCount(text) + 16, token);
        caller.Memory.WriteCString(address, text);
        caller.CallIfExported(token, "__dl_seterr", [address, 0]);
        caller.RestoreStack(stack, token);
        return 0;
    }
}
