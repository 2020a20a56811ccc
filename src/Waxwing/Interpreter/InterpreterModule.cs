using System.Runtime.InteropServices;
using Waxwing.Runtime;
using Waxwing.Validation;

namespace Waxwing.Interpreter;

/// <summary>The slot code of a module: an entry for every function it defines, translated on first call and shared by all instances.</summary>
internal sealed unsafe class InterpreterModule : ModuleCode
{
    private const int ChunkInstructions = 2048;

    /// <summary>Return address of the outermost frame, and of a frame whose caller is in another instance. They live for ever.</summary>
    public static readonly Instr* Exit = MakeInstruction(Handler.Of<Exit>());
    public static readonly Instr* ReturnToInstance = MakeInstruction(Handler.Of<Diverging<ReturnToInstance>>());

    private readonly Lock gate = new();
    private readonly CodeEntry* entries;
    private readonly int imported;
    private readonly List<nint> blocks = [];
    private readonly List<TranslatedFunction> functions = [];
    private readonly List<int> promoted = [];
    private readonly List<nint> candidates = [];
    private Instr* free;
    private int freeCount;

    public InterpreterModule(WasmModule module, bool metered, TierThresholds? tiers = null, bool? stepwise = null)
    {
        IsStepwise = stepwise ?? Stepwise.IsNeeded;
        Tiers = tiers;
        Module = module;
        Metered = metered;
        var context = module.Context;
        imported = context.ImportedFunctions;
        var count = context.FunctionTypes.Length - imported;
        entries = (CodeEntry*)NativeMemory.Alloc((nuint)Math.Max(count, 1), (nuint)sizeof(CodeEntry));
        var translate = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)Handler.Of<Diverging<Translate>>();
        var bridge = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)Handler.Of<Diverging<CallCompiled>>();
        for (var i = 0; i < count; i++)
        {
            var type = context.FunctionType(imported + i);
            var entry = entries + i;
            var signature = 8 * Math.Max(SlotsOf(type.Parameters), SlotsOf(type.Results));
            *entry = new CodeEntry { Code = &entry->Stub, HeaderOffset = signature, SignatureBytes = signature, Function = imported + i };
            entry->Stub.Run = translate;
            entry->Stub.Imm = (long)entry;
            if (tiers is null)
                continue;
            entry->CallsLeft = HalfOfCalls(entry->Function);
            entry->Bridge.Run = bridge;
            entry->Bridge.Imm = (long)entry;
        }
    }

    ~InterpreterModule()
    {
        foreach (var block in blocks)
            NativeMemory.Free((void*)block);
        NativeMemory.Free(entries);
    }

    public WasmModule Module { get; }

    /// <summary>Whether the code consumes fuel.</summary>
    public bool Metered { get; }

    /// <summary>When functions and loops go to a faster engine; null for never.</summary>
    public TierThresholds? Tiers { get; }

    /// <summary>Whether the code runs by way of <see cref="Stepwise"/>.</summary>
    public bool IsStepwise { get; }

    public CodeEntry* Entry(int function) => entries + (function - imported);

    public override InstanceCode Bind(WasmInstance instance) => new InterpreterInstance(this, instance);

    public override CodeParts Parts(WasmCompileOptions options)
    {
        const int Together = 64;
        var count = Module.Context.Module.Code.Count;
        int Functions(int part) => Math.Min(Together, count - part * Together);
        return new((count + Together - 1) / Together, Functions, part =>
        {
            for (var i = 0; i < Functions(part); i++)
            {
                try
                {
                    Translate(Entry(imported + part * Together + i));
                }
                catch (WasmException)
                {
                    // Invalid, and not validated at load: the first call says so.
                }
            }
        });
    }

    /// <summary>Translates a function, once.</summary>
    public void Translate(CodeEntry* entry)
    {
        lock (gate)
        {
            if (entry->FrameBytes != 0)
                return;
            var translator = Translator.Rent(this, entry->Function);
            FunctionValidator.Walk(Module.Context, entry->Function - imported, ref translator.Consumer);
            var function = translator.Finish(out var frameBytes);
            Insert(function);
            entry->FrameBytes = frameBytes;
            entry->Interpreted = function.Code;
            if (function.IsForCompiler)
                promoted.Add(entry->Function);
            // Callers on other threads read Code without the lock: everything it leads to is written before.
            Volatile.Write(ref *(nint*)&entry->Code, (nint)(function.IsForCompiler ? &entry->Bridge : function.Code));
            // Only now: one that an invalid body stopped in the middle of its work is not used again.
            translator.Release();
        }
    }

    /// <summary>The slot code of a function, translated if it was not yet.</summary>
    public TranslatedFunction Translate(int function)
    {
        var entry = Entry(function);
        Translate(entry);
        return Find(entry->Interpreted);
    }

    /// <summary>Room for instructions, from blocks that live as long as this object. Called under the lock.</summary>
    public Instr* Allocate(int count)
    {
        if (count > freeCount)
        {
            var size = Math.Max(count, ChunkInstructions);
            free = (Instr*)AllocateBlock((nuint)size * (nuint)sizeof(Instr));
            freeCount = size;
        }
        var result = free;
        free += count;
        freeCount -= count;
        return result;
    }

    /// <summary>Room for a branch table.</summary>
    public void* AllocateBlock(nuint bytes)
    {
        var block = NativeMemory.Alloc(bytes);
        blocks.Add((nint)block);
        return block;
    }

    /// <summary>Whether a function was found to be called often, or is not to be interpreted at all.</summary>
    public bool IsPromoted(int function) => Entry(function) is var entry && Volatile.Read(ref *(nint*)&entry->Code) == (nint)(&entry->Bridge);

    /// <summary>Whether a function was called so often that it is likely to be promoted, or at all if it is small enough to be inlined.</summary>
    public bool IsWarm(int function)
    {
        const int Tiny = 40;
        var entry = Entry(function);
        if (entry->FrameBytes == 0)
            return false;
        var bytes = Module.Context.Module.Code[function - imported].Range.Length;
        return bytes <= Tiny || entry->IsCandidate || entry->CallsLeft <= HalfOfCalls(function) * 3L / 4;
    }

    /// <summary>Of the calls after which a function is compiled, half: those that make it a candidate, or those after that.</summary>
    private int HalfOfCalls(int function) => Tiers!.Calls / 2 * TierThresholds.Weight(Module.Context.Module.Code[function - imported].Range.Length);

    /// <summary>What a function calls directly, as far as that is known.</summary>
    public int[] CalleesOf(int function) => Entry(function)->FrameBytes == 0 ? [] : Find(Entry(function)->Interpreted).Callees;

    /// <summary>Counts anew, for a function that could not be promoted where it was found.</summary>
    public void Postpone(CodeEntry* entry) => entry->CallsLeft = HalfOfCalls(entry->Function);

    /// <summary>Functions that are for a faster engine, in the order in which that was found.</summary>
    public int[] Promoted
    {
        get
        {
            lock (gate)
                return [.. promoted];
        }
    }

    /// <summary>Half of the calls after which a function is compiled were counted: when the other half is, or another function's, it goes too. So several are compiled at once.</summary>
    /// <param name="entry">The function.</param>
    /// <param name="atOnce">Whether that is enough: one of its loops goes to compiled code.</param>
    public void Promote(CodeEntry* entry, bool atOnce)
    {
        lock (gate)
        {
            if (!entry->IsCandidate)
            {
                entry->IsCandidate = true;
                candidates.Add((nint)entry);
                if (!atOnce)
                {
                    entry->CallsLeft = HalfOfCalls(entry->Function);
                    return;
                }
            }
            PromoteCandidates();
        }
    }

    private void PromoteCandidates()
    {
        foreach (CodeEntry* candidate in candidates)
        {
            candidate->CallsLeft = int.MaxValue;
            if (candidate->Code == &candidate->Bridge)
                continue;
            promoted.Add(candidate->Function);
            Volatile.Write(ref *(nint*)&candidate->Code, (nint)(&candidate->Bridge));
        }
        candidates.Clear();
    }

    /// <summary>The function whose code an address lies in.</summary>
    public TranslatedFunction Find(Instr* pc) => TryFind(pc) ?? throw new InvalidOperationException("no guest code at this address");

    public TranslatedFunction? TryFind(Instr* pc)
    {
        lock (gate)
        {
            var index = IndexAfter(pc) - 1;
            return index >= 0 && pc < functions[index].Code + functions[index].Count ? functions[index] : null;
        }
    }

    // Sorted by address; blocks are mostly handed out in ascending order, so this nearly always appends.
    private void Insert(TranslatedFunction function) => functions.Insert(IndexAfter(function.Code), function);

    private int IndexAfter(Instr* pc)
    {
        var (low, high) = (0, functions.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (functions[middle].Code <= pc)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    internal static int SlotsOf(ReadOnlySpan<Syntax.ValType> types)
    {
        var slots = 0;
        foreach (var type in types)
            slots += type.Slots;
        return slots;
    }

    private static Instr* MakeInstruction(nint handler)
    {
        var instruction = (Instr*)NativeMemory.AllocZeroed((nuint)sizeof(Instr));
        instruction->Run = (delegate*<Instr*, byte*, byte*, ulong, Activation, long, double, nint>)handler;
        return instruction;
    }
}

/// <summary>A module's slot code bound to an instance.</summary>
internal sealed unsafe class InterpreterInstance : InstanceCode
{
    private readonly nint[] globalCells;

    public InterpreterInstance(InterpreterModule module, WasmInstance instance)
    {
        Module = module;
        globalCells = GC.AllocateArray<nint>(Math.Max(1, instance.Globals.Length), pinned: true);
        for (var i = 0; i < instance.Globals.Length; i++)
            globalCells[i] = (nint)instance.Globals[i].Cell;
        GlobalCells = (nint*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref globalCells[0]);
    }

    public InterpreterModule Module { get; }

    /// <summary>Addresses of the globals' cells; the array is pinned and held by this object.</summary>
    public nint* GlobalCells { get; }

    public override InterpreterInstance Interpreter => this;

    public override void Attach(WasmFunction function) => function.Entry = (nint)Module.Entry(function.Index);

    public override void Invoke(WasmFunction function, Span<ulong> slots, Span<object?> references, CancellationToken cancellation) =>
        Activation.OfThread.Invoke(function, slots, references, cancellation);

    public override ValueTask InvokeAsync(WasmFunction function, ulong[] slots, object?[] references, CancellationToken cancellation) =>
        new Activation(4 << 10, isAsync: true).InvokeAsync(function, slots, references, cancellation);
}
