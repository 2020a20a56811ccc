using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>The text format, 6 of the specification: text to <see cref="Module"/>.</summary>
internal static class Parser
{
    /// <summary>Parses one module; names go to a name section, expressions to a buffer of their own.</summary>
    public static Module Parse(ReadOnlyMemory<char> text, WasmFeatures features, WasmLimits limits) => throw new NotImplementedException();
}
