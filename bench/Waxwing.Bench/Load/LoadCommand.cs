using System.CommandLine;

namespace Waxwing.Bench.Load;

/// <summary><c>load</c>: what it costs to get a module running.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "Module to load; the largest under the working directory without it.", Arity = ArgumentArity.ZeroOrOne };
        var call = new Option<string?>("--call") { Description = "Export without parameters that is the first call; without it the initialiser, or the first there is." };
        var engine = new Option<WasmEngineKind>("--engine") { DefaultValueFactory = _ => WasmEngineKind.Interpreter };
        var machine = new MachineOptions();
        var command = new Command("load", "Measures decoding, validation, start-up and memories.") { file, call, engine };
        machine.AddTo(command);
        command.SetAction(parsed =>
        {
            machine.Apply(parsed);
            var output = Console.Out;
            var options = new WasmRuntimeOptions { Engine = parsed.GetValue(engine) };
            if ((parsed.GetValue(file) ?? Largest()) is { } path)
                new ModuleLoading(path, options, parsed.GetValue(call)).Report(output);
            MemoryCosts.Report(output);
        });
        return command;
    }

    private static string? Largest() => new DirectoryInfo(Directory.GetCurrentDirectory())
        .EnumerateFiles("*.wasm", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
        .MaxBy(file => file.Length)?.FullName;
}
