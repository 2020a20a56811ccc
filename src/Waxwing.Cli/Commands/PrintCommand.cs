using System.CommandLine;
using Waxwing.Text;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing print FILE.wasm</c></summary>
internal static class PrintCommand
{
    private const string Lesson =
        """
        Invalid modules are printed too, as long as they are well-formed.

        Examples:
          waxwing print add.wasm
          waxwing print add.wasm -o add.wat
        """;

    public static Command Create()
    {
        var file = Options.File();
        var output = Options.Output("text");
        var features = Options.Features();
        var command = new TaughtCommand("print", "Turns the binary format into the text format.", Lesson) { file, output, features };
        command.SetAction(parsed =>
        {
            var module = ModuleFile.ReadSyntax(parsed.GetRequiredValue(file), Options.ParseFeatures(parsed.GetValue(features)));
            if (parsed.GetValue(output) is { } target && target != "-")
            {
                using var writer = new StreamWriter(target);
                Printer.Print(module, writer);
            }
            else
            {
                Printer.Print(module, parsed.InvocationConfiguration.Output);
            }
        });
        return command;
    }
}
