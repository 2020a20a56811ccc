using System.Runtime.CompilerServices;
using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// An instance on a thread: the last argument of every compiled function, and what its code reads. Used by its thread.
/// </summary>
internal sealed unsafe class GuestContext : Activation
{
    public GuestContext(CompiledInstance code, WasmInstance instance, GuestThread thread)
    {
        (Code, Instance, Thread) = (code, instance, thread);
        StackLimit = thread.StackLimit;
        stackFrom = thread.StackFrom;
        stackBytes = thread.StackBytes;
        presence = thread.Presence;
        Interruption = thread.Interruption;
        Results = thread.Results;
        ResultReferences = thread.ResultReferences;
        Memories = instance.Memories;
        Tables = instance.Tables;
        Globals = instance.Globals;
        Types = instance.Types;
        GlobalCells = code.GlobalCells;
        FunctionCodes = code.Codes(polled: false);
        PolledFunctionCodes = code.Codes(polled: true);
        isGuarded = code.IsGuarded && Memories.Length > 0;
        var imports = instance.Module.Context.ImportedFunctions;
        ImportCodes = new nint[imports];
        ImportTargets = new object?[imports];
        PolledImportCodes = new nint[imports];
        PolledImportTargets = new object?[imports];
    }

    // What emitted code reads, most used first.

    /// <summary>First byte of memory 0; it never moves if the code was compiled for guarded memories.</summary>
    public byte* MemoryBase;
    public nuint StackLimit;
    public int* Interruption;
    public nint* GlobalCells;
    public byte* Results;
    public object?[] ResultReferences;
    public WasmInstance Instance;
    public WasmTable[] Tables;
    public WasmMemory[] Memories;
    public WasmGlobal[] Globals;
    public DefinedType[] Types;

    /// <summary>What to call for an imported function; 0 until it was first called.</summary>
    public nint[] ImportCodes;

    /// <summary>The last argument of that call: the context of another instance whose compiled code is called, or an <see cref="ImportTarget"/>.</summary>
    public object?[] ImportTargets;
    public nint[] PolledImportCodes;
    public object?[] PolledImportTargets;

    /// <summary>Where functions of the instance are that its code does not call directly: <see cref="CompiledInstance.Codes"/>.</summary>
    public nint* FunctionCodes, PolledFunctionCodes;

    /// <summary>For the stubs that leave compiled code: the function of the instance to call, which is not compiled; -1 for <see cref="Callee"/>. Set before each such call, so that nothing is left of one that failed.</summary>
    public int CalleeIndex;

    /// <summary>For the same stubs: what else to call.</summary>
    public WasmFunction? Callee;

    /// <summary>For the stubs that lead to compiled code of other instances: which of the <see cref="Crossing"/>s. Set before each such call, too. (A number: to store a reference takes longer than all else.)</summary>
    private int crossing;

