using Waxwing.Runtime;

namespace Waxwing.Compiler;

/// <summary>
/// An instance on a thread: the last argument of every compiled function, and what its code reads. Used by its thread.
/// </summary>
internal sealed unsafe class GuestContext
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
        if (Memories.Length > 0)
            MemoryBase = Memories[0].Base;
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

    /// <summary>The thread's stay in guest code, by way of this context.</summary>
    public readonly Activation Stay = new();
}
