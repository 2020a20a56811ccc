namespace Waxwing.Cli.Running;

/// <summary>What a person at the command line can do about imports that are missing or do not fit.</summary>
internal static class LinkHint
{
    public static string For(WasmLinkException problem)
    {
        if (problem.Imports.Count == 0)
            return "";
        var names = problem.Imports.Select(import => import.Module).Distinct().ToList();
        return $"\nModules that export what is wanted can be given with --preload NAME=FILE; here NAME is {string.Join(" or ", names)}."
            + (problem.Imports.Any(import => import.Kind == ExternalKind.Memory) ? "\nMemories that nobody provides are created, as large as asked for, with --provide-memory." : "");
    }
}
