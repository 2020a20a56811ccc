using System.CommandLine;
using System.CommandLine.Invocation;

namespace Waxwing.Cli;

/// <summary>Help that teaches: usage, arguments, options, then the command's lesson with examples.</summary>
internal sealed class Help : SynchronousCommandLineAction
{
    private const int Width = 120, Column = 32;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return ExitCode.Success;
    }

    public static void Write(Command command, TextWriter output)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");
        WriteTable("Commands", command.Subcommands.Select(child => (child.Name, child.Description)), output);
        WriteTable("Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description)), output);
        WriteTable("Options", command.Options.Where(option => !option.Hidden).Select(option => (Syntax(option), option.Description)), output);
        if (command is TaughtCommand { Lesson: var lesson })
        {
            output.WriteLine();
            output.WriteLine(lesson);
        }
    }

    private static string Usage(Command command)
    {
        if (command.Subcommands.Count > 0)
            return $"{command.Name} COMMAND [options] ...";
        var arguments = command.Arguments.Select(argument => argument.Arity switch
        {
            { MinimumNumberOfValues: 0 } => $"[{argument.Name}...]",
            { MaximumNumberOfValues: > 1 } => $"{argument.Name}...",
            _ => argument.Name,
        });
        return $"waxwing {command.Name} [options] {string.Join(' ', arguments)}";
    }

    private static string Syntax(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias[0] == '-').Prepend(option.Name).OrderBy(name => name.Length));
        return option.HelpName is { } value && option.Arity.MaximumNumberOfValues > 0 ? $"{names} {value}" : names;
    }

    private static void WriteTable(string title, IEnumerable<(string Name, string? Description)> rows, TextWriter output)
    {
        var first = true;
        foreach (var (name, description) in rows)
        {
            if (first)
            {
                output.WriteLine();
                output.WriteLine($"{title}:");
            }
            first = false;
            var start = $"  {name}".PadRight(Column);
            if (start.Length > Column)
            {
                output.WriteLine(start);
                start = new(' ', Column);
            }
            foreach (var line in Wrap(description ?? "", Width - Column))
            {
                output.WriteLine((start + line).TrimEnd());
                start = new(' ', Column);
            }
        }
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width && text.LastIndexOf(' ', width) is > 0 and var space)
        {
            yield return text[..space];
            text = text[(space + 1)..];
        }
        yield return text;
    }
}

/// <summary>A command whose help ends with examples.</summary>
internal sealed class TaughtCommand(string name, string description, string lesson) : Command(name, description)
{
    public string Lesson { get; } = lesson;
}

/// <summary>The command line is well-formed but asks for something that makes no sense.</summary>
internal sealed class UsageException(string message) : Exception(message);
