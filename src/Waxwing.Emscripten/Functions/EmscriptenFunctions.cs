namespace Waxwing.Emscripten.Functions;

/// <summary>Everything that can be imported from "env" by a name known in advance.</summary>
internal static class EmscriptenFunctions
{
    private static readonly ILookup<string, EmscriptenFunction> Rows = new[]
    {
        RuntimeFunctions.All, ExceptionFunctions.All, TimeFunctions.All, ThreadFunctions.All, LinkingFunctions.All, FileFunctions.All, OtherSystemCalls.All,
    }.SelectMany(rows => rows).ToLookup(row => row.Name, StringComparer.Ordinal);

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
