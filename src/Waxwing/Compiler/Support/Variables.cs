namespace Waxwing.Compiler;

/// <summary>Globals that hold references.</summary>
internal static class Variables
{
    public static object? GetGlobal(GuestContext context, int global) => context.Globals[global].Reference;

    public static void SetGlobal(object? value, GuestContext context, int global) => context.Globals[global].Reference = value;
}
