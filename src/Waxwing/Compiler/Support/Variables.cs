using System.Runtime.CompilerServices;

namespace Waxwing.Compiler;

/// <summary>Globals that hold references; and variables that RyuJIT is not to follow.</summary>
internal static class Variables
{
    public static object? GetGlobal(GuestContext context, int global) => context.Globals[global].Reference;

    public static void SetGlobal(object? value, GuestContext context, int global) => context.Globals[global].Reference = value;

    /// <summary>What gets the address of a variable might use it, as far as RyuJIT knows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Expose(nuint address) => _ = address;
}
