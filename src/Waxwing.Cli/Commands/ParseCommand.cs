using System.CommandLine;
using Waxwing.Binary;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing parse FILE.wat -o FILE.wasm</c></summary>
internal static class ParseCommand
{
    private const string Lesson =
        """
        Without -o the binary goes beside FILE, with the extension .wasm. The module is validated unless --no-check is given.

        Examples:
          waxwing parse add.wat                    writes add.wasm
          waxwing parse add.wat -o build/add.wasm
          waxwing parse - -o - < add.wat | wc -c
        """;

    public static Command Create()
    {
        var file = Options.File();
        var output = Options.Output("binary module");
        var unchecked_ = new Option<bool>("--no-check") { Description = "Write the module even if it is invalid." };
        var features = Options.Features();
        var command = new TaughtCommand("parse", "Turns the text format into the binary format.", Lesson) { file, output, unchecked_, features };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(file);
            var target = parsed.GetValue(output)
                ?? (path == "-" ? "-" : path.EndsWith(".wasm", StringComparison.Ordinal) ? throw new UsageException("say with -o where the result goes") : Path.ChangeExtension(path, ".wasm"));
            Run(path, target, !parsed.GetValue(unchecked_), Options.ParseFeatures(parsed.GetValue(features)));
        });
        return command;
    }

    private static void Run(string path, string target, bool check, WasmFeatures features)
    {
        var bytes = check
            ? Encoder.Encode(ModuleFile.Load(path, WasmModuleOptions.Default with { Features = features }).Context.Module)
            : Encoder.Encode(ModuleFile.ReadSyntax(path, features));
        if (target == "-")
        {
            using var output = Console.OpenStandardOutput();
            output.Write(bytes);
        }
        else
        {
            File.WriteAllBytes(target, bytes);
        }
    }
}
