using System.CommandLine;
using System.Globalization;
using Waxwing.Bench.Kernels;
using Waxwing.Interpreter;

namespace Waxwing.Bench;

/// <summary><c>slots</c>: the interpreter's code of a module, to see what the translator made of a hot loop.</summary>
internal static class SlotsCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Module, or a kernel's name." };
        var function = new Option<int?>("--function") { Description = "Only the function of this index." };
        var profile = new Option<bool>("--profile") { Description = "Run the kernel and show how often each instruction ran, and the most frequent sequences." };
        var command = new Command("slots", "Prints the interpreter's slot code.") { file, function, profile };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(file);
            Clock.IsProcessorTime = true;
            var module = WasmModule.Load(File.Exists(name) ? name : Path.Combine(Machine.KernelFolder, name + ".wasm"));
            var code = (InterpreterModule)module.GetCode(InterpreterEngine.Instance, metered: false);
            var context = module.Context;
            var functions = Enumerable.Range(context.ImportedFunctions, context.Module.Code.Count).Select(code.Translate).ToArray();
            var counts = parsed.GetValue(profile) ? Profile(module, Kernel.All.First(kernel => kernel.Name == name), functions) : null;
            foreach (var translated in functions)
            {
                if (parsed.GetValue(function) is { } wanted && wanted != translated.Index)
                    continue;
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"func {translated.Index} {module.FunctionName(translated.Index)}: {translated.Count} instructions"));
                SlotCodeWriter.Write(translated, Console.Out, counts is null ? null : i => Share(SlotProfile.Of(translated, i)));
            }
            for (var length = 1; counts is not null && length <= 3; length++)
            {
                Console.Out.WriteLine($"sequences of {length}");
                counts.WriteSequences(Console.Out, length, 25);
            }
        });
        return command;
    }

    private static string Share(long count) => count == 0 ? new(' ', 10) : string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / SlotProfile.Total,8:F3} %");

    private static SlotProfile Profile(WasmModule module, Kernel kernel, TranslatedFunction[] functions)
    {
        using var runtime = new WasmRuntime(new WasmRuntimeOptions { Engine = WasmEngineKind.Interpreter });
        var run = runtime.Instantiate(module).GetFunction<Func<int, int>>("run");
        var start = Clock.Now;
        run(kernel.N);
        var time = Clock.Now - start;
        var profile = new SlotProfile(functions);
        run(kernel.N);
        profile.Stop();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{SlotProfile.Total:N0} instructions, {time:F1} ms without counting: {time * 1e6 / SlotProfile.Total:F2} ns each"));
        return profile;
    }
}
