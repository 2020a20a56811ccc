using System.Diagnostics.CodeAnalysis;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Waxwing.Binary;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>The code of a module in one variant, emitted unit by unit when first wanted, shared by all instances. Thread-safe.</summary>
internal sealed class CompiledCode
{
    private readonly CodeLoader loader;
    private readonly UnitMap?[] maps;
    private readonly ConcurrentQueue<FunctionEmitter> spares = [];
    private readonly HotCode hot;

    /// <summary>Whether only what proves to be called often is compiled.</summary>
    private readonly bool isTiered;

    public CompiledCode(CompiledModule module, CodeVariant variant)
    {
        (Module, Variant, isTiered) = (module, variant, module.IsTiered);
        maps = new UnitMap?[module.Units.Count];
        loader = new($"{module.Module.Name ?? "module"} {variant}", module.Module.IsCollectible, isTiered ? 0 : maps.Length, Emit) { Code = this };
        hot = new(this, loader);
    }

    public CompiledModule Module { get; }

    public CodeVariant Variant { get; }

    /// <summary>The functions that code refers to without calling them directly, in the order in which it came to be.</summary>
    public ReferencedFunctions Referenced => hot.Referenced;

    /// <summary>Whether the code can be loaded, with the stubs it needs.</summary>
    public bool TryOpen() => Module.Stubs.TryOpen() && loader.TryOpen();

    /// <summary>The address of a function's code, which the CLR compiles when it is first called; 0 if the process has no room for it.</summary>
    public nint AddressOf(int function)
    {
        if (isTiered)
            return hot.AddressOf(function);
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
    public int OffsetOf(int function, MethodBase method, int ilOffset)
    {
        var number = CodeUnits.HotOf(method.Module.Assembly.GetName().Name);
        return (number >= 0 ? hot.MapOf(number) : Volatile.Read(ref maps[Module.Units.UnitOf(function)]))?.Find((method.MetadataToken & 0xFFFFFF) - 1, ilOffset) ?? -1;
    }

    /// <summary>The code of a function from the beginning of a loop on, for who has been interpreting it; null if there is none.</summary>
    /// <param name="function">The function's index.</param>
    /// <param name="loop">Where in the module the loop is.</param>
    public LoopCode? FindLoop(int function, int loop) => TryOpen() ? hot.FindLoop(function, loop) : null;

    /// <summary>The assembly of a unit. Thread-safe.</summary>
    internal byte[] Emit(int unit)
    {
        var placement = new UnitPlacement(Module.Units, unit);
        var writer = new UnitWriter(placement);
        Volatile.Write(ref maps[unit], EmitFunctions(writer, placement));
        return writer.Finish();
    }

    /// <summary>Adds the methods of an assembly's functions.</summary>
    /// <param name="writer">Where they go.</param>
    /// <param name="placement">Which they are.</param>
    /// <param name="loop">Where in the module a loop of the first is, at which it is entered; a way in is added. -1 for none.</param>
    /// <returns>Null if the loop cannot be entered.</returns>
    internal UnitMap? EmitFunctions(UnitWriter writer, CodePlacement placement, int loop = -1)
    {
        var emitter = Rent(placement);
        var map = new UnitMap();
        var offsets = new List<(int, int)>();
        var parts = new List<MethodDraft>();
        SubType? entered = null;
        // Inlined frames are missed in backtraces; what RyuJIT learns by watching is worth that.
        var others = Module.Module.IsCollectible ? MethodImplAttributes.NoInlining : 0;
        foreach (var function in placement.Functions)
        {
            offsets.Clear();
            var type = placement.TypeOf(function);
            var isEntered = loop >= 0 && entered is null;
            if (isEntered)
                entered = type = FunctionEmitter.TypeFrom(Module.Module.Context, function);
            IlBuffer? Emit(bool isFrugal) => isEntered ? emitter.TryEmitLoop(function, loop, isFrugal) : emitter.EmitOrReport(function, isFrugal);
            var body = Emit(isFrugal: false);
            var isGiant = body is not null && GiantFunction.Is(body, type, Module.Giants);
            if (isGiant)
                body = Emit(isFrugal: true);
            // What is entered in the middle must not have regions there.
            if (body is null || (isEntered && isGiant && body.RegionCount > 0))
                return null;
            if (emitter.InterpretedBecause is { } reason)
                Module.Interpreted[function] = reason;
            if (isGiant)
                body = GiantFunction.Divide(function, type, body, emitter, placement.TypeOf, Module.Giants, parts);
            writer.AddMethod(CodeUnits.MethodName(function), writer.Tokens.FunctionSignature(type), body,
                isGiant ? MethodDraft.Separate : emitter.IsWorthInlining && !isEntered ? MethodImplAttributes.AggressiveInlining : others, offsets);
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
        if (entered is not null)
        {
            var entry = new IlBuffer();
            Stubs.EmitEntry(entry, entered);
            offsets.Clear();
            writer.AddMethod("enter", writer.Tokens.EntrySignature(), entry, 0, offsets);
            map.Add(offsets);
        }
        map.Finish();
        spares.Enqueue(emitter);
        return map;
    }

    private FunctionEmitter Rent(CodePlacement placement)
    {
        if (!spares.TryDequeue(out var emitter))
            emitter = new(Module.Module.Context, Variant) { Thresholds = Module.Giants };
        emitter.Placement = placement;
        return emitter;
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Generated assemblies are not trimmed.")]
    internal static RuntimeMethodHandle MethodOf(Assembly unit, int row) => unit.ManifestModule.ModuleHandle.GetRuntimeMethodHandleFromMetadataToken(0x06000000 | row);
}

/// <summary>Where the instructions of a unit's methods come from, in a few bytes each.</summary>
internal sealed class UnitMap
{
    private readonly List<int> starts = [];
    private readonly ByteWriter writer = new();
    private byte[] bytes = [];

    /// <summary>Methods added: the last one's row.</summary>
    public int Count { get; private set; }

    /// <summary>Rows of the methods, besides those of the functions, that are not inlined into others.</summary>
    public List<int> SeparateParts { get; } = [];

    public void Add(List<(int Il, int Module)> offsets)
    {
        starts.Add(writer.Length);
        Count++;
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
