using System.Globalization;

namespace Waxwing.Cli;

/// <summary>The parts of the report of <c>waxwing inspect</c>.</summary>
internal static class Inspection
{
    private static readonly string[] SectionNames =
        ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"];

    /// <summary>The section headers; stops quietly where the bytes make no sense, for the decoder has said so already.</summary>
    public static void WriteSections(ReadOnlySpan<byte> bytes, TextWriter output)
    {
        output.WriteLine("\nsections            offset       bytes  entries");
        for (var position = 8; position < bytes.Length;)
        {
            var id = bytes[position++];
            if (!TryReadUInt32(bytes, ref position, out var size) || size > (uint)(bytes.Length - position))
                return;
            var content = position;
            var name = id < SectionNames.Length ? SectionNames[id] : $"section {id}";
            var entries = id is not 0 and not 8 && TryReadUInt32(bytes, ref content, out var count) ? count.ToString(CultureInfo.InvariantCulture) : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-14}  {"0x" + position.ToString("x", CultureInfo.InvariantCulture),8}  {size,10}  {entries,7}"));
            position += (int)size;
        }
    }

    public static void WriteLinks(WasmModule module, TextWriter output)
    {
        output.WriteLine(module.Imports.Count == 0 ? "\nno imports" : $"\nimports ({module.Imports.Count})");
        foreach (var import in module.Imports)
            output.WriteLine($"  \"{import.Module}\" \"{import.Name}\"  {Describe(import.Type)}");
        output.WriteLine(module.Exports.Count == 0 ? "\nno exports" : $"\nexports ({module.Exports.Count})");
        foreach (var export in module.Exports)
            output.WriteLine($"  \"{export.Name}\"  {Describe(export.Type)}");
    }

    public static void WriteFeatures(WasmModule module, TextWriter output)
    {
        var used = Enum.GetValues<WasmFeatures>().Where(feature => long.PopCount((long)feature) == 1 && module.RequiredFeatures!.Value.HasFlag(feature)).ToList();
        output.WriteLine($"\nfeatures beyond WebAssembly 1.0: {(used.Count == 0 ? "none" : string.Join(", ", used.Select(FeatureList.Name)))}");
    }

    public static void WriteLargestFunctions(WasmModule module, int count, TextWriter output)
    {
        var bodies = module.Context.Module.Code;
        if (bodies.Count == 0 || count <= 0)
            return;
        var imported = module.Context.FunctionTypes.Length - bodies.Count;
        output.WriteLine($"\nlargest of {bodies.Count} functions     bytes");
        foreach (var (body, index) in bodies.Select((body, index) => (body, index)).OrderByDescending(pair => pair.body.Range.Length).Take(count))
        {
            var name = module.FunctionName(imported + index);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {$"func {imported + index}",-20}  {body.Range.Length,10}  {name}"));
        }
    }

    public static void WriteCustomSections(WasmModule module, TextWriter output)
    {
        if (module.CustomSections.Count == 0)
            return;
        output.WriteLine("\ncustom sections          bytes");
        foreach (var section in module.CustomSections)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {section.Name,-20}  {section.Content.Length,8}"));
    }

    private static string Describe(ExternalType type) => type.Function is { } function ? $"function {function}" : type.ToString();

    private static bool TryReadUInt32(ReadOnlySpan<byte> bytes, ref int position, out uint value)
    {
        value = 0;
        for (var shift = 0; shift < 35 && position < bytes.Length; shift += 7)
        {
            var part = bytes[position++];
            value |= (uint)(part & 0x7F) << shift;
            if (part < 0x80)
                return true;
        }
        return false;
    }
}
