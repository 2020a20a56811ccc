using System.CommandLine;
using System.CommandLine.Help;
using Waxwing.Cli.Commands;

namespace Waxwing.Cli;

/// <summary>The program: parses the command line, runs the command, and turns what goes wrong into a message and an exit code.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        // A guest's argument may begin with `@`; it is not a file of further arguments.
        ResponseFileTokenReplacer = null,
    };

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = Create();
        if (arguments.Count == 0)
        {
            Help.Write(root, error);
            return ExitCode.Usage;
        }
        try
        {
            var result = root.Parse(Words.Arrange(root, arguments), Parsing);
            if (result.Errors.Count > 0)
                throw new UsageException(string.Join('\n', result.Errors.Select(problem => problem.Message).Distinct()));
            return result.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UsageException problem)
        {
            var command = root.Subcommands.FirstOrDefault(command => command.Name == arguments[0]);
            error.WriteLine($"waxwing: {problem.Message}");
            error.WriteLine(command is null ? "Try `waxwing --help`." : $"Try `waxwing {command.Name} --help`.");
            return ExitCode.Usage;
        }
        catch (Exception problem) when (problem is WasmException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"waxwing: {problem.Message}");
            return ExitCode.Failure;
        }
    }

    private const string Overview =
        """
        Examples:
          waxwing run hello.wasm                           run a WASI program (text files work too: hello.wat)
          waxwing run --invoke add add.wat 2 3             call one export and print its results
          waxwing run --preload env=memory.wat main.wasm   give a module the memory it imports
          waxwing inspect main.wasm                        what does it import, export and use?

        FILE is a module in the binary or the text format (recognised by its content), or - for standard input.
        `waxwing COMMAND --help` explains each command.
        """;

    // Not a RootCommand: that is named after the file of the program, and treats words in brackets as directives.
    public static Command Create()
    {
        var root = new TaughtCommand("waxwing", "Runs, checks and converts WebAssembly modules.", Overview)
        {
            RunCommand.Create(),
            WastCommand.Create(),
            ValidateCommand.Create(),
            ParseCommand.Create(),
            PrintCommand.Create(),
            InspectCommand.Create(),
            new HelpOption("--help", "-h") { Action = new Help(), Description = "Show this help." },
            new VersionOption("--version") { Description = "Show the version." },
        };
        return root;
    }
}
