namespace Waxwing.Cli.Running;

/// <summary>What a person at the command line can do about an import that nobody provides.</summary>
internal static class LinkHint
{
    public static string For(WasmModule module, WasmLinkException problem)
    {
        if (problem.ModuleName is not { } provider)
            return "";
        var import = module.Imports.FirstOrDefault(import => import.Module == provider && import.Name == problem.ImportName);
        return import.Module is null
            ? ""
            : import.Kind == ExternalKind.Memory
                ? $"\nGive it a memory with --preload {provider}=FILE, a module that exports \"{import.Name}\", or let one be created with --provide-memory."
                : $"\nA module that exports \"{import.Name}\" can be given with --preload {provider}=FILE.";
    }
}
