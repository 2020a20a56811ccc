using System.CommandLine;

namespace Waxwing.Cli;

/// <summary>
/// What System.CommandLine leaves open. Unknown options are errors, not arguments. And everything after the FILE of `run` belongs to the guest, options included
/// (`waxwing run app.wasm --help` asks the guest): `--` is put in front of FILE, the first word that is neither an option nor an option's value.
/// </summary>
internal static class Words
{
    /// <exception cref="UsageException">The command has no such option.</exception>
    public static IReadOnlyList<string> Arrange(Command root, IReadOnlyList<string> words)
    {
        if (words is [] or [['-', ..], ..])
            return words;
        var command = root.Subcommands.FirstOrDefault(command => command.Name == words[0])
            ?? throw new UsageException(File.Exists(words[0])
                ? $"what is to be done with {words[0]}? For example `waxwing run {words[0]}`"
                : $"there is no command `{words[0]}`; the commands are {string.Join(", ", root.Subcommands.Select(command => command.Name))}");
        for (var index = 1; index < words.Count; index++)
        {
            var word = words[index];
            if (word == "--")
                return words;
            if (word.Length > 1 && word[0] == '-')
            {
                if (TakesNextWord(Find(root, command, word), word))
                    index++;
            }
            else if (command.Name == "run")
            {
                return [.. words.Take(index), "--", .. words.Skip(index)];
            }
        }
        return words;
    }

    private static bool TakesNextWord(Option option, string word) => option.Arity.MinimumNumberOfValues > 0 && !word.Contains('=', StringComparison.Ordinal);

    private static Option Find(Command root, Command command, string word)
    {
        var name = word.Split('=', 2)[0];
        return command.Options.Concat(root.Options.Where(option => option.Recursive)).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name))
            ?? throw new UsageException($"`waxwing {command.Name}` has no option `{name}`; its options are {string.Join(", ", command.Options.Select(option => option.Name))}");
    }
}
