namespace Waxwing.AssemblyScript;

/// <summary>Adds AssemblyScript's host functions to a runtime.</summary>
public static class AssemblyScriptExtensions
{
    /// <summary>
    /// Defines under "env" what AssemblyScript's compiler and library import: <c>abort</c>, <c>trace</c>, <c>seed</c>, <c>console.*</c>, <c>Date.now</c>, <c>performance.now</c>, <c>Math.*</c>,
    /// <c>crypto.getRandomValuesN</c> and <c>process.exit</c>. What you define afterwards under these names replaces it.
    /// </summary>
    /// <param name="definitions">The runtime, or imports for single instantiations.</param>
    /// <param name="options">What the guests get; null is the hermetic default.</param>
    public static void AddAssemblyScript(this WasmDefinitions definitions, AssemblyScriptOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        new HostFunctions(options ?? new()).DefineIn(definitions);
    }

    /// <summary>Whether a module looks like AssemblyScript's output, by an import of its <c>abort</c> or <c>console.log</c>, or its runtime's exports. Cost: proportional to imports and exports.</summary>
    /// <param name="module">The module.</param>
    public static bool IsAssemblyScript(WasmModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Imports.Any(import => import.Module == "env" && import.Type.Function is { } type
                && (import.Name is "console.log" or "console.error" or "trace" or "seed" || (import.Name == "abort" && type.Parameters.Count == 4)))
            || (module.Exports.Any(export => export.Name == "__new") && module.Exports.Any(export => export.Name == "__rtti_base"));
    }
}
