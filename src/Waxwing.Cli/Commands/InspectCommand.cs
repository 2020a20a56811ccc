using System.CommandLine;
using System.Globalization;
using Waxwing.Binary;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing inspect FILE</c></summary>
internal static class InspectCommand
{
    private const string Lesson =
        """
        Shows sections, imports, exports, the proposals used, the largest functions and the custom sections; nothing is run.
        A module that is well-formed but invalid is shown as far as possible, with the error first, and the exit code 1.

        Examples:
          waxwing inspect app.wasm
          waxwing inspect app.wasm --functions 50
          waxwing inspect app.wasm --il --function 17
          waxwing inspect app.wasm --il --function main
        """;

    public static Command Create()
    {
        var file = Options.File();
        var functions = new Option<int>("--functions") { Description = "How many of the largest functions to list.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var il = new Option<bool>("--il") { Description = "Show the CIL that the compiler makes of a function, and nothing else." };
        var function = new Option<string?>("--function") { Description = "The function for --il: its index, or its name.", HelpName = "N" };
        var features = Options.Features();
        var command = new TaughtCommand("inspect", "Shows what a module is made of and what it needs.", Lesson) { file, functions, il, function, features };
        command.SetAction(parsed => parsed.GetValue(il)
            ? EmittedCode.Write(parsed.GetRequiredValue(file), parsed.GetValue(function), Options.ParseFeatures(parsed.GetValue(features)), parsed.InvocationConfiguration.Output)
            : Run(parsed.GetRequiredValue(file), parsed.GetValue(functions), Options.ParseFeatures(parsed.GetValue(features)), parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Run(string path, int functions, WasmFeatures features, TextWriter output)
    {
        var bytes = ModuleFile.Read(path);
        var text = ModuleFile.IsText(bytes);
        if (text)
            bytes = Encoder.Encode(ModuleFile.ReadSyntax(path, features));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {(text ? "text format, " : "")}{bytes.Length} bytes of WebAssembly"));

        WasmModule? module = null;
        try
        {
            module = WasmModule.Load(bytes, WasmModuleOptions.Default with { Features = features });
        }
        catch (WasmException problem)
        {
            output.WriteLine($"not valid: {problem.Message}");
        }
        Inspection.WriteSections(bytes, output);
        if (module is null)
            return ExitCode.Failure;
        Inspection.WriteLinks(module, output);
        Inspection.WriteFeatures(module, output);
        Inspection.WriteLargestFunctions(module, functions, output);
        Inspection.WriteCustomSections(module, output);
        return ExitCode.Success;
    }
}
