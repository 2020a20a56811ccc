namespace Waxwing.Cli;

/// <summary>
/// Features on the command line: sets and proposals separated by commas, applied from left to right; a name alone or with <c>+</c> switches on, with <c>-</c> off.
/// Names are those of <see cref="WasmFeatures"/>, in any case, with or without hyphens. A list that begins with a signed name changes the full set.
/// </summary>
internal static class FeatureList
{
    public static WasmFeatures Parse(string text)
    {
        var words = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var features = words is [['+' or '-', ..], ..] ? WasmFeatures.All : WasmFeatures.Wasm1;
        foreach (var word in words)
        {
            var feature = Find(word.TrimStart('+', '-'));
            features = word[0] == '-' ? features & ~feature : features | feature;
        }
        return features;
    }

    /// <summary>The name for help and reports: <c>multi-memory</c>.</summary>
    public static string Name(WasmFeatures feature)
    {
        var name = new System.Text.StringBuilder();
        var text = feature.ToString();
        for (var index = 0; index < text.Length; index++)
        {
            if (index > 0 && char.IsUpper(text[index]) && !char.IsUpper(text[index - 1]))
                name.Append('-');
            name.Append(char.ToLowerInvariant(text[index]));
        }
        return name.ToString();
    }

    public static IEnumerable<string> Names => Enum.GetValues<WasmFeatures>().Distinct().Select(Name);

    private static WasmFeatures Find(string name) =>
        Enum.TryParse<WasmFeatures>(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var feature) && !char.IsDigit(name[0])
            ? feature
            : throw new UsageException($"there is no feature `{name}`: the sets are wasm1, wasm2, wasm3, default and all; the proposals "
                + string.Join(", ", Enum.GetValues<WasmFeatures>().Where(value => long.PopCount((long)value) == 1).Select(Name)));
}
