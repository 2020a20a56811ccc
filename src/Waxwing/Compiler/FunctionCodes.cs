using System.Runtime.InteropServices;

namespace Waxwing.Compiler;

/// <summary>
/// What compiled code of an instance calls where it does not call directly: an address for each function that the instance defines. Those that are not compiled have that of a stub which has them
/// interpreted. Only functions that code refers to have an entry: the rest costs nothing but address space. Thread-safe.
/// </summary>
internal sealed unsafe class FunctionCodes(int functions)
{
    private readonly nint* plain = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(functions, 1), (nuint)sizeof(nint));
    private readonly nint* polled = (nint*)NativeMemory.AllocZeroed((nuint)Math.Max(functions, 1), (nuint)sizeof(nint));
    private readonly Lock gate = new();
    private int filledPlain, filledPolled;

    ~FunctionCodes()
    {
        NativeMemory.Free(plain);
        NativeMemory.Free(polled);
    }

    public nint* Of(bool isPolled) => isPolled ? polled : plain;

    /// <summary>Gives an entry to what code of the module refers to by now; called before an instance enters code that it did not enter before.</summary>
    public void Fill(CompiledInstance instance, CompiledCode code, bool isPolled)
    {
        ref var filled = ref isPolled ? ref filledPolled : ref filledPlain;
        if (Volatile.Read(ref filled) == code.Referenced.Count)
            return;
        lock (gate)
        {
            var (referenced, context) = (code.Referenced, instance.Instance.Module.Context);
            for (var i = filled; i < referenced.Count; i++)
            {
                // Not if it was compiled meanwhile.
                Interlocked.CompareExchange(ref Of(isPolled)[referenced[i] - context.ImportedFunctions], instance.Module.Stubs.Exit(context.FunctionTypes[referenced[i]]), 0);
            }
            Volatile.Write(ref filled, referenced.Count);
        }
    }
}
