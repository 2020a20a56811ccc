using System.Globalization;
using Waxwing.Cli.Commands;
using Waxwing.Compiler;

namespace Waxwing.Cli;

/// <summary><c>waxwing inspect --il</c></summary>
internal static class EmittedCode
{
    public static int Write(string path, string? function, WasmFeatures features, TextWriter output)
    {
        var module = ModuleFile.Load(path, WasmModuleOptions.Default with { Features = features });
        var context = module.Context;
        var (first, end) = (context.ImportedFunctions, context.FunctionTypes.Length);
        var index = Find(module, function, first, end);
        if (index < first || index >= end)
            throw new UsageException(first == end ? "the module defines no functions" : $"--function: an index from {first} to {end - 1}, or the name of a function that the module defines");
        string NameOf(int other) => module.FunctionName(other) is { } name ? $"{name} [{other}]" : $"func[{other}]";
        output.WriteLine($"{NameOf(index)} {module.Context.FunctionType(index).Canonical}");
        // As it is compiled where memories are guarded and nothing can stop the guest.
        output.Write(IlPrinter.Print(new FunctionEmitter(context, CodeVariant.Guarded).EmitOrReport(index), NameOf));
        return ExitCode.Success;
    }

    private static int Find(WasmModule module, string? function, int first, int end)
    {
        if (function is null)
            return first;
        if (int.TryParse(function, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return index;
        for (var i = first; i < end; i++)
        {
            if (module.FunctionName(i) == function)
                return i;
        }
        return -1;
    }
}
