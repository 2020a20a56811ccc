namespace Waxwing.Text;

/// <summary>The script format of the specification's test suites.</summary>
internal static class ScriptParser
{
    /// <summary>
    /// Parses a script. Errors inside a command become a <see cref="MalformedCommand"/>; errors in modules wait for <see cref="ScriptModule.Load"/>.
    /// A text that is one module without `(module ...)` around it is a script of that module.
    /// </summary>
    /// <exception cref="WasmFormatException">The text is not UTF-8, or its parentheses do not match.</exception>
    public static Script Parse(ReadOnlyMemory<byte> utf8, WasmLimits limits) => Parser.ParseScript(new TextSource(utf8, limits), limits);
}
