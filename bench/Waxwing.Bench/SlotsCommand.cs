using System.CommandLine;
using System.Globalization;
using Waxwing.Interpreter;

namespace Waxwing.Bench;

/// <summary><c>slots</c>: the interpreter's code of a module, to see what the translator made of a hot loop.</summary>
internal static class SlotsCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Module, or a kernel's name." };
        var function = new Option<int?>("--function") { Description = "Only the function of this index." };
        var command = new Command("slots", "Prints the interpreter's slot code.") { file, function };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            var module = WasmModule.Load(File.Exists(name) ? name : Path.Combine(Machine.KernelFolder, name + ".wasm"));
            var code = (InterpreterModule)module.GetCode(InterpreterEngine.Instance, metered: false);
            var context = module.Context;
            for (var index = context.ImportedFunctions; index < context.FunctionTypes.Length; index++)
            {
                if (parsed.GetValue(function) is { } wanted && wanted != index)
                    continue;
                var translated = code.Translate(index);
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"func {index} {module.FunctionName(index)}: {translated.Count} instructions"));
                SlotCodeWriter.Write(translated, Console.Out);
            }
        });
        return command;
    }
}
