using Waxwing.Binary;
using Waxwing.Differential.Tests.Engines;
using Waxwing.Text;

namespace Waxwing.Differential.Tests.Modules;

/// <summary>A module in the text format on all engines.</summary>
internal static class TextModule
{
    /// <summary>Calls a module's function `f` on all engines.</summary>
    /// <param name="text">The module.</param>
    /// <param name="parameters">Types of the arguments, see <see cref="Signature"/>.</param>
    /// <param name="result">The result's type.</param>
    /// <param name="arguments">The arguments' bits.</param>
    /// <returns>The result that all agree on, or the trap.</returns>
    public static string Call(string text, string parameters, char result, params ReadOnlySpan<UInt128> arguments)
    {
        using var comparison = new Comparison(Encode(text), Features(text));
        var function = comparison.Function("f", new(parameters, result.ToString()));
        return function.Call(arguments) ?? Values.Show(result, Values.Canonical(result, function.Results[0]));
    }

    public static byte[] Encode(string text) => Encoder.Encode(Parser.Parse(text.AsMemory(), WasmFeatures.All, WasmLimits.Default));

    /// <summary>Wasm 3.0, and what of the rest a text seems to use.</summary>
    public static WasmFeatures Features(string text) => WasmFeatures.Wasm3 & ~WasmFeatures.RelaxedSimd
        | (text.Contains(" shared", StringComparison.Ordinal) ? WasmFeatures.Threads : 0)
        | (text.Contains("(try ", StringComparison.Ordinal) ? WasmFeatures.LegacyExceptions : 0)
        | (text.Contains("relaxed", StringComparison.Ordinal) ? WasmFeatures.RelaxedSimd : 0);
}
