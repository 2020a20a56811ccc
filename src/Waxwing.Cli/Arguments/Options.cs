using System.CommandLine;

namespace Waxwing.Cli;

/// <summary>Options and arguments that several commands share.</summary>
internal static class Options
{
    public static Argument<string> File() => new("FILE") { Description = "Module in the binary or text format; - reads standard input." };

    public static Option<string> Output(string what) => new("--output", "-o") { Description = $"Where the {what} goes; - is standard output.", HelpName = "FILE" };

    public static Option<WasmEngineKind> Engine() => new("--engine")
    {
        Description = "What executes: tiered (interpreted at first, compiled when called often; the default), compiler or interpreter.",
        HelpName = "ENGINE",
        DefaultValueFactory = _ => WasmEngineKind.Tiered,
        CustomParser = parsed =>
        {
            var word = parsed.Tokens[0].Value;
            if (word.All(char.IsAsciiLetter) && Enum.TryParse<WasmEngineKind>(word, ignoreCase: true, out var engine))
                return engine;
            parsed.AddError($"there is no engine `{word}`: choose tiered, compiler or interpreter");
            return default;
        },
    };

    public static Option<bool> KeepCode() => new("--keep-code")
    {
        Description = "Keep compiled code until the process ends: .NET compiles functions quickly first, and those that turn out hot again, better.",
    };

    public static Option<string?> Features() => new("--features")
    {
        Description = "Proposals that modules may use, separated by commas: wasm1, wasm2, wasm3, all (the default), a proposal's name, or -name to take one away.",
        HelpName = "LIST",
    };

    /// <summary>The features asked for; all of them unless given, because whoever types the command has chosen the module.</summary>
    public static WasmFeatures ParseFeatures(string? text) => text is null ? WasmFeatures.All : FeatureList.Parse(text);
}
