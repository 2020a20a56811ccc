namespace Waxwing.Emscripten.Functions;

/// <summary>Everything that can be imported from "env" by a name known in advance.</summary>
internal static class EmscriptenFunctions
{
    /// <summary>The tables, by the scopes that filters of traces know.</summary>
    private static readonly (string Scope, EmscriptenFunction[] Rows)[] Tables =
    [
        ("runtime", RuntimeFunctions.All), ("exception", ExceptionFunctions.All), ("clock", TimeFunctions.All), ("thread", ThreadFunctions.All), ("linking", LinkingFunctions.All),
        ("file", FileFunctions.All), ("file", DescriptorFunctions.All), ("file", MappingFunctions.All), ("socket", SocketFunctions.All), ("process", ProcessFunctions.All),
    ];

    private static readonly ILookup<string, EmscriptenFunction> Rows =
        Tables.SelectMany(table => table.Rows.Select(row => row.In(table.Scope))).ToLookup(row => row.Name, StringComparer.Ordinal);

    /// <summary>Names, for tests.</summary>
    public static IEnumerable<string> Names => Rows.Select(rows => rows.Key);

    public static bool Contains(string name) => Rows.Contains(name);

    /// <summary>The host function for an import, or null if none of that name has the type.</summary>
    public static WasmFunction? Bind(string name, DefinedType type, EmscriptenHost host)
    {
        foreach (var row in Rows[name])
        {
            if (row.Bind(type, host) is { } function)
                return function;
        }
        return null;
    }
}
