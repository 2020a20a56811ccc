using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>An imported function as a context calls it: the last argument of the stub that leads there. Used by the context's thread.</summary>
internal sealed class ImportTarget(GuestContext context, WasmFunction function)
{
    /// <summary>Who calls.</summary>
    public readonly GuestContext Context = context;

    public readonly WasmFunction Function = function;

    /// <summary>Of a host function: its Func or Action.</summary>
    public readonly Delegate? Target = function.Host?.Target;

    /// <summary>Of a compiled function of another instance: its context on this thread, and the address of its code.</summary>
    public GuestContext? Foreign;
    public nint Address;

    /// <summary>Begins the thread's stay in the other instance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public GuestContext Enter()
    {
        var foreign = Foreign!;
        foreign.Enter();
        return foreign;
    }

    public static void Leave(GuestContext foreign) => foreign.End();
}
