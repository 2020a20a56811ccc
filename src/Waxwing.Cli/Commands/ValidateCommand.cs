using System.CommandLine;

namespace Waxwing.Cli.Commands;

/// <summary><c>waxwing validate FILE...</c></summary>
internal static class ValidateCommand
{
    private const string Lesson =
        """
        Prints a line for each file, with the first error and where it is. The exit code is 1 if any file is not a valid module.

        Examples:
          waxwing validate app.wasm lib.wat
          waxwing validate --features wasm2 app.wasm     does it need anything newer than WebAssembly 2.0?
        """;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Modules in the binary or text format.", Arity = ArgumentArity.OneOrMore };
        var features = Options.Features();
        var command = new TaughtCommand("validate", "Checks whether files are valid modules.", Lesson) { files, features };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(files), Options.ParseFeatures(parsed.GetValue(features)), parsed.InvocationConfiguration));
        return command;
    }

    private static int Run(string[] files, WasmFeatures features, InvocationConfiguration console)
    {
        var options = WasmModuleOptions.Default with { Features = features, LazyValidation = false };
        var code = ExitCode.Success;
        foreach (var file in files)
        {
            try
            {
                ModuleFile.Load(file, options);
                console.Output.WriteLine($"{file}: valid");
            }
            catch (LoadException problem)
            {
                console.Output.WriteLine(problem.Message);
                code = ExitCode.Failure;
            }
        }
        return code;
    }
}
