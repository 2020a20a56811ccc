using Waxwing.Syntax;

namespace Waxwing.Text;

/// <summary>
/// Line and column for errors that validation finds. Nothing is recorded while parsing: the text is parsed once more, up to the instruction in question, when there is an error to locate.
/// </summary>
internal sealed partial class Parser
{
    /// <summary>The offset in the code that is looked for, or -1.</summary>
    private int watched = -1;
    private int watchedPosition = -1;

    /// <summary>Says that the code from here on is that of the text at <paramref name="position"/>.</summary>
    private void Mark(int position)
    {
        if (code.Length <= watched)
            watchedPosition = position;
    }

    private static WasmValidationException Locate(WasmValidationException error, TextSource source, int start, int end, WasmFeatures features, WasmLimits limits)
    {
        var position = -1;
        if (error.Offset < 0)
        {
            position = (int)~error.Offset;
        }
        else if (error.Offset > 0 || error.FunctionIndex >= 0)
        {
            var parser = new Parser(new Lexer(source, start, end), features, limits) { watched = (int)error.Offset };
            parser.ParseModule();
            position = parser.watchedPosition;
        }
        if (position < 0)
            return error;
        var (line, column) = source.Locate(position);
        return new(error.Phrase, line, column, error.Detail, error.FunctionIndex);
    }
}
