using System.Reflection;
using Waxwing.Syntax;

namespace Waxwing.Compiler;

/// <summary>Code that begins at a loop.</summary>
/// <param name="Address">Of a function that has all locals as parameters.</param>
/// <param name="Entry">The way in: see <see cref="Stubs.Entry"/>.</param>
internal sealed record LoopCode(nint Address, nint Entry);

/// <summary>
/// The compiled functions of a module that is interpreted at first: an assembly for each batch of functions that were found to be called often, in the order in which that happened, and one for each
/// loop that the interpreter was in for long. What was not compiled before is called by way of <see cref="FunctionCodes"/>, and so may stay interpreted. Thread-safe.
/// </summary>
internal sealed class HotCode(CompiledCode code, CodeLoader loader)
{
    /// <summary>Bytes of function bodies in a batch, about.</summary>
    private const int BatchBytes = 64 << 10;

    /// <summary>A function is entered at so many of its loops: each time it is compiled as a whole, and calls that began after the first time begin in compiled code.</summary>
    private const int MaximumLoops = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<int, (int Number, int Row)> placed = [];
    private readonly Dictionary<int, LoopCode?> loops = [];
    private readonly Dictionary<int, int> loopsOf = [];
    private readonly List<(Assembly Assembly, UnitMap Map)> assemblies = [];

    /// <summary>Functions that code refers to without calling them directly.</summary>
    public ReferencedFunctions Referenced { get; } = new();

    /// <summary>So many of the functions that the interpreter gave up are in batches already.</summary>
    private int taken;

    /// <summary>The offsets of an assembly's methods.</summary>
    public UnitMap? MapOf(int number)
    {
        lock (gate)
            return number < assemblies.Count ? assemblies[number].Map : null;
    }

    /// <summary>The address of a function's code, made if it was not yet; 0 if the process has no room for more.</summary>
    public nint AddressOf(int function)
    {
        lock (gate)
        {
            if (!placed.TryGetValue(function, out var place))
            {
                if (!TryAddBatch(function))
                    return 0;
                place = placed[function];
            }
            return CompiledCode.MethodOf(assemblies[place.Number].Assembly, place.Row).GetFunctionPointer();
        }
    }

    /// <summary>The code of a function from a loop on; null if it cannot be entered there, or the process has no room.</summary>
    public LoopCode? FindLoop(int function, int loop)
    {
        lock (gate)
        {
            if (!loops.TryGetValue(loop, out var found))
                loops.Add(loop, found = MakeLoop(function, loop));
            return found;
        }
    }

    private bool TryAddBatch(int wanted)
    {
        List<int> chosen = [wanted];
        var hot = code.Module.Interpreter.Promoted;
        for (var bytes = 0; taken < hot.Length && bytes < BatchBytes; taken++)
        {
            var function = hot[taken];
            if (function == wanted || placed.ContainsKey(function))
                continue;
            chosen.Add(function);
            bytes += code.Module.Units.BodyBytes(function);
        }
        return TryAdd(new Batch(this, WithCallees(chosen)), loop: -1) is not null;
    }

    private LoopCode? MakeLoop(int function, int loop)
    {
        if ((loopsOf[function] = loopsOf.GetValueOrDefault(function) + 1) > MaximumLoops)
            return null;
        return TryAdd(new Batch(this, WithCallees([function]), isEntered: true), loop) is { } map
            ? new(CompiledCode.MethodOf(assemblies[^1].Assembly, 1).GetFunctionPointer(), CompiledCode.MethodOf(assemblies[^1].Assembly, map.Count).GetFunctionPointer())
            : null;
    }

    /// <summary>Adds what functions call that is often called too, so that they do it directly, or have it inlined. RyuJIT compiles of that what is really called.</summary>
    private List<int> WithCallees(List<int> functions)
    {
        var known = new HashSet<int>(functions);
        var bytes = 0;
        for (var i = 0; i < functions.Count && bytes < BatchBytes; i++)
        {
            foreach (var callee in code.Module.Interpreter.CalleesOf(functions[i]))
            {
                if (placed.ContainsKey(callee) || !code.Module.Interpreter.IsWarm(callee) || !known.Add(callee))
                    continue;
                functions.Add(callee);
                bytes += code.Module.Units.BodyBytes(callee);
            }
        }
        return functions;
    }

    private UnitMap? TryAdd(Batch batch, int loop)
    {
        var writer = new UnitWriter(batch);
        if (code.EmitFunctions(writer, batch, loop) is not { } map || loader.TryLoadFurther(batch.Name, writer.Finish()) is not { } assembly)
            return null;
        foreach (var (function, row) in batch.Rows)
            placed[function] = (assemblies.Count, row);
        assemblies.Add((assembly, map));
        return map;
    }

    /// <summary>The next assembly. Used under the lock.</summary>
    /// <param name="owner">Where it belongs.</param>
    /// <param name="functions">What it has methods for.</param>
    /// <param name="isEntered">Whether the first is entered in the middle: who calls that function calls it from the beginning, which is another method.</param>
    private sealed class Batch(HotCode owner, List<int> functions, bool isEntered = false) : CodePlacement(owner.code.Module.Units)
    {
        public Dictionary<int, int> Rows { get; } = functions.Index().Skip(isEntered ? 1 : 0).ToDictionary(place => place.Item, place => place.Index + 1);

        public override string Name { get; } = CodeUnits.HotName(owner.assemblies.Count);

        public override IReadOnlyList<int> Functions => functions;

        public override bool IsPlaced(int function)
        {
            if (Rows.ContainsKey(function) || owner.placed.ContainsKey(function))
                return true;
            owner.Referenced.Add(function);
            return false;
        }

        public override int RowOf(int function) => Rows.GetValueOrDefault(function);

        public override string AssemblyOf(int function) => CodeUnits.HotName(owner.placed[function].Number);
    }

    private readonly CompiledCode code = code;
}

/// <summary>A set of functions that remembers the order. One thread at a time adds; all may read.</summary>
internal sealed class ReferencedFunctions
{
    private readonly HashSet<int> known = [];
    private int[] functions = new int[64];
    private int count;

    public int Count => Volatile.Read(ref count);

    public int this[int index] => Volatile.Read(ref functions)[index];

    public void Add(int function)
    {
        if (!known.Add(function))
            return;
        if (count == functions.Length)
        {
            var larger = new int[2 * count];
            functions.CopyTo(larger, 0);
            Volatile.Write(ref functions, larger);
        }
        functions[count] = function;
        Volatile.Write(ref count, count + 1);
    }
}
