using System.Diagnostics.CodeAnalysis;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Waxwing.Binary;

namespace Waxwing.Compiler;

/// <summary>The code of a module in one variant, emitted unit by unit when first wanted, shared by all instances. Thread-safe.</summary>
internal sealed class CompiledCode
{
    private readonly CodeLoader loader;
    private readonly UnitMap?[] maps;
    private readonly ConcurrentQueue<FunctionEmitter> spares = [];

    public CompiledCode(CompiledModule module, CodeVariant variant)
    {
        (Module, Variant) = (module, variant);
        maps = new UnitMap?[module.Units.Count];
        loader = new($"{module.Module.Name ?? "module"} {variant}", module.Module.IsCollectible, maps.Length, Emit) { Code = this };
    }

    public CompiledModule Module { get; }

    public CodeVariant Variant { get; }

    /// <summary>Whether the code can be loaded, with the stubs it needs.</summary>
    public bool TryOpen() => Module.Stubs.TryOpen() && loader.TryOpen();

    /// <summary>The address of a function's code, which the CLR compiles when it is first called.</summary>
    public nint AddressOf(int function)
    {
        var unit = Module.Units.UnitOf(function);
        return MethodOf(loader.LoadUnit(unit), Module.Units.RowOf(function)).GetFunctionPointer();
    }

    /// <summary>Compiles all functions of a unit to machine code, those that were not called yet.</summary>
    public void Prepare(int unit)
    {
        if (!TryOpen())
            throw new InsufficientMemoryException("The process has no room for more code.");
        var assembly = loader.LoadUnit(unit);
        var (first, end) = Module.Units.Functions(unit);
        for (var row = 1; row <= end - first; row++)
            RuntimeHelpers.PrepareMethod(MethodOf(assembly, row));
        foreach (var row in maps[unit]!.SeparateParts)
            RuntimeHelpers.PrepareMethod(MethodOf(assembly, row));
    }

    /// <summary>Where in the module an IL offset of a function's code, or of a part of it, is, or -1.</summary>
    public int OffsetOf(int function, MethodBase method, int ilOffset) =>
        Volatile.Read(ref maps[Module.Units.UnitOf(function)])?.Find((method.MetadataToken & 0xFFFFFF) - 1, ilOffset) ?? -1;

    /// <summary>The assembly of a unit. Thread-safe.</summary>
    internal byte[] Emit(int unit)
    {
        var units = Module.Units;
        if (!spares.TryDequeue(out var emitter))
            emitter = new(Module.Module.Context, Variant) { Thresholds = Module.Giants };
        var writer = new UnitWriter(units, unit);
        var map = new UnitMap();
        var offsets = new List<(int, int)>();
        var parts = new List<MethodDraft>();
        // Inlined frames are missed in backtraces; what RyuJIT learns by watching is worth that.
        var others = Module.Module.IsCollectible ? MethodImplAttributes.NoInlining : 0;
        var (first, end) = units.Functions(unit);
        for (var function = first; function < end; function++)
        {
            offsets.Clear();
            var body = emitter.EmitOrReport(function);
            if (emitter.InterpretedBecause is { } reason)
                Module.Interpreted[function] = reason;
            var isGiant = GiantFunction.Is(body, units.TypeOf(function), Module.Giants);
            if (isGiant)
                body = GiantFunction.Divide(function, emitter, units.TypeOf, Module.Giants, parts);
            writer.AddMethod(CodeUnits.MethodName(function), writer.Tokens.FunctionSignature(units.TypeOf(function)), body,
                isGiant ? MethodDraft.Separate : emitter.IsWorthInlining ? MethodImplAttributes.AggressiveInlining : others, offsets);
            map.Add(offsets);
        }
        foreach (var part in parts)
        {
            offsets.Clear();
            writer.AddMethod(part.Name, writer.Tokens.PartSignature(part), part.Body, part.Options, offsets);
            map.Add(offsets);
            if (part.Options == MethodDraft.Separate)
                map.SeparateParts.Add(map.Count);
        }
        map.Finish();
        Volatile.Write(ref maps[unit], map);
        spares.Enqueue(emitter);
        return writer.Finish();
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    private static RuntimeMethodHandle MethodOf(Assembly unit, int row) => unit.ManifestModule.ModuleHandle.GetRuntimeMethodHandleFromMetadataToken(0x06000000 | row);
}

/// <summary>Where the instructions of a unit's methods come from, in a few bytes each.</summary>
internal sealed class UnitMap
{
    private readonly List<int> starts = [];
    private readonly ByteWriter writer = new();
    private byte[] bytes = [];

    /// <summary>Methods added so far: the last one's row.</summary>
    public int Count => starts.Count;

    /// <summary>Rows of the methods, besides those of the functions, that are not inlined into others.</summary>
    public List<int> SeparateParts { get; } = [];

    public void Add(List<(int Il, int Module)> offsets)
    {
        starts.Add(writer.Length);
        var (il, module) = (0, 0);
        foreach (var (nextIl, nextModule) in offsets)
        {
            writer.U32((uint)(nextIl - il));
            writer.U32((uint)(nextModule - module));
            (il, module) = (nextIl, nextModule);
        }
    }

    public void Finish()
    {
        starts.Add(writer.Length);
        bytes = writer.ToArray();
    }

    /// <summary>The module's offset of the last mark at or before an IL offset; before the first mark, that one's (RyuJIT does not always know where in a short method a fault was). -1 if there is none.</summary>
    public int Find(int row, int ilOffset)
    {
        var reader = new ByteReader(bytes, starts[row], starts[row + 1]);
        var (il, module, found) = (0, 0, -1);
        while (reader.Position < starts[row + 1])
        {
            il += (int)reader.ReadU32();
            module += (int)reader.ReadU32();
            if (il > ilOffset && found >= 0)
                break;
            found = module;
        }
        return found;
    }
}