    /// <summary>For the same stubs: what to call.</summary>
    public nint CalleeAddress
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => crossings[crossing].Address;
    }

    /// <summary>For the same stubs: with which context.</summary>
    public GuestContext CalleeContext
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => crossings[crossing].Other;
    }

    /// <summary>Where instructions on many bytes are paid: code that is not metered pays too, from a number that it cannot use up.</summary>
    public ref long Fuel
    {
        get
        {
            if (Thread.FuelOwner is { } payer)
                return ref payer.FuelLeft;
            return ref unmetered;
        }
    }

    private long unmetered;

    /// <summary>Type index of a function of the index space.</summary>
    public int TypeOfFunction(int function) => Instance.Module.Context.FunctionTypes[function];

    public readonly CompiledInstance Code;
    public readonly GuestThread Thread;

    private readonly nuint stackFrom, stackBytes;
    private readonly int* presence;
    private readonly bool isGuarded;
    private bool reachesOthers;

    // Contexts that were called through tables and references; a new array for each more. Few, or functions that are passed in would keep alive what nobody uses any more.
    private const int MaximumOthers = 64;
    private GuestContext[] others = [];

    // The last calls of that kind, each at the place that its function's index gives it; empty or of a power of two.
    private Crossing[] crossings = [];
    private long generation = -1;

    /// <summary>Begins a stay, from the host or another instance: a memory that was given back meanwhile is found to be empty.</summary>
    /// <returns>For <see cref="Activation.End"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Enter()
    {
        var isNested = Begin();
        if (generation != ReclamationSignals.Generation)
            Refresh();
        return isNested;
    }

    /// <summary>Begins a stay if nothing needs care: nobody may stop the guest (then code with polls is wanted), the instance is not disposed.</summary>
    /// <returns>Whether it did. <paramref name="isNested"/> is for <see cref="Activation.End"/>.</returns>
    public bool TryEnter(out bool isNested)
    {
        isNested = Begin();
        // Only now: a disposal on another thread sees the stay, or this sees the disposal.
        if (!Instance.IsDisposed && !Thread.Cancellation.CanBeCanceled)
        {
            if (generation != ReclamationSignals.Generation)
                Refresh();
            return true;
        }
        End(isNested);
        return false;
    }

    /// <summary>The same in a few instructions, for most calls: refuses also on another thread than the context's, within a stay, when something was disposed, and where nobody knows whose stack is whose.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    [SkipLocalsInit]
    public bool TryEnterAtOnce()
    {
        byte here;
        // On the stack of a thread that has not ended, this is that thread.
        if ((nuint)(&here) - stackFrom >= stackBytes || *presence != 0 || IsActive)
            return false;
        Begin();
        if (generation == ReclamationSignals.Generation)
            return true;
        End(isNested: false);
        return false;
    }

    /// <summary>Makes another instance's context one that this code calls directly: a stay here is then one there, too.</summary>
    /// <param name="target">Where it is noted.</param>
    /// <param name="foreign">The context, of the same thread.</param>
    public void Bind(ref object? target, GuestContext foreign)
    {
        reachesOthers = true;
        // First the note: who gives a memory back sees that this stay reaches it, or this sees that it is gone.
        Volatile.Write(ref target, foreign);
        foreign.Refresh();
    }

    /// <summary>The context of another instance's code for this thread, noted as reached by this one's stays: what <see cref="Bind"/> is for imports.</summary>
    /// <returns>Null if there were too many.</returns>
    public GuestContext? FindOther(CompiledInstance code)
    {
        foreach (var other in others)
        {
            if (ReferenceEquals(other.Code, code))
                return other;
        }
        if (others.Length == MaximumOthers)
            return null;
        var foreign = code.Context;
        reachesOthers = true;
        Volatile.Write(ref others, [.. others, foreign]);
        foreign.Refresh();
        return foreign;
    }

    /// <summary>A function of another instance that was called through a table or a reference.</summary>
    /// <param name="Function">The function.</param>
    /// <param name="Type">As what it was called: an index of the caller's module.</param>
    /// <param name="IsPolled">In which copy.</param>
    /// <param name="Other">Its context.</param>
    /// <param name="Address">Its code.</param>
    /// <param name="Stub">What to call: see <see cref="Stubs.Cross"/>.</param>
    public readonly record struct Crossing(WasmFunction? Function, int Type, bool IsPolled, GuestContext Other, nint Address, nint Stub);

    /// <summary>Prepares such a call if there was one like it lately.</summary>
    /// <returns>What to call, or 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public nint TryCross(WasmFunction? function, int type, bool polled)
    {
        if (function is null || crossings.Length == 0)
            return 0;
        crossing = function.Index & (crossings.Length - 1);
        ref readonly var known = ref crossings[crossing];
        return ReferenceEquals(known.Function, function) && known.Type == type && known.IsPolled == polled ? known.Stub : 0;
    }

    /// <summary>Prepares such a call, and remembers it.</summary>
    public nint Cross(in Crossing made)
    {
        if (crossings.Length == 0)
            crossings = new Crossing[64];
        crossing = made.Function!.Index & (crossings.Length - 1);
        crossings[crossing] = made;
        return made.Stub;
    }

    internal override bool MayUse(WasmMemory memory) => Reachable().Exists(context => Array.IndexOf(context.Instance.Memories, memory) >= 0);

    /// <summary>Looks anew where the memories are, here and in the instances that are called directly. The stay has begun.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refresh()
    {
        var now = Volatile.Read(ref ReclamationSignals.Generation);
        if (!reachesOthers)
        {
            Refresh(now);
            return;
        }
        foreach (var context in Reachable())
            context.Refresh(now);
    }

    private void Refresh(long now)
    {
        if (isGuarded)
            MemoryBase = Memories[0].GuardedBase;
        generation = now;
    }

    /// <summary>This context and those that its code's imports lead to directly. On any thread.</summary>
    private List<GuestContext> Reachable()
    {
        List<GuestContext> found = [this];
        HashSet<GuestContext> seen = [this];
        for (var i = 0; i < found.Count; i++)
        {
            foreach (var targets in (object?[][])[found[i].ImportTargets, found[i].PolledImportTargets])
            {
                for (var k = 0; k < targets.Length; k++)
                    Add(Volatile.Read(ref targets[k]));
            }
            foreach (var other in Volatile.Read(ref found[i].others))
                Add(other);
        }
        return found;

        void Add(object? target)
        {
            if (target is GuestContext context && seen.Add(context))
                found.Add(context);
        }
    }
}
