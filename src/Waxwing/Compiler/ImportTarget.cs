namespace Waxwing.Compiler;

/// <summary>An imported function as a context calls it, unless it is other compiled code: the last argument of the stub that leads there. Used by the context's thread.</summary>
internal sealed class ImportTarget(GuestContext context, WasmFunction function)
{
    /// <summary>Who calls.</summary>
    public readonly GuestContext Context = context;

    public readonly WasmFunction Function = function;

    /// <summary>Of a host function: its Func or Action.</summary>
    public readonly Delegate? Target = function.Host?.Target;
}
