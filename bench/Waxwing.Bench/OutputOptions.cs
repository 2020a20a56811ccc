using System.CommandLine;

namespace Waxwing.Bench;

/// <summary>Where results go besides the console.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string?> json = new("--json") { Description = "Write all figures to a file." };
    private readonly Option<string?> markdown = new("--markdown") { Description = "Write the table to a file." };

    public void AddTo(Command command)
    {
        command.Add(json);
        command.Add(markdown);
    }

    public void Write(ParseResult parsed, string table, string figures)
    {
        if (parsed.GetValue(json) is { } jsonFile)
            File.WriteAllText(jsonFile, figures);
        if (parsed.GetValue(markdown) is { } markdownFile)
            File.WriteAllText(markdownFile, table);
    }
}
