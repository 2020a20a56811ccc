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
        Interruption = thread.Interruption;
        Results = thread.Results;
        ResultReferences = thread.ResultReferences;
        Memories = instance.Memories;
        Tables = instance.Tables;
        Globals = instance.Globals;
        Types = instance.Types;
        GlobalCells = code.GlobalCells;
        isGuarded = code.IsGuarded && Memories.Length > 0;
        var imports = instance.Module.Context.ImportedFunctions;
        ImportCodes = new nint[imports];
        ImportTargets = new ImportTarget?[imports];
        PolledImportCodes = new nint[imports];
        PolledImportTargets = new ImportTarget?[imports];
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

    /// <summary>What to call for an imported function, with its <see cref="ImportTarget"/> as the last argument; 0 until it was first called.</summary>
    public nint[] ImportCodes;
    public ImportTarget?[] ImportTargets;
    public nint[] PolledImportCodes;
    public ImportTarget?[] PolledImportTargets;

    /// <summary>For the stub that leaves the instance: what to call.</summary>
    public WasmFunction? Callee;

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

    private readonly bool isGuarded;

    /// <summary>Begins a stay, from the host or another instance: a memory that was given back meanwhile is found to be empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        Begin();
        if (isGuarded)
            MemoryBase = Memories[0].GuardedBase;
    }

    internal override bool MayUse(WasmMemory memory) => Array.IndexOf(Instance.Memories, memory) >= 0;
}
