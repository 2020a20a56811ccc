using Waxwing.Runtime;

namespace Waxwing;

/// <summary>
/// Imports for a single instantiation: what is defined here comes before the runtime's own definitions and instances, per (module, name). Not thread-safe while it is being
/// filled; reusable.
/// </summary>
public sealed class WasmImports : WasmDefinitions
{
    private readonly Dictionary<ImportKey, object> definitions = [];

    internal override void Add(string module, string name, object definition) => definitions[new(module, name)] = definition;

    internal override object? Find(string module, string name) => definitions.GetValueOrDefault(new(module, name));

    /// <summary>The names defined under a module name, for suggestions.</summary>
    internal IEnumerable<string> NamesIn(string module) => definitions.Keys.Where(key => key.Module == module).Select(key => key.Name);
}
